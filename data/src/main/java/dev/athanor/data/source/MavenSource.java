package dev.athanor.data.source;

import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import dev.athanor.data.Document;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/// The source jars of Maven coordinates, found as the user's own Maven would find them: with the mirrors, proxies, credentials,
/// local repository and offline switch of the settings; from Maven Central without any.
///
/// @param coordinates each `groupId:artifactId:version`
public record MavenSource(List<String> coordinates) implements Source {
  public MavenSource {
    coordinates = List.copyOf(coordinates);
  }

  @Override
  public String fingerprint(SourceContext context) {
    boolean snapshots = coordinates.stream().anyMatch(coordinate -> coordinate.endsWith("-SNAPSHOT"));
    String day = snapshots ? LocalDate.now(ZoneOffset.UTC).toString() : "";
    return Sha256.of("maven " + day + Json.canonical(coordinates));
  }

  @Override
  public List<SourceReport> read(SourceContext context, Consumer<Document> sink) {
    List<SourceJar> jars;
    try (MavenRepositories repositories = MavenRepositories.open(context.maven(), context.progress())) {
      jars = repositories.sourceJars(coordinates);
    }
    try (Progress.Task task = context.progress().start("read source jars", jars.size(), "jar")) {
      return jars.stream()
          .map(
              jar -> {
                task.note(jar.coordinate());
                SourceReport report = read(jar, sink);
                task.advance(1);
                return report;
              })
          .toList();
    }
  }

  /// @param licence of the POM or its parents
  record SourceJar(String coordinate, Path file, Optional<String> licence) {}

  private static SourceReport read(SourceJar jar, Consumer<Document> sink) {
    var tally = new Tally(sink);
    try (var zip = new ZipFile(jar.file().toFile())) {
      String licence = licenceInside(zip).or(jar::licence).orElse(SpdxLicence.UNKNOWN);
      for (ZipEntry entry : files(zip)) {
        read(jar, zip, entry, licence, tally);
      }
    } catch (ZipException e) {
      throw new UserException(
          jar.file() + " (sources of " + jar.coordinate() + ") is no readable jar: " + e.getMessage()
              + "; remove it, so that it is fetched again",
          e);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("cannot read " + jar.file(), e);
    }
    return tally.report(jar.coordinate(), Sha256.of(jar.file()));
  }

  private static void read(SourceJar jar, ZipFile zip, ZipEntry entry, String licence, Tally tally) throws IOException {
    Optional<String> language = FileLanguage.ofJvm(entry.getName());
    if (language.isEmpty()) {
      tally.skip("not a source file of a JVM language");
      return;
    }
    new TextFile(jar.coordinate(), entry.getName(), bytes(zip, entry), language.get(), licence).readInto(tally);
  }

  /// One byte more than a document may have, at most: a jar may claim any size.
  private static byte[] bytes(ZipFile zip, ZipEntry entry) throws IOException {
    try (InputStream in = zip.getInputStream(entry)) {
      return in.readNBytes((int) TextFile.MAX_BYTES + 1);
    }
  }

  private static List<? extends ZipEntry> files(ZipFile zip) {
    return zip.stream()
        .filter(entry -> !entry.isDirectory())
        .sorted(Comparator.comparing(ZipEntry::getName))
        .toList();
  }

  private static Optional<String> licenceInside(ZipFile zip) throws IOException {
    for (ZipEntry entry : files(zip)) {
      String name = entry.getName().toUpperCase(Locale.ROOT);
      if (Stream.of("META-INF/LICENSE", "META-INF/LICENCE", "LICENSE", "LICENCE").anyMatch(name::startsWith)) {
        Optional<String> licence = SpdxLicence.of(new String(bytes(zip, entry), StandardCharsets.UTF_8));
        if (licence.isPresent()) {
          return licence;
        }
      }
    }
    return Optional.empty();
  }
}
