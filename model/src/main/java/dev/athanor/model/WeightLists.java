package dev.athanor.model;

import static dev.athanor.model.WeightNames.bias;
import static dev.athanor.model.WeightNames.weight;

import dev.athanor.model.WeightSpec.Role;
import java.util.ArrayList;
import java.util.List;

/// Which weights a spec calls for, in the order of computation.
///
/// Matrices begin as N(0, 0.02²), those that write into the residual stream of a decoder scaled down by √(2·layers) (GPT-2);
/// T5 has deviations of its own (Mesh TensorFlow's, by the width of each product's input).
final class WeightLists {
  private static final double DEVIATION = 0.02;

  private final List<WeightSpec> weights = new ArrayList<>();

  private WeightLists() {}

  static List<WeightSpec> of(ModelSpec spec) {
    WeightLists lists = new WeightLists();
    switch (spec) {
      case DecoderSpec decoder -> lists.decoder(decoder);
      case EncoderSpec encoder -> lists.encoder(encoder);
      case EncoderDecoderSpec both -> lists.encoderDecoder(both);
      case VisionSpec vision -> lists.vision(vision);
      case VisionLanguageSpec both -> {
        lists.vision(both.vision());
        lists.projector(both);
        lists.decoder(both.decoder());
      }
    }
    return List.copyOf(lists.weights);
  }

  static List<WeightSpec> of(MultiTokenModules modules) {
    WeightLists lists = new WeightLists();
    for (int module = 1; module <= modules.count(); module++) {
      lists.multiToken(modules, module);
    }
    return List.copyOf(lists.weights);
  }

  private void multiToken(MultiTokenModules modules, int module) {
    Stack stack = modules.stack();
    long hidden = stack.hiddenSize();
    norm(MultiTokenModules.hiddenNorm(module), stack.norm(), hidden);
    norm(MultiTokenModules.embeddingNorm(module), stack.norm(), hidden);
    add(MultiTokenModules.projection(module), Role.MATRIX, new Init.Normal(DEVIATION), hidden, 2 * hidden);
    stack(MultiTokenModules.name(module), stack, new Deviations.Residual(modules.decoder().numLayers()));
  }

  private void decoder(DecoderSpec spec) {
    long hidden = spec.hiddenSize();
    tokens(spec.vocabSize(), hidden, DEVIATION);
    embedding(WeightNames.MODEL, spec.embedding(), spec.norm(), hidden);
    spec.ngrams()
        .ifPresent(
            ngrams -> {
              ngrams.orders().forEach(n -> add(WeightNames.ngramTable(n), Role.TABLE, Init.ZEROS, ngrams.rows(), ngrams.dim()));
              Init byWidth = new Init.Normal(1 / Math.sqrt(ngrams.width()));
              add(WeightNames.ngramProjection(), Role.MATRIX, byWidth, hidden, ngrams.width());
            });
    spec.induction()
        .ifPresent(
            induction -> {
              long width = induction.orders().size() * hidden;
              add(WeightNames.inductionProjection(), Role.MATRIX, new Init.Mean(1 / Math.sqrt((double) width)), hidden, width);
            });
    stack(WeightNames.MODEL, spec.stack(), new Deviations.Residual(spec.numLayers()));
    head(spec.head(), spec.vocabSize(), hidden);
  }

  private void encoder(EncoderSpec spec) {
    long hidden = spec.hiddenSize();
    tokens(spec.vocabSize(), hidden, DEVIATION);
    embedding(WeightNames.MODEL, spec.embedding(), spec.stack().norm(), hidden);
    stack(WeightNames.MODEL, spec.stack(), new Deviations.Equal());
    switch (spec.top()) {
      case EncoderSpec.Top.Hidden _ -> {}
      case EncoderSpec.Top.Pooled _ -> pooler(hidden);
      case EncoderSpec.Top.MaskedLm _ -> {
        linear(WeightNames.headTransform(), DEVIATION, hidden, hidden, true);
        norm(WeightNames.headNorm(), spec.stack().norm(), hidden);
        add(WeightNames.headBias(), Role.VECTOR, Init.ZEROS, spec.vocabSize());
      }
      case EncoderSpec.Top.Classifier classifier -> {
        pooler(hidden);
        classifier(classifier.labels(), hidden);
      }
      case EncoderSpec.Top.TokenClassifier classifier -> classifier(classifier.labels().size(), hidden);
    }
  }

