package dev.athanor.data.source;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A file's language, by the end of its name.
public final class FileLanguage {
  private static final Map<String, String> BY_EXTENSION =
      Map.ofEntries(
          Map.entry("java", "java"), Map.entry("kt", "kotlin"), Map.entry("kts", "kotlin"),
          Map.entry("scala", "scala"), Map.entry("groovy", "groovy"), Map.entry("gradle", "groovy"),
          Map.entry("clj", "clojure"), Map.entry("md", "markdown"), Map.entry("markdown", "markdown"),
          Map.entry("txt", "text"), Map.entry("text", "text"), Map.entry("rst", "text"), Map.entry("adoc", "text"),
          Map.entry("py", "python"), Map.entry("js", "javascript"), Map.entry("mjs", "javascript"),
          Map.entry("ts", "typescript"), Map.entry("go", "go"), Map.entry("rs", "rust"), Map.entry("c", "c"),
          Map.entry("h", "c"), Map.entry("cc", "cpp"), Map.entry("cpp", "cpp"), Map.entry("hpp", "cpp"),
          Map.entry("cs", "csharp"), Map.entry("swift", "swift"), Map.entry("rb", "ruby"), Map.entry("php", "php"),
          Map.entry("sh", "shell"), Map.entry("sql", "sql"), Map.entry("xml", "xml"), Map.entry("html", "html"),
          Map.entry("yaml", "yaml"), Map.entry("yml", "yaml"), Map.entry("toml", "toml"),
          Map.entry("properties", "properties"), Map.entry("proto", "protobuf"));
  private static final Set<String> JVM = Set.of("java", "kotlin", "scala", "groovy", "clojure");

  private FileLanguage() {}

  public static Optional<String> of(String path) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return Optional.ofNullable(BY_EXTENSION.get(extension));
  }

  /// Only languages of the JVM: what else lies in a source jar is resources.
  static Optional<String> ofJvm(String path) {
    return of(path).filter(JVM::contains);
  }
}
