package dev.athanor.base.run;

import java.nio.file.Path;
import java.util.List;

/// The artifacts of a run that came to its end, in the order of its stages.
public record RunResult(List<StageResult> stages) {
  public RunResult {
    stages = List.copyOf(stages);
  }

  /// @param folder where the artifact lies
  /// @param reused whether it was there already, whole
  public record StageResult(Artifact artifact, Path folder, boolean reused) {
    public String name() {
      return artifact.stage();
    }
  }

  /// @throws IllegalArgumentException when the run has no stage of that name
  public StageResult stage(String name) {
    return stages.stream()
        .filter(stage -> stage.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("the run has no stage '" + name + "'"));
  }
}
