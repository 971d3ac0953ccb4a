package dev.athanor.base.run;

/// A stage failed for a reason that is not the user's: names the stage, keeps the cause.
public final class StageFailedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  StageFailedException(String stage, Throwable cause) {
    super("stage " + stage + " failed: " + cause, cause);
  }
}
