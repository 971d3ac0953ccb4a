package dev.athanor.cli.model;

import dev.athanor.model.Activation;
import dev.athanor.model.BlockSpec;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Embedding;
import dev.athanor.model.EncoderDecoderSpec;
import dev.athanor.model.EncoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Head;
import dev.athanor.model.Mixer;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.Norm;
import dev.athanor.model.NormPlacement;
import dev.athanor.model.Positions;
import dev.athanor.model.Rope;
import dev.athanor.model.Stack;
import dev.athanor.model.VisionLanguageSpec;
import dev.athanor.model.VisionSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What an architecture is, in lines for people: every fact of a [ModelSpec], each in a line of its own.
public final class SpecLines {
  /// @param label what the line is about
  public record Line(String label, String text) {}

  private final List<Line> lines = new ArrayList<>();

  private SpecLines() {}

  public static List<Line> of(ModelSpec spec) {
    SpecLines lines = new SpecLines();
    switch (spec) {
      case DecoderSpec decoder -> lines.decoder(decoder);
      case EncoderSpec encoder -> lines.encoder(encoder);
      case EncoderDecoderSpec both -> lines.encoderDecoder(both);
      case VisionSpec vision -> lines.vision(vision, "");
      case VisionLanguageSpec both -> lines.visionLanguage(both);
    }
    return lines.lines;
  }

  private void decoder(DecoderSpec spec) {
    tokens(spec.vocabSize(), spec.contextLength(), spec.embedding());
    spec.ngrams()
        .ifPresent(
            n ->
                add(
                    "n-grams",
                    "tables of %s tokens, %s rows of %s"
                        .formatted(joined(n.orders()), Amounts.exact(n.rows()), Amounts.exact(n.dim()))));
    spec.induction().ifPresent(i -> add("induction", "what followed the last " + joined(i.orders()) + " tokens before"));
    stack(spec.stack(), "");
    head(spec.head());
  }

  private void encoder(EncoderSpec spec) {
    tokens(spec.vocabSize(), spec.contextLength(), spec.embedding());
    stack(spec.stack(), "");
    add(
        "top",
        switch (spec.top()) {
          case EncoderSpec.Top.Hidden _ -> "none: hidden states";
          case EncoderSpec.Top.Pooled _ -> "a pooled vector a sequence";
          case EncoderSpec.Top.MaskedLm lm -> "masked tokens, through " + name(lm.activation()) + ", tied to the embedding";
          case EncoderSpec.Top.Classifier c -> "a classifier of " + c.labels() + " labels";
          case EncoderSpec.Top.TokenClassifier c -> "a classifier of tokens: " + String.join(", ", c.labels());
        });
  }

  private void encoderDecoder(EncoderDecoderSpec spec) {
    tokens(spec.vocabSize(), spec.contextLength(), spec.embedding());
    add("start", "targets begin with token " + spec.decoderStart());
    stack(spec.encoder(), "encoder ");
    stack(spec.decoder(), "decoder ");
    head(spec.head());
  }

  private void vision(VisionSpec spec, String prefix) {
    add(
        prefix + "image",
        "%d × %d pixels, %d channels, %s patches of %d × %d%s"
            .formatted(
                spec.imageSize(),
                spec.imageSize(),
                spec.channels(),
                Amounts.exact(spec.patches()),
                spec.patchSize(),
                spec.patchSize(),
                (spec.classToken() ? " and a class token" : "") + (spec.patchBias() ? ", projected with a bias" : "")));
    stack(spec.stack(), prefix);
    String last =
        switch (spec.finalNorm()) {
          case POOLED -> "after the last block on the image's vector alone";
          case ALL -> "after the last block";
        };
    add(prefix + "final norm", (spec.preNorm() ? "before the first block, and " : "") + last);
  }

  private void visionLanguage(VisionLanguageSpec spec) {
    vision(spec.vision(), "vision ");
    String kind =
        switch (spec.projector()) {
          case VisionLanguageSpec.Projector.Linear l -> "linear" + bias(l.bias());
          case VisionLanguageSpec.Projector.Mlp mlp -> "two layers with " + name(mlp.activation()) + " between" + bias(mlp.bias());
        };
    add(
        "projector",
        "%s, over the hidden states after %d blocks%s; %d positions an image, where token %d stands"
            .formatted(
                kind,
                spec.featureBlock(),
                spec.dropClassToken() ? " without the class token" : "",
                spec.positionsPerImage(),
                spec.imageToken()));
    decoder(spec.decoder());
  }

