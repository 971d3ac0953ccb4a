package dev.athanor.data.source;

import dev.athanor.base.Progress;
import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import dev.athanor.data.Document;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Files of this machine.
///
/// @param paths files, folders with all in them, or globs such as `src/**/*.java`; hidden files and folders are passed over
/// @param language of all of them; without it each file's is told by the end of its name, and others are passed over
public record FilesSource(List<String> paths, @Nullable String language) implements Source {
  public FilesSource {
    paths = List.copyOf(paths);
  }

  @Override
  public String fingerprint(SourceContext context) {
    return PathPattern.fingerprint("files " + language, paths, context.folder());
  }

  @Override
  public List<SourceReport> read(SourceContext context, Consumer<Document> sink) {
    List<PathPattern.Found> all = PathPattern.find(paths, context.folder());
    var reports = new ArrayList<SourceReport>();
    Set<Path> seen = new HashSet<>();
    try (Progress.Task task =
        context.progress().start("read files", all.stream().mapToLong(found -> found.files().size()).sum(), "file")) {
      for (PathPattern.Found found : all) {
        reports.add(read(found, seen, task, sink));
      }
    }
    return reports;
  }

  private SourceReport read(PathPattern.Found found, Set<Path> seen, Progress.Task task, Consumer<Document> sink) {
    var tally = new Tally(sink);
    MessageDigest digest = Sha256.digest();
    for (Path file : found.files()) {
      task.advance(1);
      String path = found.relative(file);
      Optional<String> fileLanguage = Optional.ofNullable(language).or(() -> FileLanguage.of(path));
      if (!seen.add(file)) {
        tally.skip("named before");
      } else if (fileLanguage.isEmpty()) {
        tally.skip("unknown kind of file");
      } else {
        byte[] bytes = bytes(file);
        digest.update((path + "\n" + Sha256.of(bytes) + "\n").getBytes(StandardCharsets.UTF_8));
        new TextFile(found.origin(), path, bytes, fileLanguage.get(), SpdxLicence.UNKNOWN).readInto(tally);
      }
    }
    return tally.report(found.origin(), HexFormat.of().formatHex(digest.digest()));
  }

  private static byte[] bytes(Path file) {
    try (var in = Files.newInputStream(file)) {
      return in.readNBytes((int) TextFile.MAX_BYTES + 1);
    } catch (java.nio.file.AccessDeniedException e) {
      throw new UserException("no permission to read " + file, e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }
}
