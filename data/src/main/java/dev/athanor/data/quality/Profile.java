package dev.athanor.data.quality;

import dev.athanor.data.DocLanguage;
import dev.athanor.data.Document;
import dev.athanor.data.language.SourceLanguages;

/// Which rules a document is judged by.
public enum Profile {
  /// By the document's own language.
  AUTO,
  ENGLISH,
  CHINESE,
  CODE,
  /// By none: there are no rules for its language.
  NONE;

  private static final int SAMPLE = 2000;

  /// The profile of a document: code by its kind of content or by what the step `language` has found (in its metadata), prose by that;
  /// without it by its letters, as English or Chinese.
  public static Profile of(Document document) {
    if (SourceLanguages.isCode(document.language())) {
      return CODE;
    }
    String found = document.metadata().get("language");
    if (found == null) {
      int end = Math.min(SAMPLE, document.text().length());
      return DocLanguage.of(document.text().substring(0, end), "text").equals("zh") ? CHINESE : ENGLISH;
    }
    if (SourceLanguages.isCode(found)) {
      return CODE;
    }
    return switch (found) {
      case "en" -> ENGLISH;
      case "zh", "zh-hans", "zh-hant", "yue" -> CHINESE;
      default -> NONE;
    };
  }
}
