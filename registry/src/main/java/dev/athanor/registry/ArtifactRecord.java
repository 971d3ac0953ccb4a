package dev.athanor.registry;

import dev.athanor.base.run.RunResult.StageResult;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

/// An artifact that a run made or reused.
///
/// @param key SHA-256 of what it was computed from
/// @param digest SHA-256 of what it is
/// @param inputs the digests of what it was made from, by stage
public record ArtifactRecord(
    String stage,
    String key,
    String digest,
    Map<String, String> inputs,
    Path folder,
    double seconds,
    Instant created,
    String codeVersion,
    boolean reused) {
  public ArtifactRecord {
    inputs = Map.copyOf(inputs);
  }

  public static ArtifactRecord of(StageResult result) {
    var artifact = result.artifact();
    return new ArtifactRecord(
        artifact.stage(),
        artifact.key(),
        artifact.digest(),
        artifact.inputs(),
        result.folder().toAbsolutePath().normalize(),
        artifact.seconds(),
        Instant.parse(artifact.created()),
        artifact.codeVersion(),
        result.reused());
  }
}
