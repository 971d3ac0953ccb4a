package dev.athanor.inference.quantize;

import dev.athanor.model.Activation;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Mixer;
import dev.athanor.model.NgramEmbedding;
import dev.athanor.model.Norm;
import dev.athanor.model.NormPlacement;
import dev.athanor.model.WeightNames;
import java.util.ArrayList;
import java.util.List;

/// A place where channels may be scaled without a change to what the model computes: what writes them is divided by the scales, and the
/// columns of all that read them are multiplied.
///
/// @param writers all that writes the channels
/// @param readers matrices that read them, and nothing else does
/// @param channels how many are written
/// @param channelOf the channel that a column of the readers reads
record Fold(List<Writer> writers, List<String> readers, int channels, int[] channelOf) {
  /// What channels come from.
  sealed interface Writer {
    /// A vector with a number a channel.
    ///
    /// @param offset what is added to the stored numbers before they are used
    record Vector(String name, int offset) implements Writer {}

    /// A matrix with a row a channel.
    record MatrixRows(String name) implements Writer {}

    /// A table, some of whose columns are channels: from the one at `firstChannel` on.
    record TableColumns(String name, int firstChannel) implements Writer {}
  }

  Fold {
    writers = List.copyOf(writers);
    readers = List.copyOf(readers);
    channelOf = channelOf.clone();
  }

  private static Fold same(List<Writer> writers, List<String> readers, int channels) {
    int[] channelOf = new int[channels];
    for (int i = 0; i < channels; i++) {
      channelOf[i] = i;
    }
    return new Fold(writers, readers, channels, channelOf);
  }

  /// Divides and multiplies.
  ///
  /// @param scales of the channels, positive
  void apply(float[] scales, WorkingWeights weights) {
    for (Writer writer : writers) {
      switch (writer) {
        case Writer.Vector(String name, int offset) -> {
          float[] values = weights.floats(name);
          for (int i = 0; i < channels; i++) {
            values[i] = (values[i] + offset) / scales[i] - offset;
          }
          weights.put(name, values);
        }
        case Writer.MatrixRows(String name) -> {
          float[] values = weights.floats(name);
          int cols = values.length / channels;
          for (int i = 0; i < values.length; i++) {
            values[i] /= scales[i / cols];
          }
          weights.put(name, values);
        }
        case Writer.TableColumns(String name, int first) -> {
          float[] values = weights.floats(name);
          int cols = Math.toIntExact(weights.weight(name).shape()[1]);
          for (int i = 0; i < values.length; i++) {
            values[i] /= scales[first + i % cols];
          }
          weights.put(name, values);
        }
      }
    }
    for (String reader : readers) {
      weights.put(reader, multiplied(weights.floats(reader), scales));
    }
  }

  /// A reader's weights with its columns multiplied.
  float[] multiplied(float[] weights, float[] scales) {
    float[] result = weights.clone();
    for (int i = 0; i < result.length; i++) {
      result[i] *= scales[channelOf[i % channelOf.length]];
    }
    return result;
  }

  /// A reader's inputs divided.
  float[] divided(float[] rows, float[] scales) {
    float[] result = rows.clone();
    for (int i = 0; i < result.length; i++) {
      result[i] /= scales[channelOf[i % channelOf.length]];
    }
    return result;
  }

  /// What is looked up beside the embedding.
  static List<Fold> ofLookups(DecoderSpec spec) {
    if (spec.ngrams().isEmpty()) {
      return List.of();
    }
    NgramEmbedding ngrams = spec.ngrams().get();
    List<Writer> tables = new ArrayList<>();
    for (int i = 0; i < ngrams.orders().size(); i++) {
      tables.add(new Writer.TableColumns(WeightNames.ngramTable(ngrams.orders().get(i)), i * ngrams.dim()));
    }
    return List.of(same(tables, List.of(WeightNames.ngramProjection()), ngrams.width()));
  }

  /// Those of one block, in the order of computation. None of a norm that the residual stream goes through.
  static List<Fold> ofBlock(DecoderSpec spec, int index) {
    WeightNames.Block names = WeightNames.block(index);
    Mixer mixer = spec.stack().blocks().get(index).mixer();
    FeedForward feed = spec.stack().blocks().get(index).feedForward();
    NormPlacement placement = spec.stack().placement();
    List<Fold> folds = new ArrayList<>();
    if (placement != NormPlacement.POST) {
      folds.add(same(norm(spec.norm(), names.inputNormPart()), mixerReaders(mixer, names), spec.hiddenSize()));
    }
    switch (mixer) {
      case Mixer.Attention attention -> folds.add(values(attention, names.selfAttention()));
      case Mixer.Mamba _ -> {}
      case Mixer.Mamba2 mamba ->
          folds.add(
              same(
                  List.of(new Writer.Vector(names.stateSpace().norm(), 0)),
                  List.of(WeightNames.weight(names.stateSpace().out())),
                  mamba.innerSize()));
    }
    List<String> readers = feedReaders(feed, names);
    if (placement != NormPlacement.POST && !readers.isEmpty()) {
      String before = placement == NormPlacement.SANDWICH ? names.preFeedNormPart() : names.postNormPart();
      folds.add(same(norm(spec.norm(), before), readers, spec.hiddenSize()));
    }
    folds.addAll(feedForward(feed, names));
    return folds;
  }

