package dev.athanor.nn;

import dev.athanor.model.VisionLanguageSpec;
import dev.athanor.model.VisionLanguageSpec.Projector;
import dev.athanor.model.WeightNames;
import dev.athanor.tensor.Tensor;
import java.util.List;
import java.util.stream.LongStream;

/// A decoder that reads images: their features stand in the sequence where the image token stands.
public final class VisionLanguage implements Network {
  private final VisionLanguageSpec spec;
  private final Parameters parameters;
  private final VisionTower tower;
  private final Decoder decoder;

  public VisionLanguage(VisionLanguageSpec spec, Parameters parameters) {
    this.spec = spec;
    this.parameters = parameters;
    tower = new VisionTower(spec.vision(), parameters);
    decoder = new Decoder(spec.decoder(), parameters);
  }

  @Override
  public VisionLanguageSpec spec() {
    return spec;
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }

  @Override
  public Hidden hidden(Batch batch, Mode mode) {
    return switch (batch) {
      case ImageTextBatch both -> hidden(both.text(), both.images(), mode);
      case TokenBatch text -> hidden(text, List.of(), mode);
      case SeqToSeqBatch _ -> throw new IllegalArgumentException("a vision-language model has no encoder for pairs");
    };
  }

  private Hidden hidden(TokenBatch text, List<float[]> images, Mode mode) {
    Sequences sequences = Sequences.of(text);
    return decoder.run(() -> embed(text, images, sequences), sequences, mode);
  }

  /// An empty cache for one sequence.
  public Cache newCache() {
    return decoder.newCache();
  }

  /// Feeds the next tokens of sequences, and the images that stand in them; for generation, without gradients.
  ///
  /// @return hidden states of those tokens, [N, hidden]
  public Tensor next(ImageTextBatch more, List<Cache> caches) {
    Sequences sequences = Decoder.continued(more.text(), caches);
    return decoder.next(embed(more.text(), more.images(), sequences), more.text(), sequences, caches);
  }

  private Tensor embed(TokenBatch text, List<float[]> images, Sequences sequences) {
    long[] places =
        LongStream.range(0, text.tokens()).filter(i -> text.ids()[(int) i] == spec.imageToken()).toArray();
    long expected = (long) images.size() * spec.positionsPerImage();
    if (places.length != expected) {
      throw new IllegalArgumentException(
          "the image token stands %d times in the text; %d images take %d positions"
              .formatted(places.length, images.size(), expected));
    }
    Tensor rows = decoder.embed(text.ids(), sequences);
    return images.isEmpty() ? rows : rows.indexCopy(0, Tensor.of(places, places.length), project(images));
  }

  /// The images as the decoder reads them, [images · positions, hidden].
  public Tensor project(List<float[]> images) {
    Tensor features = tower.features(images, spec.featureBlock());
    if (spec.dropClassToken()) {
      long hidden = spec.vision().hiddenSize();
      features =
          features
              .view(images.size(), spec.vision().contextLength(), hidden)
              .narrow(1, 1, spec.positionsPerImage())
              .reshape((long) images.size() * spec.positionsPerImage(), hidden);
    }
    return switch (spec.projector()) {
      case Projector.Linear linear -> Affine.linear(parameters, WeightNames.PROJECTOR + "linear_1", linear.bias(), features);
      case Projector.Mlp mlp -> {
        Tensor first = Affine.linear(parameters, WeightNames.PROJECTOR + "linear_1", mlp.bias(), features);
        yield Affine.linear(
            parameters, WeightNames.PROJECTOR + "linear_2", mlp.bias(), Affine.activate(mlp.activation(), first));
      }
    };
  }

  @Override
  public OutputHead head() {
    return decoder.head();
  }
}
