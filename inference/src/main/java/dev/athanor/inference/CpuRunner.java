package dev.athanor.inference;

import dev.athanor.base.UserException;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.LanguageModel;
import dev.athanor.model.Mixer.Attention;
import dev.athanor.model.WeightNames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Computes a decoder on the CPU in F32 with SIMD kernels. Thread-safe: one forward pass at a time.
///
/// All members of the thread team walk through the same pass, each over its share of the tokens (norms, rotation), the heads
/// (attention) or the weights' rows (products), and meet at a barrier where the next step reads what others wrote. No sum is
/// ever split between threads, so their number does not change a bit of the result.
public final class CpuRunner implements Runner, LanguageModel {
  /// Tokens that `score` feeds at a time.
  private static final int SCORED_TOGETHER = 64;

  private final DecoderSpec spec;
  private final PackedMatrix embedding;
  private final List<Lookup> lookups;
  private final PackedMatrix head;
  private final float[] finalNorm;
  private final Block[] blocks;
  private final float[] frequencies;
  private final ThreadTeam team;
  private Pass scratch;

  private CpuRunner(CheckpointDir checkpoint, int threads) {
    spec = checkpoint.decoder();
    Supported.require(spec);
    embedding = PackedMatrix.of(checkpoint.tensor(WeightNames.embedding()));
    lookups = Lookup.load(checkpoint, embedding);
    head = spec.tiedHead() ? embedding : PackedMatrix.of(checkpoint.tensor(WeightNames.head()));
    finalNorm = checkpoint.floats(WeightNames.finalNorm());
    blocks = new Block[spec.numLayers()];
    for (int layer = 0; layer < blocks.length; layer++) {
      blocks[layer] = Block.load(checkpoint, layer);
    }
    frequencies = frequencies(spec.attention());
    scratch = new Pass(1, 1);
    team = new ThreadTeam(threads).started();
  }

  /// Loads a model's folder; the folder is not needed afterwards.
  ///
  /// @param threads that compute, the caller among them
  /// @throws UserException when it is missing, damaged or not supported
  public static CpuRunner open(Path modelDir, int threads) {
    try (CheckpointDir checkpoint = CheckpointDir.open(modelDir)) {
      return new CpuRunner(checkpoint, threads);
    }
  }

  @Override
  public DecoderSpec spec() {
    return spec;
  }

  @Override
  public KvCache newCache() {
    return new KvCache(spec);
  }

  @Override
  public synchronized Logits forward(List<Slice> slices) {
    int tokens = 0;
    int wanted = 0;
    for (Slice slice : slices) {
      check(slice);
      tokens += slice.length();
      wanted += slice.wanted();
    }
    Pass pass = room(tokens, wanted);
    pass.begin(slices, tokens, wanted);
    team.run(pass);
    for (Slice slice : slices) {
      slice.cache().advance(slice.cache().length() + slice.length());
    }
    return new Logits(pass.logits, head.paddedRows(), spec.vocabSize(), wanted);
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
    KvCache cache = newCache();
    for (int from = 0; from < scores.length; from += SCORED_TOGETHER) {
      int to = Math.min(from + SCORED_TOGETHER, scores.length);
      Logits logits = forward(List.of(new Slice(cache, ids, from, to, to - from)));
      for (int i = from; i < to; i++) {
        int row = logits.row(i - from);
        double normaliser = Kernels.logSumExp(logits.data(), row, spec.vocabSize());
        scores[i] = (float) (logits.data()[row + ids[i + 1]] - normaliser);
      }
    }
    return scores;
  }

  @Override
  public synchronized void close() {
    team.close();
  }

