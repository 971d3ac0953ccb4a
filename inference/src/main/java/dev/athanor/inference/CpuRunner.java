package dev.athanor.inference;

import dev.athanor.base.UserException;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.LanguageModel;
import dev.athanor.model.WeightSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Computes a decoder on the CPU in F32 with SIMD kernels. Thread-safe: one forward pass at a time.
public final class CpuRunner implements Runner, LanguageModel {
  /// Tokens that `score` feeds at a time.
  private static final int SCORED_TOGETHER = 64;

  /// Of what the weights leave, for keys and values.
  private static final double MOST_OF_THE_HEAP = 0.7;

  private final DecoderSpec spec;
  private final KvMemory memory;
  private final PackedDecoder decoder;
  private final ThreadTeam team;

  CpuRunner(WeightSource checkpoint, CpuOptions options, HeapKv kv) {
    spec = checkpoint.decoder();
    Weights weights = new Weights(checkpoint, options.weights());
    memory = new KvMemory(spec, options.kv(), options.kvPages(affordable(spec, weights, options.kv())), kv);
    decoder = new PackedDecoder(weights, kv);
    team = new ThreadTeam(options.threads()).started();
  }

  /// Positions whose keys and values take most of the heap that the weights leave; at least one context, up to 4,096.
  private static long affordable(DecoderSpec spec, Weights weights, KvFormat kv) {
    double bytes = MOST_OF_THE_HEAP * (Runtime.getRuntime().maxMemory() - weights.bytes());
    double perPosition = Math.max(1, KvMemory.bytesPerPosition(spec, kv));
    return (long) Math.max(Math.min(spec.contextLength(), 4096), bytes / perPosition);
  }

  /// Loads a model's folder or GGUF file, which is not needed afterwards.
  ///
  /// @throws UserException when it is missing or damaged, or holds no decoder
  public static CpuRunner open(Path model, CpuOptions options) {
    try (WeightSource checkpoint = WeightSource.open(model)) {
      return of(checkpoint, options);
    }
  }

  /// With weights as they are stored and memory without a limit.
  ///
  /// @param threads that compute, the caller among them
  public static CpuRunner open(Path model, int threads) {
    return open(model, CpuOptions.of(threads));
  }

  /// Of weights that are open, and are not needed afterwards. As they are stored means for a GGUF file what [StoredFormats] says.
  ///
  /// @throws UserException when they are of no decoder
  public static CpuRunner of(WeightSource checkpoint, CpuOptions options) {
    CpuOptions formats = options.withWeights(StoredFormats.of(checkpoint, options.weights()));
    return new CpuRunner(checkpoint, formats, new HeapKv(checkpoint.decoder(), formats.kv()));
  }

  @Override
  public DecoderSpec spec() {
    return spec;
  }

  @Override
  public KvMemory memory() {
    return memory;
  }

  @Override
  public synchronized Logits forward(List<Slice> slices) {
    slices.forEach(this::check);
    Batch batch = new Batch(slices);
    decoder.fit(batch);
    team.run((thread, threads) -> decoder.run(new Share(batch, team, thread, threads, team.room(thread))));
    batch.commit();
    return decoder.logits(batch);
  }

  @Override
  public List<float[]> score(List<int[]> sequences) {
    List<float[]> scores = new ArrayList<>();
    for (int[] sequence : sequences) {
      scores.add(score(sequence));
    }
    return scores;
  }

  private synchronized float[] score(int[] ids) {
    if (ids.length == 0 || ids.length > spec.contextLength()) {
      throw new IllegalArgumentException(
          "a sequence has between 1 and " + spec.contextLength() + " tokens, not " + ids.length);
    }
    float[] scores = new float[ids.length - 1];
    try (KvCache cache = newCache()) {
      cache.expect(ids.length);
      score(ids, cache, scores);
    }
    return scores;
  }

  private void score(int[] ids, KvCache cache, float[] scores) {
    for (int from = 0; from < scores.length; from += SCORED_TOGETHER) {
      int to = Math.min(from + SCORED_TOGETHER, scores.length);
      Logits logits = forward(List.of(new Slice(cache, ids, from, to, to - from)));
      for (int i = from; i < to; i++) {
        int row = logits.row(i - from);
        double normaliser = Kernels.logSumExp(logits.data(), row, spec.vocabSize());
        scores[i] = (float) (logits.data()[row + ids[i + 1]] - normaliser);
      }
    }
  }

  @Override
  public synchronized void close() {
    team.close();
  }

  private void check(Slice slice) {
    if (slice.cache().memory() != memory) {
      throw new IllegalArgumentException("a cache of another runner");
    }
    int end = slice.cache().length() + slice.length();
    if (end > spec.contextLength()) {
      throw new IllegalArgumentException(end + " tokens do not fit the context of " + spec.contextLength());
    }
    for (int i = slice.from(); i < slice.to(); i++) {
      if (slice.ids()[i] < 0 || slice.ids()[i] >= spec.vocabSize()) {
        throw new IllegalArgumentException(
            "token id " + slice.ids()[i] + " is outside the vocabulary of " + spec.vocabSize());
      }
    }
  }
}