  private void tokens(int vocabulary, int context, Embedding embedding) {
    List<String> facts = new ArrayList<>();
    facts.add(Amounts.exact(vocabulary) + " tokens");
    if (embedding.scale() != 1) {
      facts.add("embeddings scaled by " + Amounts.number(embedding.scale()));
    }
    switch (embedding.positions()) {
      case Positions.None _ -> {}
      case Positions.Learned learned ->
          facts.add(
              "learned positions, "
                  + Amounts.exact(learned.rows())
                  + " rows"
                  + (learned.offset() == 0 ? "" : " of which the first " + learned.offset() + " are unused"));
    }
    if (embedding.tokenTypes() > 0) {
      facts.add(embedding.tokenTypes() + " token types");
    }
    if (embedding.norm()) {
      facts.add("normalised");
    }
    add("vocabulary", String.join(", ", facts));
    add("context", Amounts.exact(context) + " tokens");
  }

  private void stack(Stack stack, String prefix) {
    add(prefix + "hidden size", Amounts.exact(stack.hiddenSize()));
    add(prefix + "blocks", stack.blocks().size() + (stack.causal() ? ", causal" : ", each position sees all others"));
    Map<String, List<Integer>> mixers = grouped(stack, block -> mixer(block.mixer()));
    mixers.forEach((text, blocks) -> add(prefix + label(text), among(stack, mixers, blocks) + rest(text)));
    stack.cross().ifPresent(cross -> add(prefix + "cross-attention", rest(mixer(cross))));
    stack.relativeBias()
        .ifPresent(
            bias ->
                add(
                    prefix + "relative bias",
                    "%d buckets of distance, up to %d".formatted(bias.buckets(), bias.maxDistance())));
    Map<String, List<Integer>> feeds = grouped(stack, block -> feedForward(block.feedForward()));
    feeds.forEach((text, blocks) -> add(prefix + label(text), among(stack, feeds, blocks) + rest(text)));
    String norm =
        switch (stack.norm()) {
          case Norm.Rms rms -> "RMS, ε " + Amounts.number(rms.eps()) + (rms.zeroCentred() ? ", weights around 0" : "");
          case Norm.Layer layer -> "layer norm, ε " + Amounts.number(layer.eps());
        };
    String place =
        switch (stack.placement()) {
          case NormPlacement.PRE -> ", before each part";
          case NormPlacement.POST -> ", after each part";
          case NormPlacement.SANDWICH -> ", before and after each part";
        };
    add(prefix + "norms", norm + place + (stack.finalNorm() ? " and after the last block" : ""));
  }

  /// Which blocks have it, where not all do.
  private static String among(Stack stack, Map<String, List<Integer>> groups, List<Integer> blocks) {
    return groups.size() == 1 && stack.blocks().size() == blocks.size() ? "" : "blocks " + Amounts.ranges(blocks) + ": ";
  }

  private static Map<String, List<Integer>> grouped(Stack stack, Function<BlockSpec, String> text) {
    Map<String, List<Integer>> groups = new LinkedHashMap<>();
    for (int i = 0; i < stack.blocks().size(); i++) {
      groups.computeIfAbsent(text.apply(stack.blocks().get(i)), _ -> new ArrayList<>()).add(i);
    }
    return groups;
  }

  // A part's text begins with its label and a tab.

  private static String label(String text) {
    return text.substring(0, text.indexOf('\t'));
  }

  private static String rest(String text) {
    return text.substring(text.indexOf('\t') + 1);
  }

  private static String mixer(Mixer mixer) {
    return switch (mixer) {
      case Mixer.Attention a -> "attention\t" + attention(a);
      case Mixer.Mamba m ->
          "state space\tMamba, %s channels of %d states, Δ of rank %d, convolution over %d positions%s%s"
              .formatted(
                  Amounts.exact(m.innerSize()),
                  m.stateSize(),
                  m.dtRank(),
                  m.convKernel(),
                  bias(m.convBias()),
                  m.projectionBias() ? ", projections with a bias" : "");
      case Mixer.Mamba2 m ->
          "state space\tMamba-2, %d heads of %d in %d groups, %d states, convolution over %d positions%s%s, chunks of %d"
              .formatted(
                  m.numHeads(),
                  m.headDim(),
                  m.groups(),
                  m.stateSize(),
                  m.convKernel(),
                  bias(m.convBias()),
                  m.projectionBias() ? ", projections with a bias" : "",
                  m.chunk());
    };
  }

