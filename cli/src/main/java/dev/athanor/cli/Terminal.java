package dev.athanor.cli;

import dev.athanor.base.ConsoleProgress;
import dev.athanor.base.Progress;
import java.io.InputStream;
import java.io.PrintStream;

/// Where commands read and write.
///
/// @param interactive a person sits in front of it
record Terminal(InputStream in, PrintStream out, PrintStream err, boolean interactive) {
  /// The launcher has looked whether its streams are a terminal and says so in `athanor.terminal`; the JVM alone would need
  /// tens of milliseconds to find out.
  static Terminal ofProcess() {
    return new Terminal(System.in, System.out, System.err, Boolean.getBoolean("athanor.terminal"));
  }

  /// Bars for a person, plain lines for a file; on standard error either way.
  Progress progress() {
    return interactive ? ConsoleProgress.onStandardError() : ConsoleProgress.plain(err);
  }
}
