package dev.athanor.model.gguf;

import dev.athanor.model.BlockSpec;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Mixer;
import dev.athanor.model.Norm;
import dev.athanor.model.NormPlacement;
import dev.athanor.model.Positions;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// The tensors of a decoder in GGUF, by the names of llama.cpp (`gguf-py/gguf/constants.py`).
final class GgufLayout {
  static final String EMBEDDING = "token_embd.weight";
  static final String POSITIONS = "position_embd.weight";
  static final String HEAD = "output.weight";
  /// By how much each rotating pair is slowed down; follows from the configuration.
  static final String ROPE_FACTORS = "rope_freqs.weight";

  private final DecoderSpec spec;
  private final boolean interleaved;
  private final Map<String, WeightSpec> ours = new LinkedHashMap<>();
  private final List<GgufWeight> weights = new ArrayList<>();

  private GgufLayout(DecoderSpec spec, boolean interleaved) {
    this.spec = spec;
    this.interleaved = interleaved;
    WeightNames.weights(spec).forEach(weight -> ours.put(weight.name(), weight));
  }

  /// @param interleaved queries and keys lie in pairs that rotate together
  static List<GgufWeight> of(DecoderSpec spec, boolean interleaved) {
    GgufLayout layout = new GgufLayout(spec, interleaved);
    layout.addAll();
    return layout.weights;
  }

  static String block(int index, String part) {
    return "blk." + index + "." + part;
  }

  private void addAll() {
    same(EMBEDDING, WeightNames.embedding());
    switch (spec.embedding().positions()) {
      case Positions.None _ -> {}
      case Positions.Learned _ -> exact(POSITIONS, WeightNames.positions(WeightNames.MODEL));
    }
    for (int i = 0; i < spec.numLayers(); i++) {
      addBlock(i, spec.stack().blocks().get(i));
    }
    norm("output_norm", WeightNames.stackNorm(WeightNames.MODEL));
    if (!spec.tiedHead()) {
      same(HEAD, WeightNames.head());
    }
  }

  private void addBlock(int index, BlockSpec block) {
    WeightNames.Block names = WeightNames.block(index);
    norm(block(index, "attn_norm"), names.inputNormPart());
    switch (block.mixer()) {
      case Mixer.Attention attention -> addAttention(index, names.selfAttention(), attention);
      case Mixer.Mamba mamba -> addMamba(index, names.stateSpace(), mamba);
      case Mixer.Mamba2 mamba -> addMamba2(index, names.stateSpace(), mamba);
    }
    boolean sandwich = spec.stack().placement() == NormPlacement.SANDWICH;
    if (sandwich) {
      norm(block(index, "post_attention_norm"), names.postNormPart());
    }
    switch (block.feedForward()) {
      case FeedForward.Gated _ -> {
        norm(block(index, "ffn_norm"), sandwich ? names.preFeedNormPart() : names.postNormPart());
        linear(block(index, "ffn_gate"), names.gatePart());
        linear(block(index, "ffn_up"), names.upPart());
        linear(block(index, "ffn_down"), names.downPart());
      }
      case FeedForward.Plain _ -> {
        norm(block(index, "ffn_norm"), sandwich ? names.preFeedNormPart() : names.postNormPart());
        linear(block(index, "ffn_up"), names.upPart());
        linear(block(index, "ffn_down"), names.downPart());
      }
      case FeedForward.Experts experts -> {
        norm(block(index, "ffn_norm"), sandwich ? names.preFeedNormPart() : names.postNormPart());
        addExperts(index, names, experts);
      }
      case FeedForward.None _ -> {}
    }
    if (sandwich) {
      norm(block(index, "post_ffw_norm"), names.postFeedNormPart());
    }
  }

  private void addAttention(int index, WeightNames.Attention names, Mixer.Attention attention) {
    if (attention.rope().isEmpty()) {
      joined(block(index, "attn_qkv.weight"), weight(names.q()), weight(names.k()), weight(names.v()));
      if (attention.qkvBias()) {
        joined(block(index, "attn_qkv.bias"), bias(names.q()), bias(names.k()), bias(names.v()));
      }
    } else {
      rotating(block(index, "attn_q"), names.q(), attention.numHeads(), attention.qkvBias());
      rotating(block(index, "attn_k"), names.k(), attention.numKvHeads(), attention.qkvBias());
      linear(block(index, "attn_v"), names.v());
    }
    if (attention.qkNorm()) {
      same(block(index, "attn_q_norm.weight"), names.qNorm());
      same(block(index, "attn_k_norm.weight"), names.kNorm());
    }
    linear(block(index, "attn_output"), names.o());
  }

