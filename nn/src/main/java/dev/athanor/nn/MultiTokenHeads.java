package dev.athanor.nn;

import dev.athanor.model.MultiTokenModules;
import dev.athanor.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// [MultiTokenModules] over a decoder and weights that it does not own.
///
/// Module n has nothing to say at a sequence's last n positions, whose further tokens lie beyond its end, and leaves them out. Its
/// blocks are causal even where a prefix of the sequence sees itself: with the further tokens' embeddings a prefix would show its
/// last positions what they are to predict.
public final class MultiTokenHeads {
  private final MultiTokenModules modules;
  private final Decoder decoder;
  private final Parameters parameters;
  private final List<BlockChain> chains = new ArrayList<>();

  /// @param parameters of the modules
  public MultiTokenHeads(MultiTokenModules modules, Decoder decoder, Parameters parameters) {
    this.modules = modules;
    this.decoder = decoder;
    this.parameters = parameters;
    for (int module = 1; module <= modules.count(); module++) {
      chains.add(new BlockChain(modules.stack(), MultiTokenModules.name(module), parameters));
    }
  }

  public Parameters parameters() {
    return parameters;
  }

  /// What one module made of a batch.
  ///
  /// @param positions of the batch, ascending, that the states stand for
  /// @param states_NC after its norm, for the decoder's head
  /// @param routers of its block
  public record Ahead(long[] positions, Tensor states_NC, RouterLosses routers) {}

  /// @param hidden_NC what the decoder made of the batch
  /// @return one for each module; fewer where no sequence is long enough for the last ones
  public List<Ahead> forward(TokenBatch batch, Tensor hidden_NC, Network.Mode mode) {
    List<Ahead> all = new ArrayList<>();
    Remaining remaining = Remaining.of(batch);
    Tensor before = hidden_NC;
    for (int module = 1; module <= modules.count(); module++) {
      Remaining shorter = remaining.withoutLast();
      if (shorter.positions.length == 0) {
        break;
      }
      before = before.indexSelect(0, Tensor.of(shorter.within(remaining), shorter.positions.length));
      Tensor joined = join(module, before, decoder.rows(shorter.tokens(batch, module)));
      RouterLosses routers = new RouterLosses();
      Sequences sequences = Sequences.of(new TokenBatch(shorter.positions, shorter.lengths));
      Dropout dropout = mode.dropout().reseeded(module);
      BlockChain chain = chains.get(module - 1);
      before = chain.forward(joined, new Pass(sequences, null, dropout, routers), 1);
      all.add(new Ahead(shorter.positions, chain.finish(before), routers));
      remaining = shorter;
    }
    return all;
  }

  private Tensor join(int module, Tensor before_NC, Tensor embedding_NC) {
    Tensor left = Affine.norm(modules.stack().norm(), parameters, MultiTokenModules.hiddenNorm(module), before_NC);
    Tensor right = Affine.norm(modules.stack().norm(), parameters, MultiTokenModules.embeddingNorm(module), embedding_NC);
    return Tensor.cat(List.of(left, right), 1).linear(parameters.get(MultiTokenModules.projection(module)));
  }

  /// The positions of a batch that are left, and how many of each sequence; sequences without any are left out.
  private record Remaining(long[] positions, int[] lengths) {
    static Remaining of(TokenBatch batch) {
      long[] positions = new long[batch.tokens()];
      for (int i = 0; i < positions.length; i++) {
        positions[i] = i;
      }
      return new Remaining(positions, batch.lengths());
    }

    Remaining withoutLast() {
      List<Integer> shorter = new ArrayList<>();
      long[] left = new long[positions.length];
      int kept = 0;
      int at = 0;
      for (int length : lengths) {
        if (length > 1) {
          System.arraycopy(positions, at, left, kept, length - 1);
          kept += length - 1;
          shorter.add(length - 1);
        }
        at += length;
      }
      return new Remaining(
          Arrays.copyOf(left, kept), shorter.stream().mapToInt(Integer::intValue).toArray());
    }

    /// Where these positions stand among those.
    long[] within(Remaining whole) {
      long[] places = new long[positions.length];
      int at = 0;
      for (int i = 0; i < places.length; i++, at++) {
        while (whole.positions[at] != positions[i]) {
          at++;
        }
        places[i] = at;
      }
      return places;
    }

    /// The tokens so many places ahead; they are in the same sequences.
    long[] tokens(TokenBatch batch, int ahead) {
      long[] tokens = new long[positions.length];
      for (int i = 0; i < tokens.length; i++) {
        tokens[i] = batch.ids()[(int) positions[i] + ahead];
      }
      return tokens;
    }
  }
}
