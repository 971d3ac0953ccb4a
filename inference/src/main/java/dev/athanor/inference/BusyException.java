package dev.athanor.inference;

/// As many requests run and wait as are allowed; later there may be room again.
public final class BusyException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public BusyException(String message) {
    super(message);
  }
}
