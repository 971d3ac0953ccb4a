package dev.athanor.nn;

import dev.athanor.model.Mixer;
import dev.athanor.model.WeightNames;
import dev.athanor.tensor.Fused;
import dev.athanor.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Attention of one block: to the sequence itself, or to an encoder's result.
///
/// Shapes: N positions of all sequences, M of all sources, C hidden size, H heads, K key-value heads, D head size.
final class AttentionLayer {
  private final Mixer.Attention a;
  private final boolean causal;
  private final double normEps;
  private final Parameters parameters;
  private final WeightNames.Attention names;
  private final int block;
  private final Rotary.@Nullable Table angles;

  AttentionLayer(
      Mixer.Attention attention,
      boolean causal,
      double normEps,
      Parameters parameters,
      WeightNames.Attention names,
      int block,
      Rotary.@Nullable Table angles) {
    a = attention;
    this.causal = causal;
    this.normEps = normEps;
    this.parameters = parameters;
    this.names = names;
    this.block = block;
    this.angles = angles;
  }

  /// @param relative T5's bias, where the stack has one
  Tensor self(Tensor x_NC, Pass pass, @Nullable RelativeScores relative) {
    Tensor q_NHD = normed(heads(x_NC, names.q(), a.numHeads()), names.qNorm());
    Tensor k_NKD = normed(heads(x_NC, names.k(), a.numKvHeads()), names.kNorm());
    Tensor v_NKD = heads(x_NC, names.v(), a.numKvHeads());
    if (a.rope().isPresent()) {
      Rotary rotary = pass.rotary(table());
      q_NHD = rotary.turn(q_NHD);
      k_NKD = rotary.turn(k_NKD);
    }
    List<? extends Past> pasts = pass.pasts();
    Tensor mixed_NHD =
        pasts == null
            ? fresh(q_NHD, k_NKD, v_NKD, pass, relative)
            : continued(q_NHD, k_NKD, v_NKD, pass, pasts, relative);
    return out(mixed_NHD);
  }

  /// Every position sees all of its source.
  Tensor cross(Tensor x_NC, Pass pass) {
    Tensor q_NHD = heads(x_NC, names.q(), a.numHeads());
    List<? extends Past> pasts = pass.pasts();
    List<Tensor> q = q_NHD.split(pass.sequences().longLengths(), 0);
    List<Tensor> k = crossParts(pass.memory(), pasts, Past.Part.CROSS_KEYS, names.k());
    List<Tensor> v = crossParts(pass.memory(), pasts, Past.Part.CROSS_VALUES, names.v());
    List<Tensor> mixed = new ArrayList<>();
    for (int i = 0; i < q.size(); i++) {
      mixed.add(flat(scores(batchedWhole(q.get(i)), batched(k.get(i)), batched(v.get(i)), false, null)));
    }
    return out(Tensor.cat(mixed, 0));
  }

  /// The source's keys or values, worked out with the first token and kept.
  private List<Tensor> crossParts(
      Pass.@Nullable Memory source, @Nullable List<? extends Past> pasts, Past.Part part, String name) {
    if (pasts != null && pasts.stream().allMatch(past -> past.part(block, part) != null)) {
      return pasts.stream().map(past -> Objects.requireNonNull(past.part(block, part))).toList();
    }
    Pass.Memory memory = Objects.requireNonNull(source, "nothing to attend to");
    List<Tensor> parts = heads(memory.hidden_MC(), name, a.numKvHeads()).split(memory.sequences().longLengths(), 0);
    if (pasts != null) {
      for (int i = 0; i < parts.size(); i++) {
        pasts.get(i).put(block, part, parts.get(i));
      }
    }
    return parts;
  }

  private Tensor heads(Tensor x_NC, String part, int heads) {
    Tensor projected = Affine.linear(parameters, part, a.qkvBias(), x_NC);
    return projected.view(x_NC.size(0), heads, a.headDim());
  }

  private Tensor normed(Tensor x_NHD, String weight) {
    return a.qkNorm() ? Fused.rmsNorm(x_NHD, parameters.get(weight), normEps) : x_NHD;
  }

  private Tensor out(Tensor mixed_NHD) {
    Tensor flat = mixed_NHD.reshape(mixed_NHD.size(0), (long) a.numHeads() * a.headDim());
    return Affine.linear(parameters, names.o(), a.outputBias(), flat);
  }

  private Rotary.Table table() {
    return Objects.requireNonNull(angles, "attention without rotation has no angles");
  }

  /// Sequences from their beginning: one call for all where they are a rectangle, else one each, so that no work goes into pairs
  /// of different sequences.
  private Tensor fresh(Tensor q_NHD, Tensor k_NKD, Tensor v_NKD, Pass pass, @Nullable RelativeScores relative) {
    Sequences sequences = pass.sequences();
    Tensor kAll = repeatHeads(k_NKD);
    Tensor vAll = repeatHeads(v_NKD);
    if (sequences.isRectangle()) {
      int length = sequences.lengths()[0];
      long[] shape = {sequences.count(), length, a.numHeads(), a.headDim()};
      Tensor mixed =
          scores(
              q_NHD.view(shape).transpose(1, 2),
              kAll.view(shape).transpose(1, 2),
              vAll.view(shape).transpose(1, 2),
              isPlainCausal(length, 0),
              bias(length, length, 0, 0, pass, relative));
      return mixed.transpose(1, 2).reshape(q_NHD.shape());
    }
    long[] lengths = sequences.longLengths();
    List<Tensor> q = q_NHD.split(lengths, 0);
    List<Tensor> k = kAll.split(lengths, 0);
    List<Tensor> v = vAll.split(lengths, 0);
    List<Tensor> mixed = new ArrayList<>();
    for (int i = 0; i < lengths.length; i++) {
      int length = (int) lengths[i];
      int prefix = sequences.prefixes()[i];
      mixed.add(
          flat(
              scores(
                  batchedWhole(q.get(i)),
                  batchedWhole(k.get(i)),
                  batchedWhole(v.get(i)),
                  isPlainCausal(length, prefix),
                  bias(length, length, 0, prefix, pass, relative))));
    }
    return Tensor.cat(mixed, 0);
  }

