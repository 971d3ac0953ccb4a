package dev.athanor.cli.stage;

import dev.athanor.registry.Registry;
import java.nio.file.Path;
import java.util.Objects;

/// Where the registry is: `ATHANOR_REGISTRY` (a file, or a JDBC URL), else `runs/registry.db` in the project's folder.
public final class Registries {
  private Registries() {}

  public static Registry open() {
    String stated = System.getenv("ATHANOR_REGISTRY");
    if (stated != null && stated.startsWith("jdbc:")) {
      return Registry.open(stated);
    }
    return Registry.open(stated == null || stated.isBlank() ? home().resolve("runs/registry.db") : Path.of(stated));
  }

  /// The project's folder, as the launcher states it.
  public static Path home() {
    return Path.of(Objects.requireNonNullElse(System.getenv("ATHANOR_HOME"), "."));
  }
}
