package dev.athanor.data.source;

import dev.athanor.base.Json;
import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

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
  public List<Partition> partitions(SourceContext context) {
    try (MavenRepositories repositories = MavenRepositories.open(context.maven(), context.progress())) {
      return repositories.sourceJars(coordinates).stream().map(Partition.class::cast).toList();
    }
  }

  /// @param licence of the POM or its parents
  record SourceJar(String coordinate, Path file, Optional<String> licence) implements Partition {
    @Override
    public String name() {
      return coordinate;
    }

    @Override
    public long bytes() {
      return file.toFile().length();
    }

    @Override
    public String sha256() {
      return Sha256.of(file);
    }

    @Override
    public Reading open() {
      try {
        var zip = new ZipFile(file.toFile());
        try {
          return new Entries(this, zip, licenceInside(zip).or(this::licence).orElse(SpdxLicence.UNKNOWN));
        } catch (IOException e) {
          zip.close();
          throw e;
        }
      } catch (ZipException e) {
        throw new UserException(
            file + " (sources of " + coordinate + ") is no readable jar: " + e.getMessage()
                + "; remove it, so that it is fetched again",
            e);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + file, e);
      }
    }
  }

  private static final class Entries implements Partition.Reading {
    private final SourceJar jar;
    private final ZipFile zip;
    private final String licence;
    private final Iterator<? extends ZipEntry> entries;

    Entries(SourceJar jar, ZipFile zip, String licence) {
      this.jar = jar;
      this.zip = zip;
      this.licence = licence;
      this.entries = files(zip).iterator();
    }

    @Override
    public Partition.@Nullable RawRecord next() {
      return entries.hasNext() ? record(entries.next()) : null;
    }

    private Partition.RawRecord record(ZipEntry entry) {
      String name = entry.getName();
      Optional<String> language = FileLanguage.ofJvm(name);
      if (language.isEmpty()) {
        return new Raw(0, () -> TextFile.aside(jar.coordinate, name, "not a source file of a JVM language", ""));
      }
      try {
        var file = new TextFile(jar.coordinate, name, MavenSource.bytes(zip, entry), language.get(), licence);
        return new Raw(file.bytes().length, file::extract);
      } catch (IOException e) {
        return new Raw(0, () -> TextFile.aside(jar.coordinate, name, "damaged entry of a jar", String.valueOf(e.getMessage())));
      }
    }

    @Override
    public void close() {
      try {
        zip.close();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot close " + jar.file, e);
      }
    }
  }

  /// One byte more than a document may have, at most: a jar may claim any size.
  private static byte[] bytes(ZipFile zip, ZipEntry entry) throws IOException {
    try (InputStream in = zip.getInputStream(entry)) {
      return in.readNBytes(TextFile.MAX_BYTES + 1);
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
