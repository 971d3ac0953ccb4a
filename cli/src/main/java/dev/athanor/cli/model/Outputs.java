package dev.athanor.cli.model;

import dev.athanor.model.DecoderSpec;
import dev.athanor.model.EncoderDecoderSpec;
import dev.athanor.model.EncoderSpec;
import dev.athanor.model.EncoderSpec.Top;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.VisionLanguageSpec;
import dev.athanor.model.VisionSpec;
import dev.athanor.nn.Decoder;
import dev.athanor.nn.Encoder;
import dev.athanor.nn.EncoderDecoder;
import dev.athanor.nn.ImageTextBatch;
import dev.athanor.nn.Network;
import dev.athanor.nn.Parameters;
import dev.athanor.nn.SeqToSeqBatch;
import dev.athanor.nn.TokenBatch;
import dev.athanor.nn.VisionLanguage;
import dev.athanor.nn.VisionTower;
import dev.athanor.tensor.NoGrad;
import dev.athanor.tensor.Scope;
import dev.athanor.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/// What a model says to random inputs, the same for equal seeds and specs: a few short sequences of tokens, pairs of them, or two
/// images of noise. In F32 throughout, on LibTorch, which computes every kind.
///
/// @param kind what a row is
/// @param columns values of a row: the vocabulary, the labels, or the hidden size
/// @param values row after row
public record Outputs(Kind kind, int columns, float[] values) {
  /// The longest sequence that is tried.
  private static final int LENGTH = 64;
  private static final int TEXT_AROUND_AN_IMAGE = 16;

  public enum Kind {
    LOGITS("logits"),
    VECTORS("hidden states");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }

  public int rows() {
    return values.length / columns;
  }

  /// @param weights from our names to their numbers, each asked for once
  public static Outputs of(ModelSpec spec, Function<String, float[]> weights, long seed) {
    try (Parameters parameters = Parameters.of(spec, weights);
        Scope _ = new Scope();
        NoGrad _ = new NoGrad()) {
      Random random = new Random(seed);
      return switch (spec) {
        case DecoderSpec decoder -> {
          TokenBatch batch = sequences(random, decoder.vocabSize(), decoder.contextLength());
          yield logits(new Decoder(decoder, parameters), batch);
        }
        case EncoderSpec encoder -> encoder(new Encoder(encoder, parameters), random);
        case EncoderDecoderSpec both -> {
          TokenBatch source = sequences(random, both.vocabSize(), both.contextLength());
          TokenBatch target = sequences(random, both.vocabSize(), both.contextLength());
          yield logits(new EncoderDecoder(both, parameters), new SeqToSeqBatch(source, target));
        }
        case VisionSpec vision -> {
          VisionTower tower = new VisionTower(vision, parameters);
          List<float[]> images = List.of(noise(random, vision), noise(random, vision));
          yield vectors(Tensor.cat(List.of(tower.hidden(images), tower.pooled(images)), 0), vision.hiddenSize());
        }
        case VisionLanguageSpec both -> logits(new VisionLanguage(both, parameters), imageAndText(random, both));
      };
    }
  }

  private static Outputs encoder(Encoder encoder, Random random) {
    EncoderSpec spec = encoder.spec();
    TokenBatch batch = sequences(random, spec.vocabSize(), spec.contextLength());
    Tensor hidden = encoder.hidden(batch).states();
    return switch (spec.top()) {
      case Top.MaskedLm _ -> new Outputs(Kind.LOGITS, spec.vocabSize(), encoder.head().logits(hidden).floats());
      case Top.Classifier top ->
          new Outputs(Kind.LOGITS, top.labels(), encoder.head().logits(encoder.pooled(hidden, batch)).floats());
      case Top.Pooled _ -> vectors(Tensor.cat(List.of(hidden, encoder.pooled(hidden, batch)), 0), spec.hiddenSize());
      case Top.Hidden _ -> vectors(hidden, spec.hiddenSize());
    };
  }

  private static Outputs logits(Network network, dev.athanor.nn.Batch batch) {
    Tensor logits = network.head().logits(network.hidden(batch).states());
    return new Outputs(Kind.LOGITS, Math.toIntExact(logits.shape()[1]), logits.floats());
  }

  private static Outputs vectors(Tensor rows, int columns) {
    return new Outputs(Kind.VECTORS, columns, rows.floats());
  }

  /// A long one, one of half its length and one of three tokens, as far as the context goes.
  private static TokenBatch sequences(Random random, int vocabulary, int context) {
    int longest = Math.min(LENGTH, context);
    int[] lengths = {longest, Math.max(1, longest / 2), Math.min(3, longest)};
    return new TokenBatch(random.longs(Arrays.stream(lengths).sum(), 0, vocabulary).toArray(), lengths);
  }

  private static ImageTextBatch imageAndText(Random random, VisionLanguageSpec spec) {
    int image = spec.positionsPerImage();
    int around = Math.min(TEXT_AROUND_AN_IMAGE, Math.max(0, spec.contextLength() - image));
    long[] ids = new long[image + around];
    for (int i = 0; i < ids.length; i++) {
      boolean isImage = i >= around / 2 && i < around / 2 + image;
      long other = random.nextInt(spec.decoder().vocabSize() - 1);
      ids[i] = isImage ? spec.imageToken() : other < spec.imageToken() ? other : other + 1;
    }
    return new ImageTextBatch(new TokenBatch(ids, new int[] {ids.length}), List.of(noise(random, spec.vision())));
  }

  private static float[] noise(Random random, VisionSpec spec) {
    float[] pixels = new float[spec.channels() * spec.imageSize() * spec.imageSize()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    return pixels;
  }
}
