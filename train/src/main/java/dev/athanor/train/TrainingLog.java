package dev.athanor.train;

import java.util.ArrayList;
import java.util.List;

/// What a training run has seen so far: its curves. Saved with every checkpoint.
///
/// @param training one point each so many steps, averaged over them
/// @param validation mean loss on the validation data
/// @param notes what a reader of the curves should know: "resumed at step 400"
public record TrainingLog(List<Step> training, List<Validation> validation, List<String> notes) {
  public TrainingLog {
    training = new ArrayList<>(training);
    validation = new ArrayList<>(validation);
    notes = new ArrayList<>(notes);
  }

  public static TrainingLog empty() {
    return new TrainingLog(List.of(), List.of(), List.of());
  }

  /// @param tokens seen since the beginning
  /// @param loss nats a learned token
  /// @param gradientNorm before clipping
  public record Step(
      long step, long tokens, double loss, double gradientNorm, double learningRate, double tokensPerSecond) {}

  /// @param loss nats a learned token
  /// @param accuracy the share of learned tokens that the model held for the likeliest
  /// @param ahead the same loss of further tokens, two places ahead, three, …; empty without [MultiTokenPrediction]
  public record Validation(long step, long tokens, double loss, double accuracy, List<Double> ahead) {
    public Validation {
      ahead = List.copyOf(ahead);
    }
  }
}
