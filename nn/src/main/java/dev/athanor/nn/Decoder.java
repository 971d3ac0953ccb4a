package dev.athanor.nn;

import dev.athanor.model.ModelSpec;
import dev.athanor.model.WeightNames;
import dev.athanor.tensor.Fused;
import dev.athanor.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/// A decoder as a chain: embedding, blocks, final norm, head. Interprets a [ModelSpec] over [Parameters] that it does not own.
public final class Decoder {
  private final ModelSpec spec;
  private final Parameters parameters;
  private final List<DecoderBlock> blocks;
  private final Rotary.Table angles;

  public Decoder(ModelSpec spec, Parameters parameters) {
    this.spec = spec;
    this.parameters = parameters;
    blocks = IntStream.range(0, spec.numLayers()).mapToObj(i -> new DecoderBlock(spec, parameters, i)).toList();
    angles = switch (spec.mixer()) {
      case ModelSpec.Mixer.Attention a -> new Rotary.Table(a.rope(), a.headDim(), spec.contextLength());
    };
  }

  public ModelSpec spec() {
    return spec;
  }

  public Parameters parameters() {
    return parameters;
  }

  /// The hidden states after the final norm, [N, hidden], from which [#headWeight] makes logits.
  public Tensor hidden(TokenBatch batch) {
    Tensor ids = Tensor.of(batch.ids(), batch.tokens());
    Tensor x_NC = parameters.get(WeightNames.embedding()).embedding(ids);
    Rotary rotary = angles.at(batch);
    for (DecoderBlock block : blocks) {
      x_NC = block.forward(x_NC, batch, rotary);
    }
    return switch (spec.norm()) {
      case ModelSpec.Norm.Rms rms -> Fused.rmsNorm(x_NC, parameters.get(WeightNames.finalNorm()), rms.eps());
    };
  }

  /// The head's matrix, [vocabulary, hidden]; the embedding itself where they are tied.
  public Tensor headWeight() {
    return parameters.get(spec.tiedHead() ? WeightNames.embedding() : WeightNames.head());
  }
}
