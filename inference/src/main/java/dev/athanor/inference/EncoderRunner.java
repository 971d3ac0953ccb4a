package dev.athanor.inference;

import dev.athanor.base.UserException;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.EncoderDecoderSpec;
import dev.athanor.model.EncoderSpec;
import dev.athanor.model.EncoderSpec.Top;
import dev.athanor.model.VisionLanguageSpec;
import dev.athanor.model.VisionSpec;
import dev.athanor.model.WeightNames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;

/// Computes an encoder on the CPU with the kernels of the decoders: every position sees its whole text. What it says of a text does not
/// depend on the others, to the last bit. Thread-safe: as many passes at a time as there are lanes, one unless told otherwise.
public final class EncoderRunner implements AutoCloseable {
  /// Tokens that one pass takes, unless a single text has more.
  private static final int TOGETHER = 1024;
  /// The same where several passes run beside each other: their keys and values take memory, and threads do not wait for each other.
  private static final int TOGETHER_IN_A_LANE = 256;

  /// A text as tokens.
  ///
  /// @param types of the tokens, such as 1 in the second text of a pair; empty where all are 0
  public record Tokens(int[] ids, int[] types) {
    public Tokens {
      if (types.length > 0 && types.length != ids.length) {
        throw new IllegalArgumentException(types.length + " types for " + ids.length + " tokens");
      }
    }

    /// All of type 0.
    public Tokens(int[] ids) {
      this(ids, new int[0]);
    }
  }

  private final EncoderSpec spec;
  private final Optional<Dense> pooler;
  private final Optional<Dense> classifier;
  private final List<Lane> lanes;
  private final LinkedBlockingQueue<Lane> free;
  private final int together;

  private EncoderRunner(CheckpointDir checkpoint, EncoderSpec spec, CpuOptions options, int count) {
    this.spec = spec;
    if (spec.stack().relativeBias().isPresent()) {
      throw new UserException(checkpoint.path() + ": an encoder with relative biases cannot be computed by the CPU's kernels");
    }
    Weights weights = new Weights(checkpoint, options.weights(), Optional.empty(), Optional.of(new HashMap<>()));
    lanes = IntStream.range(0, count).mapToObj(_ -> new Lane(weights, spec, options)).toList();
    free = new LinkedBlockingQueue<>(lanes);
    together = count == 1 ? TOGETHER : TOGETHER_IN_A_LANE;
    pooler =
        switch (spec.top()) {
          case Top.Pooled _, Top.Classifier _ -> Optional.of(Dense.load(weights, WeightNames.pooler()));
          case Top.Hidden _, Top.MaskedLm _, Top.TokenClassifier _ -> Optional.empty();
        };
    classifier =
        switch (spec.top()) {
          case Top.Classifier _, Top.TokenClassifier _ -> Optional.of(Dense.load(weights, WeightNames.classifier()));
          case Top.Hidden _, Top.Pooled _, Top.MaskedLm _ -> Optional.empty();
        };
  }

  /// Loads a model's folder; the folder is not needed afterwards.
  ///
  /// @throws UserException when it is missing or damaged, or holds no encoder
  public static EncoderRunner open(Path modelDir, CpuOptions options) {
    return open(modelDir, options, 1);
  }

  /// The same for several passes at a time over one set of weights.
  ///
  /// @param options whose threads work in each pass
  /// @param lanes passes at a time; each takes memory of its own once it is used
  public static EncoderRunner open(Path modelDir, CpuOptions options, int lanes) {
    if (lanes < 1) {
      throw new IllegalArgumentException("a runner needs at least one lane, not " + lanes);
    }
    try (CheckpointDir checkpoint = CheckpointDir.open(modelDir)) {
      return switch (checkpoint.spec()) {
        case EncoderSpec encoder -> new EncoderRunner(checkpoint, encoder, options, lanes);
        case DecoderSpec _, EncoderDecoderSpec _, VisionSpec _, VisionLanguageSpec _ ->
            throw new UserException(
                modelDir + " holds a model of kind '" + checkpoint.spec().kind() + "'; what is asked for needs an encoder");
      };
    }
  }

