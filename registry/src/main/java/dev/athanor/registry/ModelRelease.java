package dev.athanor.registry;

import java.nio.file.Path;
import java.util.Map;

/// A model to be released.
///
/// @param sha256 of its weights
/// @param runId of the run that made it
/// @param artifactDigest of the artifact that holds it; its lineage is followed from there
public record ModelRelease(
    String name, Path path, String sha256, String runId, String artifactDigest, Map<String, Double> scores) {
  public ModelRelease {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
      throw new IllegalArgumentException("'" + name + "' is no model's name: letters, digits, '.', '_' and '-'");
    }
    scores = Map.copyOf(scores);
  }
}
