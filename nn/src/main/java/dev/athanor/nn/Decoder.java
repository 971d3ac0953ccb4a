package dev.athanor.nn;

import dev.athanor.model.InductionEmbedding;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.NgramEmbedding;
import dev.athanor.model.WeightNames;
import dev.athanor.tensor.Fused;
import dev.athanor.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
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
    Tensor x_NC = embed(batch);
    Rotary rotary = angles.at(batch);
    for (DecoderBlock block : blocks) {
      x_NC = block.forward(x_NC, batch, rotary);
    }
    return switch (spec.norm()) {
      case ModelSpec.Norm.Rms rms -> Fused.rmsNorm(x_NC, parameters.get(WeightNames.finalNorm()), rms.eps());
    };
  }

  private Tensor embed(TokenBatch batch) {
    Tensor ids = Tensor.of(batch.ids(), batch.tokens());
    Tensor x_NC = parameters.get(WeightNames.embedding()).embedding(ids);
    if (spec.ngrams().isPresent()) {
      x_NC = x_NC.add(embed(spec.ngrams().get(), batch));
    }
    if (spec.induction().isPresent()) {
      x_NC = x_NC.add(embed(spec.induction().get(), batch));
    }
    return x_NC;
  }

  private Tensor embed(NgramEmbedding ngrams, TokenBatch batch) {
    List<Tensor> found = new ArrayList<>();
    for (int order : ngrams.orders()) {
      Tensor rows = Tensor.of(rows(ngrams, order, batch), batch.tokens());
      found.add(parameters.get(WeightNames.ngramTable(order)).sparseEmbedding(rows));
    }
    return Tensor.cat(found, 1).linear(parameters.get(WeightNames.ngramProjection()));
  }

  private Tensor embed(InductionEmbedding induction, TokenBatch batch) {
    List<Tensor> followers = new ArrayList<>();
    for (int order : induction.orders()) {
      long[] ids = followers(order, batch);
      float[] there = new float[ids.length];
      for (int i = 0; i < ids.length; i++) {
        there[i] = ids[i] == InductionEmbedding.NONE ? 0 : 1;
        ids[i] = Math.max(0, ids[i]);
      }
      Tensor found = parameters.get(WeightNames.embedding()).embedding(Tensor.of(ids, ids.length));
      followers.add(found.mul(Tensor.of(there, ids.length, 1)));
    }
    return Tensor.cat(followers, 1).linear(parameters.get(WeightNames.inductionProjection()));
  }

  private static long[] followers(int order, TokenBatch batch) {
    int[] ids = Arrays.stream(batch.ids()).mapToInt(id -> (int) id).toArray();
    long[] followers = new long[ids.length];
    int start = 0;
    for (int length : batch.lengths()) {
      for (int i = start; i < start + length; i++) {
        followers[i] = InductionEmbedding.follower(ids, start, i, order);
      }
      start += length;
    }
    return followers;
  }

  private static long[] rows(NgramEmbedding ngrams, int order, TokenBatch batch) {
    long[] rows = new long[batch.tokens()];
    int start = 0;
    for (int length : batch.lengths()) {
      int first = start;
      for (int i = 0; i < length; i++) {
        rows[first + i] = ngrams.row(order, position -> (int) batch.ids()[first + position], i);
      }
      start += length;
    }
    return rows;
  }

  /// The head's matrix, [vocabulary, hidden]; the embedding itself where they are tied.
  public Tensor headWeight() {
    return parameters.get(spec.tiedHead() ? WeightNames.embedding() : WeightNames.head());
  }
}