  private void rotating(String theirs, String part, int heads, boolean hasBias) {
    GgufWeight.Form form = interleaved ? new GgufWeight.Interleaved(heads) : new GgufWeight.Same();
    add(weight(theirs), form, false, List.of(weight(part)), shape(weight(part)));
    if (hasBias) {
      add(bias(theirs), form, true, List.of(bias(part)), shape(bias(part)));
    }
  }

  private void addExperts(int index, WeightNames.Block names, FeedForward.Experts experts) {
    exact(block(index, "ffn_gate_inp.weight"), names.router());
    List<WeightNames.Expert> all = IntStream.range(0, experts.numExperts()).mapToObj(names::expert).toList();
    stacked(block(index, "ffn_gate_exps.weight"), all.stream().map(WeightNames.Expert::gate).toList());
    stacked(block(index, "ffn_up_exps.weight"), all.stream().map(WeightNames.Expert::up).toList());
    stacked(block(index, "ffn_down_exps.weight"), all.stream().map(WeightNames.Expert::down).toList());
  }

  /// One below the other in a dimension of their own, [experts, out, in].
  private void stacked(String theirs, List<String> parts) {
    long[] one = shape(parts.getFirst());
    add(theirs, new GgufWeight.Same(), false, parts, parts.size(), one[0], one[1]);
  }

  private void addMamba(int index, WeightNames.StateSpace names, Mixer.Mamba mamba) {
    linear(block(index, "ssm_in"), names.in());
    convolution(index, names, mamba.innerSize(), mamba.convKernel());
    same(block(index, "ssm_x.weight"), names.x());
    linear(block(index, "ssm_dt"), names.dt());
    decay(index, names.logA(), mamba.innerSize(), mamba.stateSize());
    exact(block(index, "ssm_d"), names.d());
    linear(block(index, "ssm_out"), names.out());
  }

  private void addMamba2(int index, WeightNames.StateSpace names, Mixer.Mamba2 mamba) {
    linear(block(index, "ssm_in"), names.in());
    convolution(index, names, mamba.convSize(), mamba.convKernel());
    exact(block(index, "ssm_dt.bias"), names.dtBias());
    decay(index, names.logA(), mamba.numHeads(), 1);
    add(block(index, "ssm_d"), new GgufWeight.Same(), true, List.of(names.d()), mamba.numHeads(), 1);
    long group = mamba.innerSize() / mamba.groups();
    add(block(index, "ssm_norm.weight"), new GgufWeight.Same(), true, List.of(names.norm()), mamba.groups(), group);
    linear(block(index, "ssm_out"), names.out());
  }

  /// Ours have a dimension of 1 in the middle.
  private void convolution(int index, WeightNames.StateSpace names, long channels, long kernel) {
    String ours = names.convolution();
    add(block(index, "ssm_conv1d.weight"), new GgufWeight.Same(), true, List.of(weight(ours)), channels, kernel);
    if (has(bias(ours))) {
      exact(block(index, "ssm_conv1d.bias"), bias(ours));
    }
  }

  private void decay(int index, String logA, long... shape) {
    add(block(index, "ssm_a"), new GgufWeight.MinusExp(), true, List.of(logA), shape);
  }

  private void linear(String theirs, String part) {
    same(weight(theirs), weight(part));
    if (has(bias(part))) {
      same(bias(theirs), bias(part));
    }
  }

  private void norm(String theirs, String part) {
    switch (spec.norm()) {
      case Norm.Rms rms -> {
        GgufWeight.Form form = rms.zeroCentred() ? new GgufWeight.OneMore() : new GgufWeight.Same();
        add(weight(theirs), form, true, List.of(weight(part)), shape(weight(part)));
      }
      case Norm.Layer _ -> linear(theirs, part);
    }
  }

  private void joined(String theirs, String... parts) {
    long[] shape = shape(parts[0]);
    shape[0] = List.of(parts).stream().mapToLong(part -> shape(part)[0]).sum();
    add(theirs, new GgufWeight.Same(), shape.length == 1, List.of(parts), shape);
  }

  private void same(String theirs, String part) {
    add(theirs, new GgufWeight.Same(), shape(part).length == 1, List.of(part), shape(part));
  }

  private void exact(String theirs, String part) {
    add(theirs, new GgufWeight.Same(), true, List.of(part), shape(part));
  }

  private void add(String theirs, GgufWeight.Form form, boolean exact, List<String> parts, long... shape) {
    weights.add(new GgufWeight(theirs, shape, parts, form, exact));
  }

  private boolean has(String name) {
    return ours.containsKey(name);
  }

  private long[] shape(String name) {
    WeightSpec weight = ours.get(name);
    if (weight == null) {
      throw new IllegalArgumentException("no weight named " + name);
    }
    return weight.shape();
  }

  private static String weight(String part) {
    return WeightNames.weight(part);
  }

  private static String bias(String part) {
    return WeightNames.bias(part);
  }
}
