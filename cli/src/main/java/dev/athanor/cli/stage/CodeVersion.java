package dev.athanor.cli.stage;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;

/// The program's version, with the commit where it runs from a clone.
public final class CodeVersion {
  private CodeVersion() {}

  public static String of(Path home) {
    try (InputStream file =
        Objects.requireNonNull(CodeVersion.class.getResourceAsStream("/dev/athanor/cli/version.txt"), "version.txt")) {
      String version = new String(file.readAllBytes(), StandardCharsets.UTF_8).strip();
      String commit = commit(home.resolve(".git"));
      return commit.isEmpty() ? version : version + " (" + commit.substring(0, Math.min(10, commit.length())) + ")";
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read version.txt", e);
    }
  }

  private static String commit(Path git) throws IOException {
    Path head = git.resolve("HEAD");
    if (!Files.isRegularFile(head)) {
      return "";
    }
    String content = Files.readString(head).strip();
    if (!content.startsWith("ref: ")) {
      return content;
    }
    String name = content.substring(5);
    Path ref = git.resolve(name);
    if (Files.isRegularFile(ref)) {
      return Files.readString(ref).strip();
    }
    Path packed = git.resolve("packed-refs");
    if (!Files.isRegularFile(packed)) {
      return "";
    }
    try (Stream<String> lines = Files.lines(packed)) {
      return lines.filter(line -> line.endsWith(" " + name)).map(line -> line.substring(0, line.indexOf(' '))).findFirst().orElse("");
    }
  }
}
