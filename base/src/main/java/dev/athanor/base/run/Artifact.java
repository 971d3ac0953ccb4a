package dev.athanor.base.run;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A stage's finished output as its `artifact.json` describes it.
///
/// @param key what the output was computed from: SHA-256 over stage, version, configuration, fingerprint and inputs
/// @param digest what the output is: SHA-256 over the sorted paths and digests of its files, those in `checkpoints/`
///     left out. Time, metrics and code version are no part of it, so an unchanged output redoes nothing after it.
/// @param inputs the content digest of each input's artifact, by stage name
/// @param seconds the time it took, over all interruptions
/// @param created when it was finished (ISO-8601, UTC)
public record Artifact(
    String stage,
    int version,
    String key,
    String digest,
    JsonNode configuration,
    String fingerprint,
    Map<String, String> inputs,
    double seconds,
    String created,
    String codeVersion,
    Map<String, JsonNode> metrics,
    List<ArtifactFile> files) {
  static final String MANIFEST = "artifact.json";
  private static final String CHECKSUM = "checksum";

  public Artifact {
    inputs = Map.copyOf(inputs);
    files = List.copyOf(files);
  }

  /// @param path relative to the artifact's folder, with `/`
  public record ArtifactFile(String path, long bytes, String sha256) {
    /// Kept for resuming only; the artifact is whole without it.
    public boolean isCheckpoint() {
      return path.startsWith(StageContext.CHECKPOINTS + "/");
    }
  }

  static String contentDigest(List<ArtifactFile> files) {
    return Sha256.of(
        files.stream()
            .filter(file -> !file.isCheckpoint())
            .sorted(Comparator.comparing(ArtifactFile::path))
            .map(file -> file.path() + "\0" + file.sha256() + "\n")
            .collect(Collectors.joining()));
  }

  /// Reads a finished artifact's manifest; its files are not looked at.
  ///
  /// @throws UserException when the manifest is missing or damaged
  public static Artifact read(Path folder) {
    Path manifest = folder.resolve(MANIFEST);
    JsonNode tree = Json.readFile(manifest);
    if (!(tree instanceof ObjectNode fields) || !fields.path(CHECKSUM).isString()) {
      throw new UserException(manifest + ": not an artifact's manifest");
    }
    String expected = fields.remove(CHECKSUM).stringValue();
    if (!expected.equals(checksum(fields))) {
      throw new UserException(manifest + ": the content does not match its checksum");
    }
    try {
      return Json.MAPPER.treeToValue(fields, Artifact.class);
    } catch (JacksonException e) {
      throw new UserException(manifest + ": " + e.getOriginalMessage(), e);
    }
  }

  /// Writes the manifest, with a checksum over itself, into the artifact's folder.
  void write(Path folder) {
    if (!(Json.tree(Json.write(this)) instanceof ObjectNode fields)) {
      throw new IllegalStateException("a record is written as an object");
    }
    fields.put(CHECKSUM, checksum(fields));
    AtomicFile.writeString(folder.resolve(MANIFEST), Json.pretty(fields));
  }

  private static String checksum(ObjectNode fields) {
    return Sha256.of(Json.write(fields));
  }
}
