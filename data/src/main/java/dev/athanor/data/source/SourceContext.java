package dev.athanor.data.source;

import dev.athanor.base.Progress;
import java.nio.file.Path;

/// What a source needs to know beside itself.
///
/// @param folder that relative paths start from
public record SourceContext(Path folder, MavenSettings maven, Progress progress) {
  /// With the user's own Maven settings.
  public static SourceContext of(Path folder, Progress progress) {
    return new SourceContext(folder, MavenSettings.ofUser(), progress);
  }
}
