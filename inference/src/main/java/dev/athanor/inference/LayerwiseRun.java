package dev.athanor.inference;

import dev.athanor.model.DecoderSpec;
import dev.athanor.model.DecoderWeights;
import dev.athanor.model.WeightNames;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A decoder computed block by block over a few texts: what is between two blocks is kept, so that a block can be looked at, changed and
/// computed again before the next one reads what it says. No more than one block's weights are packed at a time.
public final class LayerwiseRun implements AutoCloseable {
  private final DecoderSpec spec;
  private final List<int[]> texts;
  private final HeapKv kv;
  private final KvMemory memory;
  private final ThreadTeam team;
  /// Of each text the residual stream, [tokens, hidden].
  private final float[][] streams;

  /// @param texts token ids, each within the context
  /// @param threads that compute, the caller among them
  public LayerwiseRun(DecoderSpec spec, List<int[]> texts, int threads) {
    this.spec = spec;
    this.texts = List.copyOf(texts);
    int longest = texts.stream().mapToInt(ids -> ids.length).max().orElse(0);
    if (longest == 0 || longest > spec.contextLength()) {
      throw new IllegalArgumentException("texts of between 1 and " + spec.contextLength() + " tokens, not " + longest);
    }
    kv = new HeapKv(spec, KvFormat.F32, BlockRange.all(spec));
    memory = new KvMemory(spec, KvFormat.F32, PagePool.pages(longest), kv);
    streams = new float[texts.size()][];
    team = new ThreadTeam(threads).started();
  }

  /// From the tokens to what the first block reads.
  ///
  /// @param watcher sees what is read by the projections of what is looked up
  public void embed(DecoderWeights model, Optional<InputWatcher> watcher) {
    Scratch scratch = new Scratch();
    Stream stream = Stream.of(spec.hiddenSize(), scratch);
    Weights weights = new Weights(model, WeightFormats.AS_STORED, watcher);
    PackedMatrix table = weights.packHead(weights.affine(WeightNames.embedding()));
    TokenEmbedding embedding = TokenEmbedding.of(weights, table, stream, scratch.frame());
    for (int t = 0; t < streams.length; t++) {
      streams[t] = new float[Math.multiplyExact(texts.get(t).length, spec.hiddenSize())];
      run(t, scratch, stream, embedding::run, true);
    }
  }

  /// One block.
  ///
  /// @param watcher sees what its matrices read
  /// @param advance what it says is kept for the next; else all is as before
  public void block(int index, DecoderWeights model, Optional<InputWatcher> watcher, boolean advance) {
    Scratch scratch = new Scratch();
    Stream stream = Stream.of(spec.hiddenSize(), scratch);
    Weights weights = new Weights(model, WeightFormats.AS_STORED, watcher);
    BlockLoader loader = new BlockLoader(weights, spec.stack(), kv, stream, scratch, new LoraSites());
    List<Residual> steps = loader.steps(index);
    List<Rotation> rotations = loader.rotations();
    for (int t = 0; t < streams.length; t++) {
      run(
          t,
          scratch,
          stream,
          share -> {
            rotations.forEach(rotation -> rotation.prepare(share));
            steps.forEach(step -> step.run(share));
          },
          advance);
    }
  }

  /// What a text's tokens are on the way to the next block, [tokens, hidden].
  public float[] stream(int text) {
    return streams[text].clone();
  }

  @FunctionalInterface
  private interface Walk {
    void run(Share share);
  }

  private void run(int text, Scratch scratch, Stream stream, Walk walk, boolean advance) {
    int[] ids = texts.get(text);
    try (KvCache cache = memory.newCache()) {
      cache.expect(ids.length);
      Batch batch = new Batch(List.of(new Slice(cache, ids, 0, ids.length, 0)));
      scratch.fit(ids.length);
      float[] x = stream.x().data();
      Arrays.fill(x, 0);
      for (int row = 0; row < ids.length; row++) {
        System.arraycopy(streams[text], row * spec.hiddenSize(), x, row * stream.stride(), spec.hiddenSize());
      }
      team.run((thread, threads) -> walk.run(new Share(batch, team, thread, threads, team.room(thread))));
      if (advance) {
        for (int row = 0; row < ids.length; row++) {
          System.arraycopy(x, row * stream.stride(), streams[text], row * spec.hiddenSize(), spec.hiddenSize());
        }
      }
    }
  }

  @Override
  public void close() {
    team.close();
  }
}
