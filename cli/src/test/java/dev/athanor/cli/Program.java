package dev.athanor.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// The commands as a process would run them, and what they printed.
final class Program {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /// The exit status. What was printed before is forgotten.
  int run(String... arguments) {
    out.reset();
    err.reset();
    Terminal terminal = new Terminal(new ByteArrayInputStream(new byte[0]), print(out), print(err), false);
    ModelOpener none =
        (reference, options) -> {
          throw new IllegalStateException("no command of these opens a model to generate with");
        };
    return Athanor.commands(none, terminal).execute(arguments);
  }

  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private static PrintStream print(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }
}
