package dev.athanor.registry;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

/// A released model; its versions count from 1.
public record Model(
    String name,
    int version,
    Path path,
    String sha256,
    String runId,
    String artifactDigest,
    Map<String, Double> scores,
    Instant released) {
  public Model {
    scores = Map.copyOf(scores);
  }

  /// "quickstart:3", as `Registry.model` takes it.
  public String id() {
    return name + ":" + version;
  }
}