  private void check(Slice slice) {
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

  /// The scratch memory, renewed when it is too small.
  private Pass room(int tokens, int wanted) {
    if (tokens > scratch.maxTokens || wanted > scratch.maxWanted) {
      scratch = new Pass(Math.max(tokens, scratch.maxTokens), Math.max(wanted, scratch.maxWanted));
    }
    return scratch;
  }

  /// theta^(−2i/headDim), in F32 as the published implementations compute it.
  private static float[] frequencies(Attention attention) {
    float[] frequencies = new float[attention.headDim() / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = (float) (1 / Math.pow(attention.rope().orElseThrow().theta(), 2.0 * i / attention.headDim()));
    }
    return frequencies;
  }

  /// One forward pass and its memory. Suffixes: a row is a token of the batch.
  private final class Pass implements ThreadTeam.Work {
    private final int maxTokens;
    private final int maxWanted;
    private final int hidden = spec.hiddenSize();
    private final Attention attention = spec.attention();
    private final int headDim = attention.headDim();
    private final int queryWidth = attention.numHeads() * headDim;
    private final int keyWidth = attention.numKvHeads() * headDim;
    private final int hiddenStride = PackedMatrix.padded(hidden);
    private final int qkvStride = PackedMatrix.padded(queryWidth + 2 * keyWidth);
    private final int intermediate =
        switch (spec.stack().blocks().getFirst().feedForward()) {
          case FeedForward.Gated gated -> gated.intermediateSize();
          case FeedForward.Plain _, FeedForward.Experts _, FeedForward.None _ ->
              throw new IllegalStateException("Supported lets no such part through");
        };
    private final int gateStride = PackedMatrix.padded(intermediate);

    /// The residual stream, `hiddenStride` numbers a row.
    private final float[] x;
    private final float[] normed;
    private final float[] qkv;
    private final float[] projected;
    private final float[] gateUp;
    private final float[] logits;
    /// For each of the lookups.
    private final Activations[] found;
    private final Activations hiddenIn;
    private final Activations attended;
    private final Activations gated;
    private final Activations headIn;

    private KvCache[] caches = {};
    private int[] positions = {};
    private int[] ids = {};
    private int[] wantedRows = {};
    private int tokens;
    private int wanted;

    Pass(int maxTokens, int maxWanted) {
      this.maxTokens = maxTokens;
      this.maxWanted = maxWanted;
      int rows = Activations.roundedUp(maxTokens);
      x = new float[rows * hiddenStride];
      normed = new float[rows * hiddenStride];
      qkv = new float[rows * qkvStride];
      projected = new float[rows * hiddenStride];
      gateUp = new float[rows * 2 * gateStride];
      logits = new float[Math.multiplyExact(Activations.roundedUp(maxWanted), head.paddedRows())];
      found = lookups.stream().map(lookup -> new Activations(rows, lookup.width())).toArray(Activations[]::new);
      hiddenIn = new Activations(rows, hidden);
      attended = new Activations(rows, queryWidth);
      gated = new Activations(rows, intermediate);
      headIn = new Activations(Activations.roundedUp(maxWanted), hidden);
    }

    void begin(List<Slice> slices, int newTokens, int newWanted) {
      tokens = newTokens;
      wanted = newWanted;
      caches = new KvCache[tokens];
      positions = new int[tokens];
      ids = new int[tokens];
      wantedRows = new int[wanted];
      int row = 0;
      int nextWanted = 0;
      for (Slice slice : slices) {
        int length = slice.cache().length();
        slice.cache().reserve(length + slice.length());
        for (int i = 0; i < slice.length(); i++, row++) {
          caches[row] = slice.cache();
          positions[row] = length + i;
          ids[row] = slice.ids()[slice.from() + i];
          slice.cache().putId(length + i, ids[row]);
          if (i >= slice.length() - slice.wanted()) {
            wantedRows[nextWanted++] = row;
          }
        }
      }
      for (Activations one : found) {
        one.expect(tokens);
      }
      hiddenIn.expect(tokens);
      attended.expect(tokens);
      gated.expect(tokens);
      headIn.expect(wanted);
    }

    @Override
    public void run(int thread, int threads) {
      int from = (int) ((long) tokens * thread / threads);
      int to = (int) ((long) tokens * (thread + 1) / threads);
      for (int row = from; row < to; row++) {
        embedding.row(ids[row], x, row * hiddenStride);
      }
      for (int i = 0; i < found.length; i++) {
        Lookup lookup = lookups.get(i);
        for (int row = from; row < to; row++) {
          lookup.find(caches[row], positions[row], found[i], row);
        }
        team.barrier();
        lookup.projection().multiply(found[i], tokens, projected, hiddenStride, thread, threads);
        team.barrier();
        addProjected(from, to);
      }
      float[] scores = new float[KvCache.BLOCK];
      float[] out = new float[headDim + PackedMatrix.LANES];
      for (int layer = 0; layer < blocks.length; layer++) {
        Block block = blocks[layer];
        norm(block.inputNorm(), from, to);
        team.barrier();
        block.qkv().multiply(hiddenIn, tokens, qkv, qkvStride, thread, threads);
        team.barrier();
        rotateAndStore(block, layer, from, to);
        team.barrier();
        attend(layer, scores, out, thread, threads);
        team.barrier();
        block.o().multiply(attended, tokens, projected, hiddenStride, thread, threads);
        team.barrier();
        addProjected(from, to);
        norm(block.postNorm(), from, to);
        team.barrier();
        block.gateUp().multiply(hiddenIn, tokens, gateUp, 2 * gateStride, thread, threads);
        team.barrier();
        activate(from, to);
        team.barrier();
        block.down().multiply(gated, tokens, projected, hiddenStride, thread, threads);
        team.barrier();
        addProjected(from, to);
      }
      team.barrier();
      if (wanted > 0) {
        normWanted(thread, threads);
        team.barrier();
        head.multiply(headIn, wanted, logits, head.paddedRows(), thread, threads);
      }
    }

    private void norm(float[] weight, int from, int to) {
      for (int row = from; row < to; row++) {
        int at = row * hiddenStride;
        Kernels.rmsNorm(x, at, weight, hidden, spec.norm().eps(), normed, at);
        hiddenIn.put(row, 0, normed, at, hidden);
      }
    }

    private void normWanted(int thread, int threads) {
      for (int i = thread; i < wanted; i += threads) {
        int at = wantedRows[i] * hiddenStride;
        Kernels.rmsNorm(x, at, finalNorm, hidden, spec.norm().eps(), normed, at);
        headIn.put(i, 0, normed, at, hidden);
      }
    }

    private void addProjected(int from, int to) {
      for (int row = from; row < to; row++) {
        Kernels.add(x, row * hiddenStride, projected, row * hiddenStride, hidden);
      }
    }

    private void rotateAndStore(Block block, int layer, int from, int to) {
      float[] cos = new float[headDim / 2];
      float[] sin = new float[headDim / 2];
      for (int row = from; row < to; row++) {
        int at = row * qkvStride;
        if (attention.qkvBias()) {
          Kernels.add(qkv, at, block.qkvBias(), 0, queryWidth + 2 * keyWidth);
        }
        turn(positions[row], cos, sin);
        for (int h = 0; h < attention.numHeads(); h++) {
          rotate(at + h * headDim, block.qNorm(), cos, sin);
        }
        for (int h = 0; h < attention.numKvHeads(); h++) {
          int key = at + queryWidth + h * headDim;
          rotate(key, block.kNorm(), cos, sin);
          caches[row].put(layer, h, positions[row], qkv, key, key + keyWidth);
        }
      }
    }

    private void turn(int position, float[] cos, float[] sin) {
      for (int i = 0; i < cos.length; i++) {
        float angle = position * frequencies[i];
        cos[i] = (float) Math.cos(angle);
        sin[i] = (float) Math.sin(angle);
      }
    }

    private void rotate(int at, float[] norm, float[] cos, float[] sin) {
      if (attention.qkNorm()) {
        Kernels.rmsNorm(qkv, at, norm, headDim, spec.norm().eps(), qkv, at);
      }
      int half = headDim / 2;
      for (int i = 0; i < half; i++) {
        float a = qkv[at + i];
        float b = qkv[at + half + i];
        qkv[at + i] = a * cos[i] - b * sin[i];
        qkv[at + half + i] = b * cos[i] + a * sin[i];
      }
    }

    /// Head by head, so that its keys and values stay in the cache while the rows go by.
    private void attend(int layer, float[] scores, float[] out, int thread, int threads) {
      int group = attention.numHeads() / attention.numKvHeads();
      int tasks = attention.numHeads() * tokens;
      for (int task = thread; task < tasks; task += threads) {
        int h = task / tokens;
        int row = task % tokens;
        caches[row].attend(layer, h / group, positions[row], qkv, row * qkvStride + h * headDim, scores, out);
        attended.put(row, h * headDim, out, 0, headDim);
      }
    }

    private void activate(int from, int to) {
      for (int row = from; row < to; row++) {
        int at = row * 2 * gateStride;
        Kernels.swiGlu(gateUp, at, gateUp, at + gateStride, intermediate);
        gated.put(row, 0, gateUp, at, intermediate);
      }
    }
  }
}