  private void classifier(long labels, long hidden) {
    add(weight(WeightNames.classifier()), Role.HEAD, new Init.Normal(DEVIATION), labels, hidden);
    add(bias(WeightNames.classifier()), Role.VECTOR, Init.ZEROS, labels);
  }

  private void pooler(long hidden) {
    linear(WeightNames.pooler(), DEVIATION, hidden, hidden, true);
  }

  private void encoderDecoder(EncoderDecoderSpec spec) {
    long hidden = spec.hiddenSize();
    boolean t5 = spec.encoder().relativeBias().isPresent();
    Deviations deviations = t5 ? new Deviations.ByWidth() : new Deviations.Equal();
    tokens(spec.vocabSize(), hidden, t5 ? 1 : DEVIATION);
    embedding(WeightNames.ENCODER, spec.embedding(), spec.encoder().norm(), hidden);
    stack(WeightNames.ENCODER, spec.encoder(), deviations);
    embedding(WeightNames.DECODER, spec.embedding(), spec.decoder().norm(), hidden);
    stack(WeightNames.DECODER, spec.decoder(), deviations);
    head(spec.head(), spec.vocabSize(), hidden);
  }

  private void vision(VisionSpec spec) {
    long hidden = spec.hiddenSize();
    if (spec.classToken()) {
      add(WeightNames.classToken(), Role.EMBEDDING, new Init.Normal(DEVIATION), hidden);
    }
    Init normal = new Init.Normal(DEVIATION);
    add(weight(WeightNames.patches()), Role.CONVOLUTION, normal, hidden, spec.channels(), spec.patchSize(), spec.patchSize());
    if (spec.patchBias()) {
      add(bias(WeightNames.patches()), Role.VECTOR, Init.ZEROS, hidden);
    }
    add(WeightNames.positions(WeightNames.VISION), Role.EMBEDDING, normal, spec.contextLength(), hidden);
    if (spec.preNorm()) {
      norm(WeightNames.embeddingNorm(WeightNames.VISION), spec.stack().norm(), hidden);
    }
    stack(WeightNames.VISION, spec.stack(), new Deviations.Equal());
    norm(WeightNames.stackNorm(WeightNames.VISION), spec.stack().norm(), hidden);
  }

  private void projector(VisionLanguageSpec spec) {
    long from = spec.vision().hiddenSize();
    long to = spec.decoder().hiddenSize();
    switch (spec.projector()) {
      case VisionLanguageSpec.Projector.Linear linear ->
          linear(WeightNames.PROJECTOR + "linear_1", DEVIATION, to, from, linear.bias());
      case VisionLanguageSpec.Projector.Mlp mlp -> {
        linear(WeightNames.PROJECTOR + "linear_1", DEVIATION, to, from, mlp.bias());
        linear(WeightNames.PROJECTOR + "linear_2", DEVIATION, to, to, mlp.bias());
      }
    }
  }

  // ---- parts ----

  private void tokens(long vocabulary, long hidden, double deviation) {
    add(WeightNames.embedding(), Role.EMBEDDING, new Init.Normal(deviation), vocabulary, hidden);
  }

  private void embedding(String stack, Embedding embedding, Norm norm, long hidden) {
    switch (embedding.positions()) {
      case Positions.None _ -> {}
      case Positions.Learned learned ->
          add(WeightNames.positions(stack), Role.EMBEDDING, new Init.Normal(DEVIATION), learned.rows(), hidden);
    }
    if (embedding.tokenTypes() > 0) {
      add(WeightNames.types(stack), Role.EMBEDDING, new Init.Normal(DEVIATION), embedding.tokenTypes(), hidden);
    }
    if (embedding.norm()) {
      norm(WeightNames.embeddingNorm(stack), norm, hidden);
    }
  }

  private void head(Head head, long vocabulary, long hidden) {
    if (!head.tied()) {
      add(WeightNames.head(), Role.HEAD, new Init.Normal(DEVIATION), vocabulary, hidden);
    }
    if (head.bias()) {
      add(WeightNames.headBias(), Role.VECTOR, Init.ZEROS, vocabulary);
    }
  }

  private void stack(String name, Stack stack, Deviations deviations) {
    stack.relativeBias()
        .ifPresent(
            bias -> {
              long heads = heads(stack);
              double deviation = 1 / Math.sqrt(stack.hiddenSize());
              add(WeightNames.relativeBias(name), Role.EMBEDDING, new Init.Normal(deviation), bias.buckets(), heads);
            });
    for (int i = 0; i < stack.blocks().size(); i++) {
      block(WeightNames.block(name, i), stack, stack.blocks().get(i), deviations);
    }
    if (stack.finalNorm()) {
      norm(WeightNames.stackNorm(name), stack.norm(), stack.hiddenSize());
    }
  }

