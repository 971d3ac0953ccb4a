package dev.athanor.inference;

import dev.athanor.model.DecoderSpec;
import dev.athanor.model.LanguageModel;
import java.util.ArrayList;
import java.util.List;

/// A decoder as a chain of [Blocks], each on a backend; hidden states go from one to the next. Thread-safe: one forward pass at a time.
public class ChainRunner implements Runner, LanguageModel {
  /// Tokens that `score` feeds at a time.
  private static final int SCORED_TOGETHER = 64;

  private final DecoderSpec spec;
  private final List<Blocks> chain;
  private final KvMemory memory;

  /// @param format in which keys and values are kept
  /// @param pages of keys and values at most
  /// @param chain all blocks of the decoder, in order; closed together with the runner
  public ChainRunner(DecoderSpec spec, KvFormat format, int pages, List<? extends Blocks> chain) {
    this(spec, format, pages, chain, Eviction.NONE);
  }

  /// @param eviction that the blocks know of too
  ChainRunner(DecoderSpec spec, KvFormat format, int pages, List<? extends Blocks> chain, Eviction eviction) {
    this.spec = spec;
    this.chain = List.copyOf(chain);
    int next = 0;
    for (Blocks blocks : chain) {
      if (blocks.range().from() != next) {
        throw new IllegalArgumentException("block " + next + " is followed by " + blocks.range());
      }
      next = blocks.range().to();
    }
    if (next != spec.numLayers()) {
      throw new IllegalArgumentException("blocks of a decoder of " + spec.numLayers() + " end with " + next);
    }
    List<KvStore> stores = chain.stream().map(Blocks::kv).toList();
    memory = new KvMemory(
            spec.stack(), format, pages, stores.size() == 1 ? stores.getFirst() : new ChainedKv(stores), eviction);
  }

  @Override
  public final DecoderSpec spec() {
    return spec;
  }

  @Override
  public final KvMemory memory() {
    return memory;
  }

  @Override
  public final synchronized Logits forward(List<Slice> slices) {
    slices.forEach(this::check);
    Batch batch = new Batch(slices);
    float[] hidden = {};
    for (Blocks blocks : chain.subList(0, chain.size() - 1)) {
      hidden = blocks.run(batch, hidden);
    }
    Logits logits = chain.getLast().finish(batch, hidden);
    batch.commit();
    return logits;
  }

  @Override
  public final List<float[]> score(List<int[]> sequences) {
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
  public final synchronized void close() {
    chain.forEach(Blocks::close);
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
