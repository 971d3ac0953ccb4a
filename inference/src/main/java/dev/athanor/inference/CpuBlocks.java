package dev.athanor.inference;

import dev.athanor.model.DecoderSpec;
import dev.athanor.model.DecoderWeights;
import java.util.Optional;

/// Blocks on the CPU in F32 with SIMD kernels.
public final class CpuBlocks implements Blocks {
  /// Of what the weights leave, for keys and values.
  private static final double MOST_OF_THE_HEAP = 0.7;

  private final BlockRange range;
  private final HeapKv kv;
  private final PackedDecoder decoder;
  private final ThreadTeam team;

  /// @param model not needed afterwards
  public CpuBlocks(DecoderWeights model, CpuOptions options, BlockRange range) {
    this(model, options, range, new HeapKv(model.decoder().stack(), options.kv(), range, options.eviction()));
  }

  CpuBlocks(DecoderWeights model, CpuOptions options, BlockRange range, HeapKv kv) {
    this.range = range;
    this.kv = kv;
    decoder = new PackedDecoder(new Weights(model, options.weights(), Optional.empty()), kv, range);
    team = new ThreadTeam(options.threads()).started();
  }

  /// Pages that the options allow; where they leave it open, those whose keys and values take most of the heap that the weights of these
  /// blocks leave; at least one context, up to 4,096 positions.
  public static int pages(DecoderWeights model, CpuOptions options, BlockRange range) {
    DecoderSpec spec = model.decoder();
    double share = (range.to() - range.from()) / (double) range.of();
    double weights = new Weights(model, options.weights(), Optional.empty()).bytes() * share;
    double perPosition = Math.max(1, KvMemory.bytesPerPosition(spec, options.kv()) * share);
    double bytes = MOST_OF_THE_HEAP * (Runtime.getRuntime().maxMemory() - weights);
    return options.kvPages((long) Math.max(Math.min(spec.contextLength(), 4096), bytes / perPosition));
  }

  @Override
  public BlockRange range() {
    return range;
  }

  /// Where adapters may add to them.
  LoraSites sites() {
    return decoder.sites();
  }

  @Override
  public KvStore kv() {
    return kv;
  }

  @Override
  public float[] run(Batch batch, float[] hidden) {
    pass(batch, hidden);
    return decoder.hidden(batch);
  }

  @Override
  public Logits finish(Batch batch, float[] hidden) {
    pass(batch, hidden);
    return decoder.logits(batch);
  }

  private void pass(Batch batch, float[] hidden) {
    decoder.fit(batch);
    if (!range.isFirst()) {
      decoder.take(batch, hidden);
    }
    team.run((thread, threads) -> decoder.run(new Share(batch, team, thread, threads, team.room(thread))));
  }

  @Override
  public void close() {
    team.close();
  }
}
