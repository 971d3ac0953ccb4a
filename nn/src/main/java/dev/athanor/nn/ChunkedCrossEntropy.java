package dev.athanor.nn;

import dev.athanor.tensor.NoGrad;
import dev.athanor.tensor.Scope;
import dev.athanor.tensor.Tensor;

/// Cross-entropy of a linear head without ever holding all logits.
///
/// A chunk of rows at a time: logits = h·Wᵀ, log-softmax in place, then in the same memory `softmax − onehot`, from which
/// follow the gradients by the hidden states and by the head. At a vocabulary of 100k the logits of a whole batch would be
/// the peak of training's memory; a chunk stays in the cache.
public final class ChunkedCrossEntropy {
  private static final int CHUNK_VALUES = 1 << 20;

  private ChunkedCrossEntropy() {}

  /// Back-propagates `scale · Σ −ln p(target)` through the hidden states' graph and adds to the head's gradient.
  ///
  /// @param hidden_NC a graph's result
  /// @param head_VC a leaf that requires gradients
  /// @param targets N class ids
  /// @return Σ −ln p(target) in nats, unscaled
  public static double backward(Tensor hidden_NC, Tensor head_VC, long[] targets, double scale) {
    try (Scope _ = new Scope()) {
      Tensor hiddenGradient;
      Tensor headGradient;
      double loss = 0;
      try (NoGrad _ = new NoGrad()) {
        Tensor hidden = hidden_NC.detach();
        Tensor head = head_VC.detach();
        hiddenGradient = Tensor.empty(hidden.shape());
        headGradient = Tensor.zeros(head.shape());
        Tensor targetsAll = Tensor.of(targets, targets.length, 1);
        int rows = chunkRows(head.size(0));
        Tensor buffer = Tensor.empty(Math.min(rows, targets.length), head.size(0));
        Tensor minusOne = Tensor.zeros(Math.min(rows, targets.length), 1).fill_(-1);
        for (int from = 0; from < targets.length; from += rows) {
          int count = Math.min(rows, targets.length - from);
          loss +=
              chunk(
                  hidden.narrow(0, from, count),
                  head,
                  targetsAll.narrow(0, from, count),
                  buffer.narrow(0, 0, count),
                  minusOne.narrow(0, 0, count),
                  hiddenGradient.narrow(0, from, count),
                  headGradient,
                  scale);
        }
      }
      hidden_NC.backward(hiddenGradient);
      try (NoGrad _ = new NoGrad()) {
        head_VC.addToGrad(headGradient);
      }
      return loss;
    }
  }

  /// −ln p(target) of each row, without gradients.
  public static float[] losses(Tensor hidden_NC, Tensor head_VC, long[] targets) {
    float[] losses = new float[targets.length];
    try (Scope _ = new Scope();
        NoGrad _ = new NoGrad()) {
      int rows = chunkRows(head_VC.size(0));
      for (int from = 0; from < targets.length; from += rows) {
        int count = Math.min(rows, targets.length - from);
        try (Scope _ = new Scope()) {
          Tensor logits = hidden_NC.narrow(0, from, count).linear(head_VC);
          Tensor.logSoftmaxOut(logits, logits, 1);
          long[] part = java.util.Arrays.copyOfRange(targets, from, from + count);
          float[] gathered = logits.gather(1, Tensor.of(part, count, 1)).floats();
          for (int i = 0; i < count; i++) {
            losses[from + i] = -gathered[i];
          }
        }
      }
    }
    return losses;
  }

  private static double chunk(
      Tensor hidden,
      Tensor head,
      Tensor targets,
      Tensor logits,
      Tensor minusOne,
      Tensor hiddenGradient,
      Tensor headGradient,
      double scale) {
    try (Scope _ = new Scope()) {
      Tensor.mmOut(logits, hidden, head.t());
      Tensor.logSoftmaxOut(logits, logits, 1);
      double loss = -logits.gather(1, targets).sum().item();
      logits.exp_().scatterAdd_(1, targets, minusOne);
      hiddenGradient.addmm_(logits, head, 0, scale);
      headGradient.addmm_(logits.t(), hidden, 1, scale);
      return loss;
    }
  }

  private static int chunkRows(long vocabulary) {
    return (int) Math.max(16, CHUNK_VALUES / vocabulary);
  }
}
