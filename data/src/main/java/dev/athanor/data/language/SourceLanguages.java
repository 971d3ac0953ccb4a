package dev.athanor.data.language;

import java.util.Set;

/// The languages of source code, data and markup that files are told to be in.
public final class SourceLanguages {
  private static final Set<String> CODE =
      Set.of("java", "kotlin", "scala", "groovy", "clojure", "python", "javascript", "typescript", "go", "rust", "c", "cpp", "csharp",
          "swift", "ruby", "php", "shell", "sql", "xml", "html", "css", "yaml", "toml", "json", "properties", "protobuf", "perl", "lua",
          "r", "haskell", "dockerfile", "makefile");

  private SourceLanguages() {}

  public static boolean isCode(String language) {
    return CODE.contains(language);
  }
}
