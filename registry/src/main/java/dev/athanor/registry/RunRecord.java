package dev.athanor.registry;

import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A run as the registry knows it.
///
/// @param id "<name>-<number>", such as "quickstart-3"
/// @param ended null while it runs; a run that was killed stays `RUNNING` until it is started again in its folder
public record RunRecord(
    String id,
    String name,
    String recipe,
    Path folder,
    String codeVersion,
    Status status,
    Instant started,
    @Nullable Instant ended) {
  public enum Status {
    RUNNING,
    FINISHED,
    FAILED
  }
}
