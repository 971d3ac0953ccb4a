package dev.athanor.nn;

import dev.athanor.model.ModelSpec;
import dev.athanor.model.WeightNames;
import dev.athanor.tensor.Fused;
import dev.athanor.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// One block of a decoder: `x + mixer(norm(x))`, then `x + feedForward(norm(x))`.
///
/// Shapes: N tokens of all sequences, C hidden size, H heads, K key-value heads, D head size.
final class DecoderBlock {
  private final ModelSpec spec;
  private final Parameters parameters;
  private final WeightNames.Block names;

  DecoderBlock(ModelSpec spec, Parameters parameters, int index) {
    this.spec = spec;
    this.parameters = parameters;
    names = WeightNames.block(index);
  }

  Tensor forward(Tensor x_NC, TokenBatch batch, Rotary rotary) {
    Tensor mixed = switch (spec.mixer()) {
      case ModelSpec.Mixer.Attention attention ->
          attend(attention, norm(x_NC, names.inputNorm()), batch, rotary);
    };
    Tensor y_NC = x_NC.add(mixed);
    Tensor fed = switch (spec.feedForward()) {
      case ModelSpec.FeedForward.SwiGlu _ -> swiGlu(norm(y_NC, names.postNorm()));
    };
    return y_NC.add(fed);
  }

  private Tensor attend(ModelSpec.Mixer.Attention a, Tensor x_NC, TokenBatch batch, Rotary rotary) {
    long n = batch.tokens();
    Tensor q_NHD = project(a, x_NC, names.q(), names.qBias()).view(n, a.numHeads(), a.headDim());
    Tensor k_NKD = project(a, x_NC, names.k(), names.kBias()).view(n, a.numKvHeads(), a.headDim());
    Tensor v_NKD = project(a, x_NC, names.v(), names.vBias()).view(n, a.numKvHeads(), a.headDim());
    if (a.qkNorm()) {
      q_NHD = norm(q_NHD, names.qNorm());
      k_NKD = norm(k_NKD, names.kNorm());
    }
    Tensor mixed_NHD =
        causalAttention(
            rotary.turn(q_NHD), repeatHeads(a, rotary.turn(k_NKD)), repeatHeads(a, v_NKD), batch);
    return mixed_NHD.reshape(n, (long) a.numHeads() * a.headDim()).linear(parameters.get(names.o()));
  }

  private Tensor project(ModelSpec.Mixer.Attention a, Tensor x, String weight, String bias) {
    return a.qkvBias()
        ? x.linear(parameters.get(weight), parameters.get(bias))
        : x.linear(parameters.get(weight));
  }

  /// Each key-value head serves a group of query heads.
  private static Tensor repeatHeads(ModelSpec.Mixer.Attention a, Tensor x_NKD) {
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

  /// Causal attention inside each sequence: one call for all where they are equally long, else one call each, so that no work
  /// goes into pairs of tokens from different documents.
  private static Tensor causalAttention(Tensor q_NHD, Tensor k_NHD, Tensor v_NHD, TokenBatch batch) {
    int common = batch.commonLength();
    if (common > 0) {
      long[] shape = {batch.lengths().length, common, q_NHD.size(1), q_NHD.size(2)};
      return Tensor.attention(
              q_NHD.view(shape).transpose(1, 2), k_NHD.view(shape).transpose(1, 2), v_NHD.view(shape).transpose(1, 2), true)
          .transpose(1, 2)
          .reshape(q_NHD.shape());
    }
    long[] lengths = java.util.Arrays.stream(batch.lengths()).asLongStream().toArray();
    List<Tensor> q = q_NHD.split(lengths, 0);
    List<Tensor> k = k_NHD.split(lengths, 0);
    List<Tensor> v = v_NHD.split(lengths, 0);
    List<Tensor> mixed = new ArrayList<>();
    for (int i = 0; i < lengths.length; i++) {
      mixed.add(
          Tensor.attention(heads(q.get(i)), heads(k.get(i)), heads(v.get(i)), true)
              .transpose(1, 2)
              .reshape(lengths[i], q_NHD.size(1), q_NHD.size(2)));
    }
    return Tensor.cat(mixed, 0);
  }

  private static Tensor heads(Tensor x_LHD) {
    return x_LHD.transpose(0, 1).unsqueeze(0);
  }

  private Tensor swiGlu(Tensor x_NC) {
    Tensor gate = x_NC.linear(parameters.get(names.gate())).silu();
    Tensor up = x_NC.linear(parameters.get(names.up()));
    return gate.mul(up).linear(parameters.get(names.down()));
  }

  private Tensor norm(Tensor x, String weight) {
    return switch (spec.norm()) {
      case ModelSpec.Norm.Rms rms -> Fused.rmsNorm(x, parameters.get(weight), rms.eps());
    };
  }
}
