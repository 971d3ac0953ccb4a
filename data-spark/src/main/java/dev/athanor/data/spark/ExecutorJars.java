package dev.athanor.data.spark;

import dev.athanor.base.UserException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The jars that executors need beside Spark's own: of this process's class path those that the build has listed, and its folders of
/// classes, packed. Spark copies them to each executor.
final class ExecutorJars implements AutoCloseable {
  /// Written by the build: "./a.jar:./b.jar", this module's dependencies without Spark and what comes with it.
  private static final String LIST = "executors.txt";

  /// In the order of the class path, on which a jar may stand twice.
  private final Set<String> jars = new LinkedHashSet<>();
  private @Nullable Path packed;

  ExecutorJars() {
    Set<String> needed = needed();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(entry);
      if (Files.isDirectory(path)) {
        jars.add(pack(path).toString());
      } else if (needs(needed, String.valueOf(path.getFileName()))) {
        jars.add(path.toAbsolutePath().toString());
      }
    }
  }

  private static boolean needs(Set<String> listed, String name) {
    // The list does not name the module itself.
    return listed.contains(name) || name.matches("data-spark-.*\\.jar");
  }

  /// As `spark.jars` wants them.
  String joined() {
    return String.join(",", jars);
  }

  private static Set<String> needed() {
    try (InputStream list = ExecutorJars.class.getResourceAsStream(LIST)) {
      if (list == null) {
        throw new UserException("module data-spark was built without Maven, which lists the jars that executors need; build it by the launcher or mvn package");
      }
      String said = new String(list.readAllBytes(), StandardCharsets.UTF_8).strip();
      var names = new HashSet<String>();
      for (String name : said.split(":", -1)) {
        names.add(name.replaceFirst("^\\./", ""));
      }
      return names;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + LIST, e);
    }
  }

  private Path pack(Path folder) {
    try {
      Path in = packed;
      if (in == null) {
        in = Files.createTempDirectory("athanor-jars-");
        packed = in;
      }
      Path jar = in.resolve(jars.size() + ".jar");
      try (var out = new JarOutputStream(Files.newOutputStream(jar));
          Stream<Path> walk = Files.walk(folder)) {
        for (Path file : walk.filter(Files::isRegularFile).sorted().toList()) {
          out.putNextEntry(new JarEntry(folder.relativize(file).toString().replace(File.separatorChar, '/')));
          Files.copy(file, out);
        }
      }
      return jar;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot pack " + folder + " for the executors", e);
    }
  }

  /// Removes what was packed.
  @Override
  public void close() {
    Path folder = packed;
    if (folder != null) {
      try (Stream<Path> walk = Files.walk(folder)) {
        for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(path);
        }
      } catch (IOException e) {
        throw new UncheckedIOException("cannot remove " + folder, e);
      }
    }
  }
}
