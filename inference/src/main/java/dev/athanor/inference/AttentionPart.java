package dev.athanor.inference;

import dev.athanor.model.Mixer;
import dev.athanor.model.Norm;
import dev.athanor.model.WeightNames;
import java.util.List;
import java.util.Optional;

/// Attention of one block to the sequence itself.
final class AttentionPart implements BlockPart {
  private final Mixer.Attention a;
  private final boolean causal;
  private final Stream stream;
  private final Optional<Rotation> rotation;
  private final DistanceBias distances;
  private final KeyValues memory;
  private final Optional<RowNorm> queryNorm;
  private final Optional<RowNorm> keyNorm;
  /// Query, key and value projections, one below the other.
  private final PackedMatrix qkv;
  private final PackedMatrix o;
  private final LoraSite qkvSite;
  private final LoraSite oSite;
  private final int queryWidth;
  private final int keyWidth;
  private final int stride;
  private final Buffer projected;
  private final Activations attended;

  /// @param causal a position sees those before it only; else all of its sequence, which comes whole
  /// @param block which of the stack's blocks
  /// @param memory its keys and values
  AttentionPart(
      Weights weights,
      Mixer.Attention attention,
      boolean causal,
      double normEps,
      int block,
      KeyValues memory,
      Optional<Rotation> rotation,
      DistanceBias distances,
      Stream stream,
      Scratch.Frame frame,
      LoraSites sites) {
    a = attention;
    this.causal = causal;
    this.memory = memory;
    this.stream = stream;
    this.rotation = rotation;
    this.distances = distances;
    WeightNames.Attention names = WeightNames.block(block).selfAttention();
    queryNorm = norm(weights, normEps, names.qNorm());
    keyNorm = norm(weights, normEps, names.kNorm());
    qkv =
        weights.pack(
            List.of(
                Affine.load(weights, names.q(), a.qkvBias()),
                Affine.load(weights, names.k(), a.qkvBias()),
                Affine.load(weights, names.v(), a.qkvBias())),
            false);
    o = weights.pack(Affine.load(weights, names.o(), a.outputBias()));
    queryWidth = a.numHeads() * a.headDim();
    keyWidth = a.numKvHeads() * a.headDim();
    qkvSite = sites.site(qkv, List.of(names.q(), names.k(), names.v()), List.of(queryWidth, keyWidth, keyWidth));
    oSite = sites.site(o, names.o());
    stride = qkv.paddedRows();
    projected = frame.rows(stride);
    attended = frame.activations(queryWidth).readBy(o);
    stream.in().readBy(qkv);
  }

  private Optional<RowNorm> norm(Weights weights, double eps, String name) {
    return a.qkNorm() ? Optional.of(RowNorm.rms(new Norm.Rms(eps), weights.floats(name))) : Optional.empty();
  }

  @Override
  public void run(Share share) {
    qkv.multiply(share, stream.in(), projected, stride);
    qkvSite.add(share, stream.in(), projected, stride);
    share.barrier();
    turnAndStore(share);
    share.barrier();
    attend(share);
    attended.complete(share);
    share.barrier();
    o.multiply(share, attended, stream.out(), stream.stride());
    oSite.add(share, attended, stream.out(), stream.stride());
    share.barrier();
  }

  private void turnAndStore(Share share) {
    float[] x = projected.data();
    for (int row = share.from(); row < share.to(); row++) {
      int queries = row * stride;
      int keys = queries + queryWidth;
      turn(row, x, queries, a.numHeads(), queryNorm);
      turn(row, x, keys, a.numKvHeads(), keyNorm);
      int[] table = share.batch().cache(row).table();
      int position = share.batch().position(row);
      for (int h = 0; h < a.numKvHeads(); h++) {
        int key = keys + h * a.headDim();
        memory.put(table, h, position, x, key, key + keyWidth);
      }
    }
  }

  private void turn(int row, float[] x, int from, int heads, Optional<RowNorm> norm) {
    for (int h = 0; h < heads; h++) {
      int at = from + h * a.headDim();
      if (norm.isPresent()) {
        norm.get().apply(x, at, x, at);
      }
      if (rotation.isPresent()) {
        rotation.get().turn(row, x, at);
      }
    }
  }

  /// Head by head, so that its keys and values stay in the cache while the rows go by. The queries that share a head of keys go
  /// together, unless there are fewer heads than members.
  private void attend(Share share) {
    Batch batch = share.batch();
    int group = a.numHeads() / a.numKvHeads();
    int parts = Math.min(group, (share.threads() - 1) / (a.numKvHeads() * batch.tokens()) + 1);
    int tasks = a.numKvHeads() * parts * batch.tokens();
    float[] room = share.room().scratch(memory.roomNumbers());
    for (int task = share.thread(); task < tasks; task += share.threads()) {
      int row = task % batch.tokens();
      int part = task / batch.tokens() % parts;
      int head = task / batch.tokens() / parts;
      int from = head * group + group * part / parts;
      int count = head * group + group * (part + 1) / parts - from;
      int query = row * stride + from * a.headDim();
      int out =
          memory.attend(
              batch.cache(row).table(), head, batch.position(row), causal ? batch.position(row) : batch.last(row), projected.data(), query, from, count, distances, room);
      for (int q = 0; q < count; q++) {
        attended.put(row, batch.alone(), (from + q) * a.headDim(), room, out + q * memory.width(), a.headDim());
      }
    }
  }
}
