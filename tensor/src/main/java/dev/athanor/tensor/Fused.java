package dev.athanor.tensor;

import java.util.List;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.LongList;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.TensorList;

/// Ops that do in one pass over memory what would take several, reached by name through LibTorch's dispatcher because they
/// have no Java method.
public final class Fused {
  static {
    LibTorch.load();
  }

  private static final OperatorHandle ADAM = op("aten::_fused_adam_");
  private static final OperatorHandle ADAMW = op("aten::_fused_adamw_");
  private static final OperatorHandle RMS_NORM = op("aten::_fused_rms_norm");

  private Fused() {}

  /// AdamW with decoupled weight decay, in place on all parameters at once; call it under [NoGrad].
  /// Loshchilov and Hutter, https://arxiv.org/abs/1711.05101
  ///
  /// @param steps for each parameter an f32 scalar tensor that already counts this step
  public static void adamW(
      List<Tensor> parameters,
      List<Tensor> gradients,
      List<Tensor> firstMoments,
      List<Tensor> secondMoments,
      List<Tensor> steps,
      double learningRate,
      double beta1,
      double beta2,
      double weightDecay,
      double epsilon) {
    adam(ADAMW, parameters, gradients, firstMoments, secondMoments, steps, learningRate, beta1, beta2, weightDecay, epsilon);
  }

  /// Adam with weight decay as L2, added to the gradient; otherwise as [#adamW]. Kingma and Ba, https://arxiv.org/abs/1412.6980
  public static void adam(
      List<Tensor> parameters,
      List<Tensor> gradients,
      List<Tensor> firstMoments,
      List<Tensor> secondMoments,
      List<Tensor> steps,
      double learningRate,
      double beta1,
      double beta2,
      double weightDecay,
      double epsilon) {
    adam(ADAM, parameters, gradients, firstMoments, secondMoments, steps, learningRate, beta1, beta2, weightDecay, epsilon);
  }

  private static void adam(
      OperatorHandle op,
      List<Tensor> parameters,
      List<Tensor> gradients,
      List<Tensor> firstMoments,
      List<Tensor> secondMoments,
      List<Tensor> steps,
      double learningRate,
      double beta1,
      double beta2,
      double weightDecay,
      double epsilon) {
    try (Scope _ = new Scope()) {
      op.callBoxed(
          new IValueVector(
              list(parameters),
              list(gradients),
              list(firstMoments),
              list(secondMoments),
              list(List.of()),
              list(steps),
              new IValue(learningRate),
              new IValue(beta1),
              new IValue(beta2),
              new IValue(weightDecay),
              new IValue(epsilon),
              new IValue(false),
              new IValue(false),
              new IValue(),
              new IValue()));
    }
  }

  /// `x / sqrt(mean(x²) + epsilon) ⊙ weight` over the last dimension.
  public static Tensor rmsNorm(Tensor x, Tensor weight, double epsilon) {
    try (Scope scope = new Scope()) {
      GenericList shape = new GenericList(new LongList().elementType());
      shape.push_back(new IValue(weight.count()));
      IValueVector stack =
          new IValueVector(new IValue(x.f32().raw), new IValue(shape), new IValue(weight.raw), new IValue(epsilon));
      RMS_NORM.callBoxed(stack);
      return scope.keep(new Tensor(new org.bytedeco.pytorch.Tensor(stack.get(0).toTensor())));
    }
  }

  private static OperatorHandle op(String name) {
    OperatorHandle handle = Dispatcher.singleton().findSchemaOrThrow(name, "");
    handle.retainReference();
    return handle;
  }

  private static IValue list(List<Tensor> tensors) {
    GenericList list = new GenericList(new TensorList().elementType());
    for (Tensor tensor : tensors) {
      list.push_back(new IValue(tensor.raw));
    }
    return new IValue(list);
  }
}