  private static long heads(Stack stack) {
    return switch (stack.blocks().getFirst().mixer()) {
      case Mixer.Attention attention -> attention.numHeads();
      case Mixer.Mamba _, Mixer.Mamba2 _ -> throw new IllegalArgumentException("a relative bias needs blocks that attend");
    };
  }

  private void block(WeightNames.Block names, Stack stack, BlockSpec block, Deviations deviations) {
    long hidden = stack.hiddenSize();
    boolean feeds = !(block.feedForward() instanceof FeedForward.None);
    switch (stack.placement()) {
      case PRE, SANDWICH -> norm(names.inputNormPart(), stack.norm(), hidden);
      case POST -> {}
    }
    switch (block.mixer()) {
      case Mixer.Attention attention -> attention(names.selfAttention(), attention, hidden, deviations);
      case Mixer.Mamba mamba -> mamba(names.stateSpace(), mamba, hidden, deviations);
      case Mixer.Mamba2 mamba -> mamba2(names.stateSpace(), mamba, hidden, deviations);
    }
    switch (stack.placement()) {
      case POST, SANDWICH -> norm(names.postNormPart(), stack.norm(), hidden);
      case PRE -> {}
    }
    stack.cross()
        .ifPresent(
            cross -> {
              norm(names.crossNormPart(), stack.norm(), hidden);
              attention(names.crossAttention(), cross, hidden, deviations);
            });
    if (feeds) {
      switch (stack.placement()) {
        case PRE -> norm(names.postNormPart(), stack.norm(), hidden);
        case SANDWICH -> norm(names.preFeedNormPart(), stack.norm(), hidden);
        case POST -> {}
      }
      feedForward(names, block.feedForward(), hidden, deviations);
      switch (stack.placement()) {
        case POST, SANDWICH -> norm(names.postFeedNormPart(), stack.norm(), hidden);
        case PRE -> {}
      }
    }
  }

  private void attention(WeightNames.Attention names, Mixer.Attention a, long hidden, Deviations deviations) {
    long queries = (long) a.numHeads() * a.headDim();
    long keys = (long) a.numKvHeads() * a.headDim();
    linear(names.q(), deviations.query(hidden, a.headDim()), queries, hidden, a.qkvBias());
    linear(names.k(), deviations.in(hidden), keys, hidden, a.qkvBias());
    linear(names.v(), deviations.in(hidden), keys, hidden, a.qkvBias());
    if (a.qkNorm()) {
      add(names.qNorm(), Role.VECTOR, Init.ONES, a.headDim());
      add(names.kNorm(), Role.VECTOR, Init.ONES, a.headDim());
    }
    linear(names.o(), deviations.out(queries), hidden, queries, a.outputBias());
  }

  private void feedForward(WeightNames.Block names, FeedForward feedForward, long hidden, Deviations deviations) {
    switch (feedForward) {
      case FeedForward.Gated gated -> {
        linear(names.gatePart(), deviations.in(hidden), gated.intermediateSize(), hidden, gated.bias());
        linear(names.upPart(), deviations.in(hidden), gated.intermediateSize(), hidden, gated.bias());
        linear(names.downPart(), deviations.out(gated.intermediateSize()), hidden, gated.intermediateSize(), gated.bias());
      }
      case FeedForward.Plain plain -> {
        linear(names.upPart(), deviations.in(hidden), plain.intermediateSize(), hidden, plain.bias());
        linear(names.downPart(), deviations.out(plain.intermediateSize()), hidden, plain.intermediateSize(), plain.bias());
      }
      case FeedForward.Experts experts -> {
        add(names.router(), Role.MATRIX, new Init.Normal(DEVIATION), experts.numExperts(), hidden);
        for (int e = 0; e < experts.numExperts(); e++) {
          expert(names.expert(e), Role.EXPERT, hidden, experts.intermediateSize(), deviations);
        }
        experts.shared().ifPresent(size -> expert(names.sharedExpert(), Role.MATRIX, hidden, size, deviations));
      }
      case FeedForward.None _ -> {}
    }
  }

