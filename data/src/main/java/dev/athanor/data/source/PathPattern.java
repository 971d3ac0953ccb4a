package dev.athanor.data.source;

import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/// Paths of a recipe: a file, a folder or a glob.
final class PathPattern {
  private PathPattern() {}

  /// The files of one pattern, sorted.
  ///
  /// @param origin the file, the folder or the part of the glob before its first wildcard, as the recipe writes it
  /// @param root the same as a path
  record Found(String origin, Path root, List<Path> files) {
    /// Below the root, with `/`; a single file's own name.
    String relative(Path file) {
      Path relative = file.equals(root) ? Objects.requireNonNull(file.getFileName()) : root.relativize(file);
      return relative.toString().replace('\\', '/');
    }

    /// A file of its own, as the recipe would write it.
    String originOf(Path file) {
      return file.equals(root) ? origin : origin + "/" + relative(file);
    }
  }

  /// @throws UserException naming every pattern that finds nothing
  static List<Found> find(List<String> patterns, Path folder) {
    var found = new ArrayList<Found>();
    var problems = new ArrayList<String>();
    for (String pattern : patterns) {
      Found files = find(pattern, folder);
      if (!Files.exists(files.root)) {
        problems.add("no such file or folder: " + files.root);
      } else if (files.files.isEmpty()) {
        problems.add(isGlob(pattern) ? "no file matches " + pattern : "no file in " + files.root);
      }
      found.add(files);
    }
    if (!problems.isEmpty()) {
      throw new UserException(String.join("\n", problems) + "\n(relative paths start from " + folder.toAbsolutePath() + ")");
    }
    return found;
  }

  /// Each file once, in the order of the patterns, with what its documents are said to be from.
  ///
  /// @throws UserException naming every pattern that finds nothing
  static void forEachFile(List<String> patterns, Path folder, BiConsumer<String, Path> taker) {
    Set<Path> seen = new HashSet<>();
    for (Found found : find(patterns, folder)) {
      for (Path file : found.files) {
        if (seen.add(file)) {
          taker.accept(found.originOf(file), file);
        }
      }
    }
  }

  static String fingerprint(String kind, List<String> patterns, Path folder) {
    var listing = new StringBuilder(kind).append('\n');
    for (Found found : find(patterns, folder)) {
      listing.append(found.origin).append('\n');
      for (Path file : found.files) {
        try {
          listing.append(found.relative(file)).append(' ').append(Files.size(file)).append(' ')
              .append(Files.getLastModifiedTime(file).toMillis()).append('\n');
        } catch (IOException e) {
          throw new UncheckedIOException("cannot look at " + file, e);
        }
      }
    }
    return Sha256.of(listing.toString());
  }

  private static Found find(String pattern, Path folder) {
    if (!isGlob(pattern)) {
      Path root = folder.resolve(pattern).toAbsolutePath().normalize();
      return new Found(pattern, root, walk(root));
    }
    String base = fixedPart(pattern);
    Path root = folder.resolve(base).toAbsolutePath().normalize();
    String below = pattern.substring(base.length());
    return new Found(base.isEmpty() ? "." : base, root, walk(root).stream().filter(matching(below, pattern, root)).toList());
  }

  /// `**/` matches no folder, too.
  private static java.util.function.Predicate<Path> matching(String below, String pattern, Path root) {
    String glob = below.startsWith("/") ? below.substring(1) : below;
    try {
      PathMatcher whole = FileSystems.getDefault().getPathMatcher("glob:" + glob);
      PathMatcher shallow = FileSystems.getDefault().getPathMatcher("glob:" + glob.replace("**/", ""));
      return file -> whole.matches(root.relativize(file)) || shallow.matches(root.relativize(file));
    } catch (PatternSyntaxException e) {
      throw new UserException("'" + pattern + "' is no valid glob: " + e.getDescription() + "; a plain one is src/**/*.java", e);
    }
  }

  private static boolean isGlob(String pattern) {
    return firstWildcard(pattern) < pattern.length();
  }

  private static int firstWildcard(String pattern) {
    int at = 0;
    while (at < pattern.length() && "*?[{".indexOf(pattern.charAt(at)) < 0) {
      at++;
    }
    return at;
  }

  /// The folders before the first wildcard, without the `/` after them (but the root's own).
  private static String fixedPart(String pattern) {
    int slash = pattern.lastIndexOf('/', firstWildcard(pattern));
    return slash == 0 ? "/" : pattern.substring(0, Math.max(slash, 0));
  }

  /// A root that is a link is followed; links below it are not, which could lead in a circle.
  private static List<Path> walk(Path root) {
    if (!Files.exists(root)) {
      return List.of();
    }
    try {
      Path real = root.toRealPath();
      try (Stream<Path> all = Files.walk(real)) {
        return all.filter(Files::isRegularFile).filter(file -> !hidden(real.relativize(file))).map(file -> placed(root, real, file)).sorted().toList();
      }
    } catch (IOException | UncheckedIOException e) {
      throw new UserException("cannot look through " + root + ": " + e.getMessage(), e);
    }
  }

  private static Path placed(Path root, Path real, Path file) {
    return file.equals(real) ? root : root.resolve(real.relativize(file));
  }

  private static boolean hidden(Path relative) {
    for (Path name : relative) {
      if (name.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
  }
}
