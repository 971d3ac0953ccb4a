package dev.athanor.inference.torch;

import dev.athanor.base.UserException;
import dev.athanor.inference.Batch;
import dev.athanor.inference.BlockRange;
import dev.athanor.inference.Blocks;
import dev.athanor.inference.CpuOptions;
import dev.athanor.inference.KvStore;
import dev.athanor.inference.Logits;
import dev.athanor.inference.PagePool;
import dev.athanor.model.BlockSpec;
import dev.athanor.model.DType;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Mixer;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSource;
import dev.athanor.nn.Decoder;
import dev.athanor.nn.Parameters;
import dev.athanor.nn.TokenBatch;
import dev.athanor.tensor.Autocast;
import dev.athanor.tensor.Device;
import dev.athanor.tensor.LibTorch;
import dev.athanor.tensor.NoGrad;
import dev.athanor.tensor.Precision;
import dev.athanor.tensor.Scope;
import dev.athanor.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// Blocks over LibTorch. Rows go through products together; each sequence attends and recurs by itself.
final class TorchBlocks implements Blocks {
  /// Of what the weights leave on the device, for keys and values.
  private static final double MOST = 0.7;
  private static final int MOST_PAGES = Integer.MAX_VALUE / PagePool.PAGE;

  private final DecoderSpec spec;
  private final BlockRange range;
  private final TorchOptions options;
  private final Precision precision;
  private final Parameters parameters;
  private final Decoder decoder;
  private final TorchKv kv;

  /// @param checkpoint of a decoder; not needed afterwards
  /// @param pages of keys and values that there will be at most
  /// @throws UserException when the device is not there, or a weight does not fit the precision
  TorchBlocks(WeightSource checkpoint, TorchOptions options, BlockRange range, int pages) {
    requireDevice(options.device());
    this.spec = checkpoint.decoder();
    this.range = range;
    this.options = options;
    precision = precision(checkpoint, options);
    try (Device.Use _ = options.device().use()) {
      parameters = Parameters.frozen(checkpoint, name -> needs(spec, range, name), precision);
      kv = new TorchKv(spec, range, options.kv().orElse(precision), pages);
    }
    decoder = new Decoder(spec, parameters);
  }

  static void requireDevice(Device device) {
    if (!device.isAvailable()) {
      throw new UserException(
          "there is no CUDA device that LibTorch can use here: it needs an NVIDIA GPU, its driver, and LibTorch's natives for CUDA"
              + " (org.bytedeco:pytorch with a classifier that ends in -gpu) on the class path. --device cpu computes without");
    }
  }

  /// Pages that the options allow; where they leave it open, those whose keys and values take most of what the weights of these blocks
  /// leave of the device's free memory; at least one context, up to 4,096 positions.
  static int pages(WeightSource checkpoint, TorchOptions options, BlockRange range) {
    requireDevice(options.device());
    DecoderSpec spec = checkpoint.decoder();
    Precision precision = precision(checkpoint, options);
    double weights =
        WeightNames.weights(spec).stream()
            .filter(weight -> needs(spec, range, weight.name()))
            .mapToDouble(weight -> (double) weight.elements() * bytes(precision))
            .sum();
    double perPosition = Math.max(1, numbersPerPosition(spec, range) * bytes(options.kv().orElse(precision)));
    double affordable = MOST * ((double) options.device().freeBytes() - weights) / perPosition;
    double tokens =
        options.kvTokens() == CpuOptions.UNLIMITED
            ? Math.max(Math.min(spec.contextLength(), 4096), affordable)
            : (double) options.kvTokens();
    return (int) Math.min((double) MOST_PAGES, Math.ceil(tokens / PagePool.PAGE));
  }

  private static double numbersPerPosition(DecoderSpec spec, BlockRange range) {
    double numbers = 0;
    for (BlockSpec block : spec.stack().blocks().subList(range.from(), range.to())) {
      if (block.mixer() instanceof Mixer.Attention a) {
        numbers += 2.0 * a.numKvHeads() * a.headDim();
      }
    }
    return numbers;
  }

  private static int bytes(Precision precision) {
    return switch (precision) {
      case F32 -> Float.BYTES;
      case BF16, F16 -> Short.BYTES;
    };
  }

  private static Precision precision(WeightSource checkpoint, TorchOptions options) {
    return options
        .weights()
        .orElseGet(
            () -> {
              DType stored = checkpoint.weight(WeightNames.embedding()).widened().dtype();
              return stored == DType.BF16 ? Precision.BF16 : stored == DType.F16 ? Precision.F16 : Precision.F32;
            });
  }

  /// Whether a weight is of these blocks, or of the embedding or head that they begin or end with.
  private static boolean needs(DecoderSpec spec, BlockRange range, String name) {
    for (int i = 0; i < range.of(); i++) {
      if (name.startsWith(WeightNames.block(i).prefix())) {
        return range.holds(i);
      }
    }
    if (name.equals(WeightNames.relativeBias(WeightNames.MODEL))) {
      return true;
    }
    if (name.equals(WeightNames.embedding())) {
      return range.isFirst() || (range.isLast() && spec.tiedHead());
    }
    boolean afterwards =
        name.startsWith(WeightNames.stackNorm(WeightNames.MODEL) + ".")
            || name.equals(WeightNames.head())
            || name.equals(WeightNames.headBias());
    return afterwards ? range.isLast() : range.isFirst();
  }

  @Override
  public BlockRange range() {
    return range;
  }

  @Override
  public KvStore kv() {
    return kv;
  }

  Precision kvPrecision() {
    return kv.precision();
  }

  @Override
  public float[] run(Batch batch, float[] hidden) {
    return computed(() -> through(batch, hidden).floats());
  }

  @Override
  public Logits finish(Batch batch, float[] hidden) {
    return computed(
        () -> {
          Tensor last = through(batch, hidden);
          return new Logits(logits(batch, last), spec.vocabSize(), spec.vocabSize(), batch.wanted());
        });
  }

  /// With all that a pass makes freed.
  private <T> T computed(Supplier<T> pass) {
    LibTorch.threads(options.threads());
    try (Device.Use _ = options.device().use();
        NoGrad _ = new NoGrad();
        Autocast _ = new Autocast(precision);
        Scope _ = new Scope()) {
      return pass.get();
    }
  }

  private Tensor through(Batch batch, float[] hidden) {
    List<PagedPast> pasts = new ArrayList<>();
    try {
      batch.segments().forEach(segment -> pasts.add(new PagedPast(kv, segment, precision)));
      TokenBatch tokens = tokens(batch);
      Tensor x = range.isFirst() ? decoder.embed(tokens, pasts) : Tensor.of(hidden, batch.tokens(), spec.hiddenSize());
      return decoder.through(x, tokens, pasts, range.from(), range.to()).f32();
    } finally {
      pasts.forEach(PagedPast::close);
    }
  }

  private static TokenBatch tokens(Batch batch) {
    long[] ids = new long[batch.tokens()];
    for (int row = 0; row < ids.length; row++) {
      ids[row] = batch.id(row);
    }
    return new TokenBatch(ids, batch.segments().stream().mapToInt(Batch.Segment::count).toArray());
  }

  private float[] logits(Batch batch, Tensor last) {
    long[] rows = new long[batch.wanted()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = batch.wantedRow(i);
    }
    if (rows.length == 0) {
      return new float[0];
    }
    Tensor wanted = last.indexSelect(0, Tensor.of(rows, rows.length));
    return decoder.head().logits(decoder.finish(wanted)).f32().floats();
  }

  @Override
  public void close() {
    parameters.close();
    kv.close();
  }
}
