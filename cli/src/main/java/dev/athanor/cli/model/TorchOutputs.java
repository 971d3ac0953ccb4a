package dev.athanor.cli.model;

import dev.athanor.model.DecoderSpec;
import dev.athanor.model.EncoderDecoderSpec;
import dev.athanor.model.EncoderSpec;
import dev.athanor.model.EncoderSpec.Top;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.VisionLanguageSpec;
import dev.athanor.model.VisionSpec;
import dev.athanor.nn.Batch;
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
import java.util.function.Function;

/// Any model's [Outputs] on LibTorch, which computes every kind.
final class TorchOutputs {
  private TorchOutputs() {}

  /// @param weights from our names to their numbers, each asked for once
  static Outputs of(ModelSpec spec, Function<String, float[]> weights, long seed) {
    RandomInputs inputs = new RandomInputs(seed);
    try (Parameters parameters = Parameters.of(spec, weights);
        Scope _ = new Scope();
        NoGrad _ = new NoGrad()) {
      return switch (spec) {
        case DecoderSpec decoder ->
            logits(
                new Decoder(decoder, parameters), batch(inputs.sequences(decoder.vocabSize(), decoder.contextLength())));
        case EncoderSpec encoder ->
            encoder(
                new Encoder(encoder, parameters), batch(inputs.sequences(encoder.vocabSize(), encoder.contextLength())));
        case EncoderDecoderSpec both -> {
          TokenBatch source = batch(inputs.sequences(both.vocabSize(), both.contextLength()));
          TokenBatch target = batch(inputs.sequences(both.vocabSize(), both.contextLength()));
          yield logits(new EncoderDecoder(both, parameters), new SeqToSeqBatch(source, target));
        }
        case VisionSpec vision -> {
          VisionTower tower = new VisionTower(vision, parameters);
          List<float[]> images = List.of(inputs.image(vision), inputs.image(vision));
          yield vectors(Tensor.cat(List.of(tower.hidden(images), tower.pooled(images)), 0), vision.hiddenSize());
        }
        case VisionLanguageSpec both -> {
          TokenBatch text = batch(List.of(inputs.aroundAnImage(both)));
          yield logits(
              new VisionLanguage(both, parameters), new ImageTextBatch(text, List.of(inputs.image(both.vision()))));
        }
      };
    }
  }

  private static TokenBatch batch(List<int[]> sequences) {
    return new TokenBatch(
        sequences.stream().flatMapToInt(Arrays::stream).asLongStream().toArray(),
        sequences.stream().mapToInt(ids -> ids.length).toArray());
  }

  private static Outputs encoder(Encoder encoder, TokenBatch batch) {
    EncoderSpec spec = encoder.spec();
    Tensor hidden = encoder.hidden(batch).states();
    return switch (spec.top()) {
      case Top.MaskedLm _, Top.TokenClassifier _ -> logits(encoder, hidden);
      case Top.Classifier _ -> logits(encoder, encoder.pooled(hidden, batch));
      case Top.Pooled _ -> vectors(Tensor.cat(List.of(hidden, encoder.pooled(hidden, batch)), 0), spec.hiddenSize());
      case Top.Hidden _ -> vectors(hidden, spec.hiddenSize());
    };
  }

  private static Outputs logits(Network network, Batch batch) {
    return logits(network, network.hidden(batch).states());
  }

  private static Outputs logits(Network network, Tensor hidden) {
    Tensor logits = network.head().logits(hidden);
    return new Outputs(Outputs.Kind.LOGITS, Math.toIntExact(logits.shape()[1]), logits.floats());
  }

  private static Outputs vectors(Tensor rows, int columns) {
    return new Outputs(Outputs.Kind.VECTORS, columns, rows.floats());
  }
}
