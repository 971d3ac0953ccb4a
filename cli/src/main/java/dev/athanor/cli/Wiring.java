package dev.athanor.cli;

import dev.athanor.base.UserException;
import java.util.Optional;

/// Which implementations the commands use.
final class Wiring {
  private Wiring() {}

  static ModelOpener opener() {
    return new OpenModel(
        dir -> {
          throw new UserException(dir + ": this build has no engine to run it");
        },
        name -> Optional.empty());
  }
}