  private static String attention(Mixer.Attention a) {
    List<String> facts = new ArrayList<>();
    facts.add(
        a.numHeads() == a.numKvHeads()
            ? a.numHeads() + " heads of " + a.headDim()
            : a.numHeads() + " heads over " + a.numKvHeads() + " key-value heads of " + a.headDim());
    facts.add(a.rope().map(SpecLines::rope).orElse("not rotated"));
    a.window().ifPresent(window -> facts.add("window of " + Amounts.exact(window)));
    if (a.qkNorm()) {
      facts.add("queries and keys normalised");
    }
    if (a.qkvBias()) {
      facts.add("query, key and value biases");
    }
    if (a.outputBias()) {
      facts.add("output bias");
    }
    a.softcap().ifPresent(cap -> facts.add("scores capped at " + Amounts.number(cap)));
    if (a.scale() != Mixer.Attention.scale(a.headDim())) {
      facts.add("scores scaled by " + Amounts.number(a.scale()));
    }
    return String.join(", ", facts);
  }

  private static String rope(Rope rope) {
    String scaling =
        switch (rope.scaling()) {
          case Rope.Scaling.None _ -> "";
          case Rope.Scaling.Linear s -> ", linear scaling by " + Amounts.number(s.factor());
          case Rope.Scaling.Dynamic s ->
              ", dynamic scaling by %s from %s tokens".formatted(Amounts.number(s.factor()), Amounts.exact(s.originalContext()));
          case Rope.Scaling.Yarn s ->
              ", YaRN scaling by %s from %s tokens (β %s to %s)"
                  .formatted(
                      Amounts.number(s.factor()),
                      Amounts.exact(s.originalContext()),
                      Amounts.number(s.betaFast()),
                      Amounts.number(s.betaSlow()));
          case Rope.Scaling.Llama3 s ->
              ", Llama 3 scaling by %s from %s tokens (bands %s to %s)"
                  .formatted(
                      Amounts.number(s.factor()),
                      Amounts.exact(s.originalContext()),
                      Amounts.number(s.lowFrequencyFactor()),
                      Amounts.number(s.highFrequencyFactor()));
        };
    return "rope θ " + Amounts.number(rope.theta()) + scaling;
  }

  private static String feedForward(FeedForward feedForward) {
    return switch (feedForward) {
      case FeedForward.Gated g ->
          "feed-forward\t" + gated(g.activation()) + ", " + Amounts.exact(g.intermediateSize()) + " wide" + bias(g.bias());
      case FeedForward.Plain p ->
          "feed-forward\t" + name(p.activation()) + ", " + Amounts.exact(p.intermediateSize()) + " wide" + bias(p.bias());
      case FeedForward.Experts e ->
          "experts\t%d of %s each, %d a token%s%s, %s"
              .formatted(
                  e.numExperts(),
                  Amounts.exact(e.intermediateSize()),
                  e.perToken(),
                  e.normalise() ? " weighted to add up to one" : "",
                  e.shared().isPresent() ? ", " + Amounts.exact(e.shared().getAsInt()) + " wide shared by all" : "",
                  gated(e.activation()));
      case FeedForward.None _ -> "feed-forward\tnone";
    };
  }

  private static String gated(Activation activation) {
    return switch (activation) {
      case SILU -> "SwiGLU";
      case GELU -> "GeGLU";
      case GELU_TANH -> "GeGLU (tanh)";
      case QUICK_GELU -> "gated quick GELU";
      case RELU -> "ReGLU";
    };
  }

  private static String name(Activation activation) {
    return switch (activation) {
      case SILU -> "SiLU";
      case GELU -> "GELU";
      case GELU_TANH -> "GELU (tanh)";
      case QUICK_GELU -> "quick GELU";
      case RELU -> "ReLU";
    };
  }

  private void head(Head head) {
    add(
        "head",
        (head.tied() ? "tied to the embedding" : "a matrix of its own")
            + bias(head.bias())
            + (head.softcap().isPresent() ? ", logits capped at " + Amounts.number(head.softcap().getAsDouble()) : "")
            + (head.scale() != 1 ? ", hidden states scaled by " + Amounts.number(head.scale()) : ""));
  }

  private static String bias(boolean has) {
    return has ? " with a bias" : "";
  }

  private static String joined(List<Integer> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  private void add(String label, String text) {
    lines.add(new Line(label, text));
  }
}
