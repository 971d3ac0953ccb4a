package dev.athanor.nn;

import dev.athanor.tensor.Autocast;
import dev.athanor.tensor.NoGrad;
import dev.athanor.tensor.Precision;
import dev.athanor.tensor.Scope;
import dev.athanor.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Cross-entropy of a linear head without ever holding all logits.
///
/// A chunk of rows at a time: logits = h·Wᵀ, log-softmax in place, then in the same memory the loss's gradient by the logits, from
/// which follow the gradients by the hidden states and by the head. At a vocabulary of 100k the logits of a whole batch would be
/// the peak of training's memory; a chunk stays in the cache.
public final class ChunkedCrossEntropy {
  private static final int CHUNK_VALUES = 1 << 20;

  private ChunkedCrossEntropy() {}

  /// What is added to plain cross-entropy.
  ///
  /// @param labelSmoothing the share of the target's probability that is spread over all classes. Szegedy et al.,
  ///     https://arxiv.org/abs/1512.00567
  /// @param zLoss weight of logsumexp², which keeps logits from drifting. Chowdhery et al., https://arxiv.org/abs/2204.02311
  public record Regularisation(double labelSmoothing, double zLoss) {
    public static final Regularisation NONE = new Regularisation(0, 0);

    public Regularisation {
      if (!(labelSmoothing >= 0 && labelSmoothing < 1) || !(zLoss >= 0)) {
        throw new IllegalArgumentException("label smoothing is in [0, 1), the weight of the z-loss not negative");
      }
    }
  }

  /// Back-propagates `scale · Σ −ln p(target)` through the hidden states' graph and adds to the head's gradient.
  ///
  /// @param hidden_NC a graph's result
  /// @param head_VC a leaf that requires gradients
  /// @param targets N class ids
  /// @return Σ −ln p(target) in nats, unscaled
  public static double backward(Tensor hidden_NC, Tensor head_VC, long[] targets, double scale) {
    Hidden hidden = new Hidden(hidden_NC, new RouterLosses());
    return backward(hidden, hidden_NC, OutputHead.of(head_VC), targets, Regularisation.NONE, scale, 0);
  }

  /// @param hidden what a network made of a batch
  /// @param rows_NC the states that are learned: `hidden.states()` or rows of it
  /// @param head whose weights are leaves
  /// @param routerScale the factor of a mixture's router losses
  /// @return Σ −ln p(target) in nats: unscaled, unsmoothed, without other losses, so that runs compare
  public static double backward(
      Hidden hidden,
      Tensor rows_NC,
      OutputHead head,
      long[] targets,
      Regularisation regularisation,
      double scale,
      double routerScale) {
    List<Prediction> one = List.of(new Prediction(rows_NC, targets, scale));
    return backward(hidden, one, head, regularisation, List.of(), routerScale)[0];
  }

  /// What one head is to say of some states.
  ///
  /// @param rows_NC follow from the hidden states
  /// @param scale the factor of this part of the loss
  public record Prediction(Tensor rows_NC, long[] targets, double scale) {}

  /// Several predictions from one pass, back-propagated together.
  ///
  /// @param further routers that came after the hidden states
  /// @return Σ −ln p(target) of each, as above
  public static double[] backward(
      Hidden hidden,
      List<Prediction> predictions,
      OutputHead head,
      Regularisation regularisation,
      List<RouterLosses> further,
      double routerScale) {
    try (Scope _ = new Scope()) {
      List<Tensor> prepared = new ArrayList<>();
      List<Sums> sums = new ArrayList<>();
      for (Prediction prediction : predictions) {
        Tensor rows = head.prepare().apply(prediction.rows_NC()).f32();
        try (NoGrad _ = new NoGrad();
            Autocast _ = new Autocast(Precision.F32)) {
          Sums some = new Sums(rows.detach(), head, prediction.targets(), regularisation, prediction.scale());
          some.run();
          sums.add(some);
        }
        prepared.add(rows);
      }
      hidden.backward(prepared, sums.stream().map(some -> some.hiddenGradient).toList(), further, routerScale);
      try (NoGrad _ = new NoGrad()) {
        sums.forEach(Sums::addToHead);
      }
      return sums.stream().mapToDouble(some -> some.loss).toArray();
    }
  }

  /// −ln p(target) of each row, without gradients.
  public static float[] losses(Tensor hidden_NC, Tensor head_VC, long[] targets) {
    return losses(hidden_NC, OutputHead.of(head_VC), targets);
  }

  public static float[] losses(Tensor rows_NC, OutputHead head, long[] targets) {
    return scores(rows_NC, head, targets).losses();
  }

  /// How well each target was foreseen.
  ///
  /// @param losses −ln p(target) of each row
  /// @param best how many of the targets had the highest logit
  public record Scores(float[] losses, int best) {}

