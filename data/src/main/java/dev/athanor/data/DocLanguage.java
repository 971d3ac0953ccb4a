package dev.athanor.data;

import dev.athanor.data.CommentSyntax.Comment;
import java.util.List;

/// The natural language of a file's documentation: "zh", "en" or "none".
///
/// Counted over the comments without the licence header (over all of a prose text): "none" below ten letters, else "zh" where
/// at least a tenth of the letters are Han characters. A Han character says about as much as five letters, and Chinese
/// documentation is full of identifiers and tags, so a tenth is about where half of what is said is Chinese.
public final class DocLanguage {
  private static final int MIN_LETTERS = 10;
  private static final double HAN_SHARE = 0.1;

  private DocLanguage() {}

  public static String of(String source, String language) {
    CommentSyntax syntax = CommentSyntax.of(language);
    if (syntax == CommentSyntax.PROSE) {
      return new Letters().add(source, 0, source.length()).language();
    }
    List<Comment> header = LicenceHeader.find(source, language);
    var letters = new Letters();
    for (Comment comment : syntax.comments(source)) {
      if (!header.contains(comment)) {
        letters.add(source, comment.start(), comment.end());
      }
    }
    return letters.language();
  }

  private static final class Letters {
    private long han;
    private long others;

    Letters add(String text, int from, int to) {
      for (int i = from; i < to; ) {
        int codePoint = text.codePointAt(i);
        if (Character.isIdeographic(codePoint)) {
          han++;
        } else if (Character.isLetter(codePoint)) {
          others++;
        }
        i += Character.charCount(codePoint);
      }
      return this;
    }

    String language() {
      if (han * 5 + others < MIN_LETTERS) {
        return "none";
      }
      return han >= HAN_SHARE * (han + others) ? "zh" : "en";
    }
  }
}
