package dev.athanor.cli.bench;

/// Whether the user has seen enough: what was measured by then is shown.
public final class Stopped {
  private volatile boolean asked;

  public void now() {
    asked = true;
  }

  public boolean yet() {
    return asked;
  }
}