  public EncoderSpec spec() {
    return spec;
  }

  /// Of each text the hidden states after the last block, a row of hiddenSize numbers a token.
  ///
  /// @throws IllegalArgumentException for a text without tokens, with more than the context holds, or with ids or types that the model
  ///     has not
  public List<float[]> hidden(List<Tokens> texts) {
    texts.forEach(this::check);
    Lane lane = take();
    try {
      List<float[]> hidden = new ArrayList<>();
      int from = 0;
      while (from < texts.size()) {
        int to = from + 1;
        for (int tokens = texts.get(from).ids().length; to < texts.size(); to++) {
          tokens += texts.get(to).ids().length;
          if (tokens > together) {
            break;
          }
        }
        lane.pass(texts.subList(from, to), hidden);
        from = to;
      }
      return hidden;
    } finally {
      free.add(lane);
    }
  }

  private Lane take() {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return free.take();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// One vector of hiddenSize numbers for each text, of length 1.
  public List<float[]> embed(List<Tokens> texts, Pooling pooling) {
    return hidden(texts).stream().map(hidden -> Pooling.normalised(pooling.pool(hidden, spec.hiddenSize()))).toList();
  }

  /// A classifier's scores of each text, one a label, before any softmax.
  ///
  /// @throws IllegalArgumentException when the model is no classifier
  public List<float[]> scores(List<Tokens> texts) {
    return hidden(texts).stream().map(this::score).toList();
  }

  /// From a text's hidden states.
  float[] score(float[] hidden) {
    if (!(spec.top() instanceof Top.Classifier)) {
      throw new IllegalArgumentException("the encoder is no classifier");
    }
    return labels().of(pool(hidden), 0);
  }

  /// Of each text a classifier's scores of its tokens, before any softmax: a row of as many numbers as there are labels a token.
  ///
  /// @throws IllegalArgumentException when the model is no classifier of tokens
  public List<float[]> tokenScores(List<Tokens> texts) {
    if (!(spec.top() instanceof Top.TokenClassifier)) {
      throw new IllegalArgumentException("the encoder is no classifier of tokens");
    }
    return hidden(texts).stream().map(hidden -> labels().ofRows(hidden)).toList();
  }

  private Dense labels() {
    return classifier.orElseThrow(() -> new IllegalArgumentException("the encoder is no classifier"));
  }

  /// `tanh(dense(first token))` of each text.
  ///
  /// @throws IllegalArgumentException when the model has no pooler
  public List<float[]> pooled(List<Tokens> texts) {
    return hidden(texts).stream().map(this::pool).toList();
  }

  private float[] pool(float[] hidden) {
    Dense dense = pooler.orElseThrow(() -> new IllegalArgumentException("the encoder has no pooler"));
    float[] first = dense.of(hidden, 0);
    for (int i = 0; i < first.length; i++) {
      first[i] = (float) Math.tanh(first[i]);
    }
    return first;
  }

  /// @throws IllegalArgumentException as [#hidden]
  void check(Tokens text) {
    if (text.ids().length == 0 || text.ids().length > spec.contextLength()) {
      throw new IllegalArgumentException(
          "a text has between 1 and " + spec.contextLength() + " tokens, not " + text.ids().length);
    }
    for (int id : text.ids()) {
      if (id < 0 || id >= spec.vocabSize()) {
        throw new IllegalArgumentException("token id " + id + " is outside the vocabulary of " + spec.vocabSize());
      }
    }
    int types = Math.max(1, spec.embedding().tokenTypes());
    for (int type : text.types()) {
      if (type < 0 || type >= types) {
        throw new IllegalArgumentException("token type " + type + " is not one of " + types);
      }
    }
  }

  /// Waits for the passes on their way.
  @Override
  public void close() {
    List<Lane> all = lanes.stream().map(_ -> take()).toList();
    all.forEach(lane -> lane.team.close());
    free.addAll(all);
  }

  /// The memory of one pass at a time, around weights that all lanes share.
  private static final class Lane {
    private final Scratch scratch = new Scratch();
    private final Stream stream;
    private final KvMemory memory;
    private final TokenEmbedding embedding;
    private final List<Residual> steps;
    private final List<Rotation> rotations;
    private final Optional<RowNorm> finalNorm;
    private final ThreadTeam team;

    Lane(Weights weights, EncoderSpec spec, CpuOptions options) {
      BlockRange all = new BlockRange(0, spec.stack().blocks().size(), spec.stack().blocks().size());
      HeapKv kv = new HeapKv(spec.stack(), options.kv(), all, Eviction.NONE);
      memory = new KvMemory(spec.stack(), options.kv(), Integer.MAX_VALUE / PagePool.PAGE, kv, Eviction.NONE);
      stream = Stream.of(spec.hiddenSize(), scratch);
      PackedMatrix table = weights.packHead(weights.affine(WeightNames.embedding()));
      embedding =
          new TokenEmbedding(
              weights, spec.embedding(), spec.stack().norm(), spec.contextLength(), List.of(), table, stream, scratch.frame());
      BlockLoader blocks = new BlockLoader(weights, spec.stack(), kv, stream, scratch, new LoraSites());
      steps = blocks.steps(all);
      rotations = blocks.rotations();
      finalNorm =
          spec.stack().finalNorm()
              ? Optional.of(RowNorm.load(weights, spec.stack().norm(), WeightNames.stackNorm(WeightNames.MODEL)))
              : Optional.empty();
      team = new ThreadTeam(options.threads()).started();
    }

    void pass(List<Tokens> texts, List<float[]> hidden) {
      List<KvCache> caches = new ArrayList<>();
      try {
        List<Slice> slices = new ArrayList<>();
        int rows = texts.stream().mapToInt(text -> text.ids().length).sum();
        int[] types = new int[rows];
        int row = 0;
        for (Tokens text : texts) {
          KvCache cache = memory.newCache();
          caches.add(cache);
          slices.add(new Slice(cache, text.ids(), 0, text.ids().length, 0));
          System.arraycopy(text.types(), 0, types, row, text.types().length);
          row += text.ids().length;
        }
        Batch batch = new Batch(slices, types);
        scratch.fit(rows);
        team.run((thread, threads) -> walk(new Share(batch, team, thread, threads, team.room(thread))));
        batch.segments().forEach(segment -> hidden.add(rows(segment.first(), segment.count())));
      } finally {
        caches.forEach(KvCache::close);
      }
    }

    private void walk(Share share) {
      embedding.run(share);
      for (Rotation rotation : rotations) {
        rotation.prepare(share);
      }
      for (Residual step : steps) {
        step.run(share);
      }
      if (finalNorm.isPresent()) {
        float[] x = stream.x().data();
        for (int row = share.from(); row < share.to(); row++) {
          finalNorm.get().apply(x, row * stream.stride(), x, row * stream.stride());
        }
      }
    }

    private float[] rows(int first, int count) {
      float[] rows = new float[count * stream.hidden()];
      for (int i = 0; i < count; i++) {
        System.arraycopy(stream.x().data(), (first + i) * stream.stride(), rows, i * stream.hidden(), stream.hidden());
      }
      return rows;
    }
  }

  /// `W x + b` of one vector, or of each of several.
  ///
  /// @param weight rows as long as a vector, one for each number that comes out
  private record Dense(float[] weight, float[] bias) {
    static Dense load(Weights weights, String part) {
      return new Dense(weights.floats(WeightNames.weight(part)), weights.floats(WeightNames.bias(part)));
    }

    float[] of(float[] x, int at) {
      float[] y = new float[bias.length];
      put(x, at, y, 0);
      return y;
    }

    float[] ofRows(float[] x) {
      int width = weight.length / bias.length;
      int rows = x.length / width;
      float[] y = new float[rows * bias.length];
      for (int row = 0; row < rows; row++) {
        put(x, row * width, y, row * bias.length);
      }
      return y;
    }

    private void put(float[] x, int at, float[] y, int to) {
      int width = weight.length / bias.length;
      for (int row = 0; row < bias.length; row++) {
        double sum = bias[row];
        for (int i = 0; i < width; i++) {
          sum += (double) weight[row * width + i] * x[at + i];
        }
        y[to + row] = (float) sum;
      }
    }
  }
}
