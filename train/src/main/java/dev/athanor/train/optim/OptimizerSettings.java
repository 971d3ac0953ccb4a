package dev.athanor.train.optim;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.athanor.tensor.Tensor;
import java.util.SequencedMap;
import java.util.function.Predicate;

/// Which optimizer updates the weights, and how.
@JsonTypeInfo(use = JsonTypeInfo.Id.MINIMAL_CLASS, property = "type")
public sealed interface OptimizerSettings permits AdamW.Settings, Adam.Settings, Sgd.Settings {
  /// The peak, which a schedule scales.
  double learningRate();

  /// @param spares matrices that do not decay, besides vectors, which never do
  default Optimizer over(SequencedMap<String, Tensor> weights, Predicate<String> spares) {
    return switch (this) {
      case AdamW.Settings adamW -> new AdamW(weights, adamW, spares);
      case Adam.Settings adam -> new Adam(weights, adam, spares);
      case Sgd.Settings sgd -> new Sgd(weights, sgd, spares);
    };
  }
}