  /// Without gradients.
  public static Scores scores(Tensor rows_NC, OutputHead head, long[] targets) {
    float[] losses = new float[targets.length];
    int best = 0;
    try (Scope _ = new Scope();
        NoGrad _ = new NoGrad()) {
      int rows = chunkRows(head.weight_VC().size(0));
      for (int from = 0; from < targets.length; from += rows) {
        int count = Math.min(rows, targets.length - from);
        try (Scope _ = new Scope()) {
          Tensor logits = head.logits(rows_NC.narrow(0, from, count));
          Tensor.logSoftmaxOut(logits, logits, 1);
          long[] part = Arrays.copyOfRange(targets, from, from + count);
          float[] gathered = logits.gather(1, Tensor.of(part, count, 1)).floats();
          float[] highest = logits.max(1).floats();
          for (int i = 0; i < count; i++) {
            losses[from + i] = -gathered[i];
            best += gathered[i] == highest[i] ? 1 : 0;
          }
        }
      }
    }
    return new Scores(losses, best);
  }

  /// The walk over the chunks and what it adds up.
  private static final class Sums {
    private final Tensor hidden_NC;
    private final OutputHead head;
    private final Tensor weight_VC;
    private final Regularisation regularisation;
    private final double scale;
    private final int count;
    private final int rows;
    private final Tensor targets_N1;
    private final Tensor logits;
    private final Tensor minusOnes;
    private final Tensor hiddenGradient;
    private final Tensor weightGradient;
    private final @Nullable Tensor biasGradient;
    private double loss;

    Sums(Tensor hidden_NC, OutputHead head, long[] targets, Regularisation regularisation, double scale) {
      this.hidden_NC = hidden_NC;
      this.head = head;
      this.regularisation = regularisation;
      this.scale = scale;
      weight_VC = head.weight_VC().detach();
      count = targets.length;
      rows = Math.min(chunkRows(weight_VC.size(0)), Math.max(1, count));
      targets_N1 = Tensor.of(targets, count, 1);
      logits = Tensor.empty(rows, weight_VC.size(0));
      minusOnes = Tensor.zeros(rows, 1).fill_(regularisation.labelSmoothing() - 1);
      hiddenGradient = Tensor.empty(hidden_NC.shape());
      weightGradient = Tensor.zeros(weight_VC.shape());
      biasGradient = head.bias_V().map(bias -> Tensor.zeros(bias.shape())).orElse(null);
    }

    void run() {
      for (int from = 0; from < count; from += rows) {
        int some = Math.min(rows, count - from);
        try (Scope _ = new Scope()) {
          chunk(from, some);
        }
      }
    }

    private void chunk(int from, int some) {
      Tensor hidden = hidden_NC.narrow(0, from, some);
      Tensor targets = targets_N1.narrow(0, from, some);
      Tensor values = logits.narrow(0, 0, some);
      Tensor.mmOut(values, hidden, weight_VC.t());
      head.bias_V().ifPresent(bias -> values.add_(bias.detach()));
      Tensor slope = capped(values);
      Tensor targetLogits = regularisation.zLoss() > 0 ? values.gather(1, targets) : targets;
      Tensor.logSoftmaxOut(values, values, 1);
      Tensor logProbabilities = values.gather(1, targets);
      loss -= logProbabilities.sum().item();
      values.exp_();
      if (regularisation.zLoss() > 0) {
        Tensor logSums = targetLogits.sub(logProbabilities);
        values.mul_(logSums.mul(2 * regularisation.zLoss()).add(1));
      }
      values.scatterAdd_(1, targets, minusOnes.narrow(0, 0, some));
      if (regularisation.labelSmoothing() > 0) {
        values.add_(-regularisation.labelSmoothing() / weight_VC.size(0));
      }
      if (slope != null) {
        values.mul_(slope);
      }
      hiddenGradient.narrow(0, from, some).addmm_(values, weight_VC, 0, scale);
      weightGradient.addmm_(values.t(), hidden, 1, scale);
      if (biasGradient != null) {
        biasGradient.add_(values.sum(0, false), scale);
      }
    }

    /// Caps the logits in place.
    ///
    /// @return by what a gradient by the capped ones is multiplied: `1 − tanh²`
    private @Nullable Tensor capped(Tensor values) {
      if (head.softcap().isEmpty()) {
        return null;
      }
      double cap = head.softcap().getAsDouble();
      Tensor tanh = values.mul(1 / cap).tanh();
      values.copy_(tanh).mul_(cap);
      return tanh.square().neg().add(1);
    }

    void addToHead() {
      head.weight_VC().addToGrad(weightGradient);
      Tensor gradient = biasGradient;
      if (gradient != null) {
        head.bias_V().ifPresent(bias -> bias.addToGrad(gradient));
      }
    }
  }

  private static int chunkRows(long vocabulary) {
    return (int) Math.max(16, CHUNK_VALUES / vocabulary);
  }
}