  private void expert(WeightNames.Expert names, Role role, long hidden, long intermediate, Deviations deviations) {
    add(names.gate(), role, new Init.Normal(deviations.in(hidden)), intermediate, hidden);
    add(names.up(), role, new Init.Normal(deviations.in(hidden)), intermediate, hidden);
    add(names.down(), role, new Init.Normal(deviations.out(intermediate)), hidden, intermediate);
  }

  private void mamba(WeightNames.StateSpace names, Mixer.Mamba m, long hidden, Deviations deviations) {
    long inner = m.innerSize();
    linear(names.in(), deviations.in(hidden), 2 * inner, hidden, m.projectionBias());
    convolution(names, inner, m.convKernel(), m.convBias());
    add(names.x(), Role.MATRIX, new Init.Normal(deviations.in(inner)), m.dtRank() + 2L * m.stateSize(), inner);
    add(weight(names.dt()), Role.MATRIX, new Init.Uniform(1 / Math.sqrt(m.dtRank())), inner, m.dtRank());
    add(bias(names.dt()), Role.VECTOR, Init.TimeStep.PUBLISHED, inner);
    add(names.logA(), Role.VECTOR, new Init.LogRange(), inner, m.stateSize());
    add(names.d(), Role.VECTOR, Init.ONES, inner);
    linear(names.out(), deviations.out(inner), hidden, inner, m.projectionBias());
  }

  private void mamba2(WeightNames.StateSpace names, Mixer.Mamba2 m, long hidden, Deviations deviations) {
    long inner = m.innerSize();
    linear(names.in(), deviations.in(hidden), inner + m.convSize() + m.numHeads(), hidden, m.projectionBias());
    convolution(names, m.convSize(), m.convKernel(), m.convBias());
    add(names.dtBias(), Role.VECTOR, Init.TimeStep.PUBLISHED, m.numHeads());
    add(names.logA(), Role.VECTOR, new Init.LogRange(), m.numHeads());
    add(names.d(), Role.VECTOR, Init.ONES, m.numHeads());
    add(names.norm(), Role.VECTOR, Init.ONES, inner);
    linear(names.out(), deviations.out(inner), hidden, inner, m.projectionBias());
  }

  private void convolution(WeightNames.StateSpace names, long channels, long kernel, boolean hasBias) {
    add(weight(names.convolution()), Role.CONVOLUTION, new Init.Uniform(1 / Math.sqrt((double) kernel)), channels, 1, kernel);
    if (hasBias) {
      add(bias(names.convolution()), Role.VECTOR, Init.ZEROS, channels);
    }
  }

  private void linear(String part, double deviation, long out, long in, boolean hasBias) {
    add(weight(part), Role.MATRIX, new Init.Normal(deviation), out, in);
    if (hasBias) {
      add(bias(part), Role.VECTOR, Init.ZEROS, out);
    }
  }

  private void norm(String part, Norm norm, long size) {
    switch (norm) {
      case Norm.Rms rms -> add(weight(part), Role.VECTOR, rms.zeroCentred() ? Init.ZEROS : Init.ONES, size);
      case Norm.Layer _ -> {
        add(weight(part), Role.VECTOR, Init.ONES, size);
        add(bias(part), Role.VECTOR, Init.ZEROS, size);
      }
    }
  }

  private void add(String name, Role role, Init init, long... shape) {
    weights.add(new WeightSpec(name, role, init, shape));
  }

  /// The deviations of fresh matrices.
  private sealed interface Deviations {
    /// Of a matrix that reads the residual stream, or what a part has of it.
    double in(long width);

    /// Of a matrix that writes into the residual stream.
    double out(long width);

    default double query(long width, long headDim) {
      return in(width);
    }

    record Equal() implements Deviations {
      @Override
      public double in(long width) {
        return DEVIATION;
      }

      @Override
      public double out(long width) {
        return DEVIATION;
      }
    }

    /// Radford et al., "Language Models are Unsupervised Multitask Learners".
    record Residual(int layers) implements Deviations {
      @Override
      public double in(long width) {
        return DEVIATION;
      }

      @Override
      public double out(long width) {
        return DEVIATION / Math.sqrt(2.0 * layers);
      }
    }

    /// Queries absorb the scale that T5's attention does not have.
    record ByWidth() implements Deviations {
      @Override
      public double in(long width) {
        return 1 / Math.sqrt((double) width);
      }

      @Override
      public double out(long width) {
        return 1 / Math.sqrt((double) width);
      }

      @Override
      public double query(long width, long headDim) {
        return 1 / Math.sqrt((double) width * headDim);
      }
    }
  }
}
