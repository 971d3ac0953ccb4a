package dev.athanor.train;

/// Further tokens that a decoder learns to predict beside the next one, by [dev.athanor.model.MultiTokenModules] that last as long as
/// its training.
///
/// The loss is `main + weight / modules · Σ further`, as in DeepSeek-AI, https://arxiv.org/abs/2412.19437, equation 25: a further loss is
/// averaged over as many tokens as the main one, though it is learned at fewer.
///
/// @param modules how many tokens beside the next one are predicted
/// @param weight λ, of the mean of the further losses; published: 0.3, later 0.1
public record MultiTokenPrediction(int modules, double weight) {
  public MultiTokenPrediction {
    if (modules < 1) {
      throw new IllegalArgumentException("multi-token prediction needs at least one module, not " + modules);
    }
    if (!(weight > 0)) {
      throw new IllegalArgumentException("the weight of further tokens must be positive, not " + weight);
    }
  }

  double weightEach() {
    return weight / modules;
  }
}
