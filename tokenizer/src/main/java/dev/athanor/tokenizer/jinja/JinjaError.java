package dev.athanor.tokenizer.jinja;

/// What is wrong with a template, or with what it was given.
public final class JinjaError extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int line;
  private final boolean raised;

  /// An error whose line is found out on its way up.
  JinjaError(String message) {
    this(message, 0, false);
  }

  JinjaError(String message, int line) {
    this(message, line, false);
  }

  private JinjaError(String message, int line, boolean raised) {
    super(message, null, false, false);
    this.line = line;
    this.raised = raised;
  }

  /// What the template's own `raise_exception` says.
  static JinjaError raisedBy(String message) {
    return new JinjaError(message, 0, true);
  }

  JinjaError at(int where) {
    return line > 0 ? this : new JinjaError(message(), where, raised);
  }

  public String message() {
    return String.valueOf(getMessage());
  }

  /// The template's line, from 1.
  public int line() {
    return line;
  }

  /// Whether the template itself refused what it was given.
  public boolean raised() {
    return raised;
  }
}
