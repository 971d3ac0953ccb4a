package dev.athanor.nn;

import dev.athanor.model.FeedForward;
import dev.athanor.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the routers of one pass did: how evenly they spread the tokens, and the losses that keep them even.
///
/// Load balancing, over all routers of the pass together: `E · Σₑ fₑ · Pₑ`, where fₑ is the share of assignments that went to expert e
/// and Pₑ its mean probability: 1 at perfect balance, E when one expert gets all. Fedus et al., https://arxiv.org/abs/2101.03961.
/// (Published code for Mixtral sums over the `perToken` choices instead of averaging and is `perToken` times as large; the weight
/// in a configuration means that sum, and so it is applied here.)
public final class RouterLosses {
  private final List<Tensor> probabilities = new ArrayList<>();
  private final List<Tensor> logSums = new ArrayList<>();
  private long[] assigned = {};
  private Optional<FeedForward.Experts> facts = Optional.empty();

  /// @param probabilities_NE of one router
  /// @param logSums_N logsumexp of its scores
  /// @param counts how many tokens went to each expert
  void add(FeedForward.Experts experts, Tensor probabilities_NE, Tensor logSums_N, long[] counts) {
    if (facts.isPresent() && facts.get().numExperts() != experts.numExperts()) {
      throw new IllegalArgumentException("routers of one model have equally many experts");
    }
    facts = Optional.of(experts);
    probabilities.add(probabilities_NE);
    logSums.add(logSums_N);
    long[] sum = assigned.length == 0 ? new long[counts.length] : assigned.clone();
    for (int e = 0; e < counts.length; e++) {
      sum[e] += counts[e];
    }
    assigned = sum;
  }

  /// How many tokens each expert got, over all routers; empty without any.
  public long[] assigned() {
    return assigned.clone();
  }

  /// The load-balancing loss, 1 at perfect balance; empty without routers.
  public Optional<Tensor> balance() {
    return probabilities.isEmpty() ? Optional.empty() : Optional.of(balance(shares()));
  }

  /// `mean(logsumexp²)`; empty without routers.
  public Optional<Tensor> z() {
    return logSums.isEmpty() ? Optional.empty() : Optional.of(Tensor.cat(logSums, 0).square().mean(0));
  }

  /// The sum of both under the model's weights; empty where there are no routers or both weights are 0.
  public Optional<Tensor> weighted() {
    return facts.isPresent() ? weighted(this) : Optional.empty();
  }

  /// The part of `whole`'s sum that these routers have, some of the same pass run again: given how the tokens were spread, the sum
  /// is linear in the routers' probabilities.
  Optional<Tensor> weighted(RouterLosses whole) {
    if (facts.isEmpty() || (facts.get().balanceLoss() == 0 && facts.get().zLoss() == 0)) {
      return Optional.empty();
    }
    FeedForward.Experts experts = facts.get();
    double part = (double) probabilities.size() / whole.probabilities.size();
    Tensor balance = balance(whole.shares()).mul(part * experts.balanceLoss() * experts.perToken());
    return Optional.of(
        experts.zLoss() == 0 ? balance : balance.add(z().orElseThrow().mul(part * experts.zLoss())));
  }

  private Tensor balance(float[] shares) {
    Tensor mean = Tensor.cat(probabilities, 0).mean(0);
    return mean.mul(Tensor.of(shares, shares.length)).sum().mul(shares.length);
  }

  private float[] shares() {
    long total = 0;
    for (long count : assigned) {
      total += count;
    }
    float[] shares = new float[assigned.length];
    for (int e = 0; e < shares.length; e++) {
      shares[e] = (float) assigned[e] / total;
    }
    return shares;
  }
}
