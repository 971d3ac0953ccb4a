package dev.athanor.cli.model;

import dev.athanor.base.UserException;
import dev.athanor.model.DecoderSpec;
import java.util.OptionalDouble;

/// Whether a copy of a model still is that model: both are loaded, one after the other, and must say the same to random inputs.
/// Decoders in folders are computed by the engine that serves them, everything else by LibTorch.
///
/// A copy whose numbers are those of the original has to agree within 1e-5. One whose numbers were rounded drifts, and is bounded by its
/// relative difference: above what rounding comes to in the worst of models, tiny mixtures of random experts whose routers change
/// their minds, and below the 1.4 of two models that have nothing to do with each other. `docs/models.md` has the figures.
///
/// @param tolerance instead of the usual bound
/// @param seed of the inputs
/// @param folders both the original and the copy are folders
public record ParityGate(OptionalDouble tolerance, long seed, boolean folders) {
  /// What was done to the numbers, and the bound that goes with it.
  public enum Rounding {
    NONE(1e-5),
    F16(0.05),
    BF16(0.25),
    Q8_0(0.25),
    Q4_0(0.8);

    private final double bound;

    Rounding(double bound) {
      this.bound = bound;
    }
  }

  public ParityGate {
    if (tolerance.isPresent() && !(tolerance.getAsDouble() >= 0)) {
      throw new UserException("--tolerance must be at least 0, not " + tolerance.getAsDouble());
    }
  }

  /// What the model says to the inputs.
  public Outputs outputs(Checkpoint model) {
    return folders && model instanceof Checkpoint.Folder(var dir) && dir.spec() instanceof DecoderSpec
        ? CpuOutputs.of(dir, seed)
        : TorchOutputs.of(model.spec(), name -> model.tensor(name).floats(), seed);
  }

  /// @param before the original's
  /// @return how far the copy is from the original
  /// @throws UserException with the numbers when that is too far
  public Drift check(Outputs before, Checkpoint copy, Rounding rounding) {
    Drift drift = Drift.between(before, outputs(copy));
    if (!drift.finite()) {
      throw new UserException("parity cannot be told: some outputs are infinite or no numbers; " + drift.text());
    }
    boolean exact = rounding == Rounding.NONE;
    double measured = exact ? drift.largest() : drift.relative();
    double bound = tolerance.orElse(rounding.bound);
    if (measured > bound) {
      throw new UserException(
          "the copy does not say what the original says: %s; %s %s is above the tolerance of %s"
              .formatted(
                  drift.text(),
                  exact ? "the largest difference" : "the relative difference",
                  Drift.number(measured),
                  Drift.number(bound)));
    }
    return drift;
  }
}
