package dev.athanor.nn;

import dev.athanor.model.FeedForward;
import dev.athanor.model.WeightNames;
import dev.athanor.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// A mixture of experts: tokens are sorted by the experts that they go to, each expert runs once over its own, and the results are
/// put back in order. No expert has a capacity, so none is dropped and nothing is padded.
final class ExpertMixture {
  private final FeedForward.Experts experts;
  private final Parameters parameters;
  private final WeightNames.Block names;

  ExpertMixture(FeedForward.Experts experts, Parameters parameters, WeightNames.Block names) {
    this.experts = experts;
    this.parameters = parameters;
    this.names = names;
  }

  Tensor forward(Tensor x_NC, RouterLosses losses) {
    int tokens = (int) x_NC.size(0);
    int k = experts.perToken();
    Tensor scores_NE = x_NC.linear(parameters.get(names.router()));
    Tensor probabilities_NE = scores_NE.softmax(1);
    Tensor.TopK chosen = probabilities_NE.topK(k);
    Tensor weights_Nk = chosen.values();
    if (experts.normalise()) {
      weights_Nk = weights_Nk.div(weights_Nk.sum(1, true));
    }
    Dispatch dispatch = Dispatch.of(chosen.indices().longs(), k, experts.numExperts());
    losses.add(experts, probabilities_NE, scores_NE.logSumExp(1), dispatch.counts());

    Tensor sorted = x_NC.indexSelect(0, Tensor.of(dispatch.tokens(), dispatch.tokens().length));
    List<Tensor> results = new ArrayList<>();
    long from = 0;
    for (int e = 0; e < experts.numExperts(); e++) {
      long count = dispatch.counts()[e];
      if (count > 0) {
        results.add(expert(names.expert(e), sorted.narrow(0, from, count)));
        from += count;
      }
    }
    Tensor back = Tensor.cat(results, 0).indexSelect(0, Tensor.of(dispatch.places(), dispatch.places().length));
    Tensor mixed = back.view(tokens, k, x_NC.size(1)).mul(weights_Nk.unsqueeze(2)).sum(1, false);
    return experts.shared().isPresent() ? mixed.add(expert(names.sharedExpert(), x_NC)) : mixed;
  }

  private Tensor expert(WeightNames.Expert expert, Tensor x) {
    Tensor gate = Affine.activate(experts.activation(), x.linear(parameters.get(expert.gate())));
    return gate.mul(x.linear(parameters.get(expert.up()))).linear(parameters.get(expert.down()));
  }

  /// Assignments (token i's j-th choice is number i·k + j) in the order of their experts.
  ///
  /// @param tokens of each assignment in that order
  /// @param places where each assignment went
  /// @param counts assignments of each expert
  record Dispatch(long[] tokens, long[] places, long[] counts) {
    static Dispatch of(long[] choices, int perToken, int numExperts) {
      long[] counts = new long[numExperts];
      for (long expert : choices) {
        counts[(int) expert]++;
      }
      long[] next = new long[numExperts];
      for (int e = 1; e < numExperts; e++) {
        next[e] = next[e - 1] + counts[e - 1];
      }
      long[] tokens = new long[choices.length];
      long[] places = new long[choices.length];
      for (int i = 0; i < choices.length; i++) {
        long place = next[(int) choices[i]]++;
        places[i] = place;
        tokens[(int) place] = i / perToken;
      }
      return new Dispatch(tokens, places, counts);
    }
  }
}