  /// Sequences that go on from what came before: over the positions that a window leaves.
  private Tensor continued(
      Tensor q_NHD, Tensor k_NKD, Tensor v_NKD, Pass pass, List<? extends Past> pasts, @Nullable RelativeScores relative) {
    Sequences sequences = pass.sequences();
    long[] lengths = sequences.longLengths();
    List<Tensor> q = q_NHD.split(lengths, 0);
    List<Tensor> k = k_NKD.split(lengths, 0);
    List<Tensor> v = v_NKD.split(lengths, 0);
    List<Tensor> mixed = new ArrayList<>();
    for (int i = 0; i < lengths.length; i++) {
      int start = sequences.starts()[i];
      int from = Math.max(0, start - a.window().orElse(Integer.MAX_VALUE) + 1);
      Past.KeysValues seen = pasts.get(i).extend(block, new Past.KeysValues(k.get(i), v.get(i)), from);
      int keys = start + (int) lengths[i] - from;
      int prefix = Math.max(0, sequences.prefixes()[i] - from);
      boolean plain = start == 0 && isPlainCausal(keys, prefix);
      mixed.add(
          flat(
              scores(
                  batchedWhole(q.get(i)),
                  batched(seen.keys()),
                  batched(seen.values()),
                  plain,
                  bias((int) lengths[i], keys, start - from, prefix, pass, relative))));
    }
    return Tensor.cat(mixed, 0);
  }

  /// Causal over the whole length, with nothing else to hide.
  private boolean isPlainCausal(int length, int prefix) {
    return causal && prefix <= 1 && a.window().orElse(length) >= length;
  }

  /// What is added to the scores, or null: −∞ where a key is hidden, and T5's bias. Null too where the plain causal mask is all.
  private @Nullable Tensor bias(
      int queries, int keys, int start, int prefix, Pass pass, @Nullable RelativeScores relative) {
    boolean oneSeesAll = queries == 1 && a.window().orElse(keys) >= keys;
    boolean hides = causal && !oneSeesAll && !(start == 0 && isPlainCausal(keys, prefix));
    if (relative != null) {
      Tensor scores = pass.bias(List.of("relative", queries, keys), () -> relative.of(queries, keys, start));
      return causal && !oneSeesAll ? scores.add(mask(queries, keys, start, prefix, pass)) : scores;
    }
    return hides ? mask(queries, keys, start, prefix, pass) : null;
  }

  /// [1, 1, queries, keys]
  private Tensor mask(int queries, int keys, int start, int prefix, Pass pass) {
    int window = a.window().orElse(keys);
    return pass.bias(
        List.of("mask", queries, keys, prefix, window),
        () -> {
          float[] mask = new float[queries * keys];
          for (int q = 0; q < queries; q++) {
            int position = start + q;
            for (int k = 0; k < keys; k++) {
              boolean seen = (k <= position || (position < prefix && k < prefix)) && position - k < window;
              mask[q * keys + k] = seen ? 0 : Float.NEGATIVE_INFINITY;
            }
          }
          return Tensor.of(mask, 1, 1, queries, keys);
        });
  }

  /// softmax(scale · q·kᵀ + bias)·v, all [batch, heads, positions, D].
  private Tensor scores(Tensor q, Tensor k, Tensor v, boolean plainCausal, @Nullable Tensor bias) {
    if (a.softcap().isPresent()) {
      double cap = a.softcap().getAsDouble();
      Tensor capped = q.matmul(k.transpose(2, 3)).mul(a.scale() / cap).tanh().mul(cap);
      Tensor added = bias == null && plainCausal ? triangle((int) q.size(2)) : bias;
      return (added == null ? capped : capped.add(added)).softmax(3).matmul(v);
    }
    return bias == null
        ? Tensor.attention(q, k, v, plainCausal, a.scale())
        : Tensor.attention(q, k, v, bias, a.scale());
  }

  private static Tensor triangle(int length) {
    float[] mask = new float[length * length];
    for (int q = 0; q < length; q++) {
      java.util.Arrays.fill(mask, q * length + q + 1, (q + 1) * length, Float.NEGATIVE_INFINITY);
    }
    return Tensor.of(mask, 1, 1, length, length);
  }

  /// Each key-value head serves a group of query heads.
  private Tensor repeatHeads(Tensor x_NKD) {
    int group = a.numHeads() / a.numKvHeads();
    if (group == 1) {
      return x_NKD;
    }
    long n = x_NKD.size(0);
    return x_NKD
        .unsqueeze(2)
        .expand(n, a.numKvHeads(), group, a.headDim())
        .reshape(n, a.numHeads(), a.headDim());
  }

  /// [1, heads, length, D] of one sequence's [length, heads, D].
  private static Tensor batchedWhole(Tensor x_LHD) {
    return x_LHD.transpose(0, 1).unsqueeze(0);
  }

  private Tensor batched(Tensor x_LKD) {
    return batchedWhole(repeatHeads(x_LKD));
  }

  /// The reverse.
  private Tensor flat(Tensor x_1HLD) {
    return x_1HLD.transpose(1, 2).reshape(x_1HLD.size(2), a.numHeads(), a.headDim());
  }
}
