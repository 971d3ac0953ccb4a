package dev.athanor.data.source;

/// The lines of a page made paragraphs again.
final class PdfText {
  private PdfText() {}

  /// Joins the lines of each paragraph: where a word was divided, without its hyphen; between Chinese characters, without a space.
  /// Paragraphs stand apart by an empty line.
  static String paragraphs(String lines) {
    var text = new StringBuilder(lines.length());
    boolean begins = true;
    for (String line : (Iterable<String>) lines.lines()::iterator) {
      String words = line.replace('\u00A0', ' ').strip();
      if (words.isEmpty()) {
        begins = true;
        continue;
      }
      if (!text.isEmpty()) {
        join(text, words, begins);
      }
      text.append(words);
      begins = false;
    }
    return text.isEmpty() ? "" : text.append('\n').toString();
  }

  private static void join(StringBuilder text, String next, boolean paragraph) {
    if (paragraph) {
      text.append("\n\n");
      return;
    }
    int end = text.length() - 1;
    char last = text.charAt(end);
    boolean divided = last == '-' && end > 0 && Character.isLetter(text.charAt(end - 1)) && Character.isLowerCase(next.charAt(0));
    if (divided) {
      text.setLength(end);
    } else if (!(isWide(last) && isWide(next.charAt(0)))) {
      text.append(' ');
    }
  }

  private static boolean isWide(char c) {
    return (c >= '\u3001' && c <= '\u30FF') || (c >= '\u4E00' && c <= '\u9FFF') || (c >= '\uFF01' && c <= '\uFF5E');
  }
}
