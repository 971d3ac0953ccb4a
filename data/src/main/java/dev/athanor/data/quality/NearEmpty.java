package dev.athanor.data.quality;

import dev.athanor.data.CommentSyntax;
import dev.athanor.data.Document;
import dev.athanor.data.flow.DocumentStep;
import dev.athanor.data.flow.Verdict;
import java.nio.charset.StandardCharsets;

/// Drops files with hardly any content, and `package-info.java`.
///
/// @param minBytes of UTF-8 that must remain without comments and white space (prose: without white space)
/// @param minLines that must remain with content; prose may be one line
public record NearEmpty(int minBytes, int minLines) implements DocumentStep {
  @Override
  public Verdict apply(Document document) {
    if (document.path().endsWith("package-info.java") || document.path().endsWith("module-info.java")) {
      return new Verdict.Dropped("package-info", "declares no code");
    }
    CommentSyntax syntax = CommentSyntax.of(document.language());
    String code = syntax.withoutComments(document.text());
    long lines = code.lines().filter(line -> !line.isBlank()).count();
    int bytes = withoutSpace(code).getBytes(StandardCharsets.UTF_8).length;
    boolean fewLines = syntax != CommentSyntax.PROSE && lines < minLines;
    if (bytes < minBytes || fewLines) {
      return new Verdict.Dropped("near-empty", lines + " lines with " + bytes + " bytes");
    }
    return new Verdict.Kept(document);
  }

  private static String withoutSpace(String text) {
    var dense = new StringBuilder(text.length());
    text.codePoints().filter(c -> !Character.isWhitespace(c)).forEach(dense::appendCodePoint);
    return dense.toString();
  }
}
