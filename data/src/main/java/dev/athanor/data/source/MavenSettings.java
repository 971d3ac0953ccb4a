package dev.athanor.data.source;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Which of Maven's settings count; where one is empty, what Maven itself would use.
///
/// @param userSettings instead of `~/.m2/settings.xml`
/// @param localRepository instead of the one of the settings
public record MavenSettings(Optional<Path> userSettings, Optional<Path> localRepository) {
  public static MavenSettings ofUser() {
    return new MavenSettings(Optional.empty(), Optional.empty());
  }

  /// The folder of the Maven installation whose `conf/settings.xml` holds the global settings: `MAVEN_HOME`, `M2_HOME`, or where
  /// the `mvn` on the PATH lies.
  static Optional<Path> installation() {
    Stream<Path> named =
        Stream.of("MAVEN_HOME", "M2_HOME").flatMap(name -> Optional.ofNullable(System.getenv(name)).stream()).map(Path::of);
    return Stream.concat(named, onPath())
        .filter(home -> Files.isRegularFile(home.resolve("conf/settings.xml")))
        .findFirst();
  }

  private static Stream<Path> onPath() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Pattern.compile(Pattern.quote(java.io.File.pathSeparator))
        .splitAsStream(path)
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, "mvn"))
        .filter(Files::isRegularFile)
        .flatMap(MavenSettings::home);
  }

  /// `home/bin/mvn`, links followed.
  private static Stream<Path> home(Path mvn) {
    try {
      Path bin = mvn.toRealPath().getParent();
      return bin == null ? Stream.empty() : Stream.ofNullable(bin.getParent());
    } catch (java.io.IOException e) {
      return Stream.empty();
    }
  }
}
