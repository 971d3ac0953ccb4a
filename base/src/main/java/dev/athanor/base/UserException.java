package dev.athanor.base;

/// A mistake that the user can mend: what was wrong, where, and what would work. The launcher prints it without a stack
/// trace and exits with status 2.
public final class UserException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public UserException(String message) {
    super(message);
  }

  public UserException(String message, Throwable cause) {
    super(message, cause);
  }
}