  private static List<Writer> norm(Norm norm, String part) {
    return switch (norm) {
      case Norm.Rms rms -> List.of(new Writer.Vector(WeightNames.weight(part), rms.zeroCentred() ? 1 : 0));
      case Norm.Layer _ ->
          List.of(new Writer.Vector(WeightNames.weight(part), 0), new Writer.Vector(WeightNames.bias(part), 0));
    };
  }

  private static List<String> mixerReaders(Mixer mixer, WeightNames.Block names) {
    return switch (mixer) {
      case Mixer.Attention _ -> List.of(names.q(), names.k(), names.v());
      case Mixer.Mamba _, Mixer.Mamba2 _ -> List.of(WeightNames.weight(names.stateSpace().in()));
    };
  }

  /// Attention only averages values: a channel of a value goes to the same channel of every head that reads it.
  private static Fold values(Mixer.Attention a, WeightNames.Attention names) {
    int[] channelOf = new int[a.numHeads() * a.headDim()];
    int group = a.numHeads() / a.numKvHeads();
    for (int i = 0; i < channelOf.length; i++) {
      channelOf[i] = i / a.headDim() / group * a.headDim() + i % a.headDim();
    }
    List<Writer> writers = new ArrayList<>(List.of(new Writer.MatrixRows(WeightNames.weight(names.v()))));
    if (a.qkvBias()) {
      writers.add(new Writer.Vector(WeightNames.bias(names.v()), 0));
    }
    return new Fold(writers, List.of(WeightNames.weight(names.o())), a.numKvHeads() * a.headDim(), channelOf);
  }

  private static List<String> feedReaders(FeedForward feed, WeightNames.Block names) {
    return switch (feed) {
      case FeedForward.Gated _ -> List.of(names.gate(), names.up());
      case FeedForward.Plain _ -> List.of(names.up());
      case FeedForward.Experts experts -> {
        List<String> readers = new ArrayList<>(List.of(names.router()));
        for (WeightNames.Expert expert : experts(experts, names)) {
          readers.add(expert.gate());
          readers.add(expert.up());
        }
        yield readers;
      }
      case FeedForward.None _ -> List.of();
    };
  }

  private static List<WeightNames.Expert> experts(FeedForward.Experts facts, WeightNames.Block names) {
    List<WeightNames.Expert> all = new ArrayList<>();
    for (int e = 0; e < facts.numExperts(); e++) {
      all.add(names.expert(e));
    }
    if (facts.shared().isPresent()) {
      all.add(names.sharedExpert());
    }
    return all;
  }

  /// `down` reads a product that `up` is a factor of; or, without a gate, what a ReLU leaves, which scales as its input does.
  private static List<Fold> feedForward(FeedForward feed, WeightNames.Block names) {
    return switch (feed) {
      case FeedForward.Gated gated ->
          List.of(same(up(names, gated.bias()), List.of(names.down()), gated.intermediateSize()));
      case FeedForward.Plain plain ->
          plain.activation() == Activation.RELU
              ? List.of(same(up(names, plain.bias()), List.of(names.down()), plain.intermediateSize()))
              : List.of();
      case FeedForward.Experts experts -> {
        List<Fold> folds = new ArrayList<>();
        for (WeightNames.Expert expert : experts(experts, names)) {
          boolean shared = expert.equals(names.sharedExpert());
          int size = shared ? experts.shared().orElseThrow() : experts.intermediateSize();
          folds.add(same(List.of(new Writer.MatrixRows(expert.up())), List.of(expert.down()), size));
        }
        yield folds;
      }
      case FeedForward.None _ -> List.of();
    };
  }

  private static List<Writer> up(WeightNames.Block names, boolean biased) {
    List<Writer> writers = new ArrayList<>(List.of(new Writer.MatrixRows(names.up())));
    if (biased) {
      writers.add(new Writer.Vector(WeightNames.bias(names.upPart()), 0));
    }
    return writers;
  }
}
