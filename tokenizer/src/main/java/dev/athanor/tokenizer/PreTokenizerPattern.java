package dev.athanor.tokenizer;

import static dev.athanor.tokenizer.CharClass.LETTER;
import static dev.athanor.tokenizer.CharClass.NEWLINE;
import static dev.athanor.tokenizer.CharClass.NUMBER;
import static dev.athanor.tokenizer.CharClass.OTHER;
import static dev.athanor.tokenizer.CharClass.SPACE;

import java.util.Arrays;
import java.util.Optional;

/// The published patterns that most models use. The regular expression is the definition; the scanner that runs in its
/// place reads each character about once and allocates nothing, and is tested equal to it.
public enum PreTokenizerPattern implements PreTokenizer {
  /// GPT-2: contractions in lower case only, numbers of any length, newlines like other white space.
  GPT2("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+", Integer.MAX_VALUE),
  /// Llama 3: numbers in groups of up to three digits.
  LLAMA3(
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
      3),
  /// Qwen 2, 2.5 and 3: every digit by itself.
  QWEN2(
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
      1);

  private final String regex;
  private final int maxDigits;

  PreTokenizerPattern(String regex, int maxDigits) {
    this.regex = regex;
    this.maxDigits = maxDigits;
  }

  /// The pattern whose published regular expression this is.
  public static Optional<PreTokenizerPattern> of(String regex) {
    return Arrays.stream(values()).filter(p -> p.regex.equals(regex)).findFirst();
  }

  /// The pattern as it stands in a published `tokenizer.json`.
  public String regex() {
    return regex;
  }

  @Override
  public void split(String text, Pieces pieces) {
    for (int start = 0; start < text.length(); ) {
      int end = this == GPT2 ? gpt2End(text, start) : modernEnd(text, start);
      pieces.accept(text, start, end);
      start = end;
    }
  }

  // The alternatives are tried in the order of the regular expression; each step names the one that it stands for.

  private int gpt2End(String text, int start) {
    int contraction = contractionEnd(text, start, false);
    if (contraction > 0) {
      return contraction;
    }
    int first = start;
    if (text.charAt(start) == ' ' && start + 1 < text.length()) {
      byte next = classAt(text, start + 1);
      first = next == SPACE || next == NEWLINE ? start : start + 1;
    }
    byte kind = classAt(text, first);
    return switch (kind) {
      case LETTER, NUMBER, OTHER -> runEnd(text, first, kind, Integer.MAX_VALUE); // ` ?\p{L}+`, ` ?\p{N}+`, ` ?[^…]+`
      default -> blankEnd(text, start, false);
    };
  }

  private int modernEnd(String text, int start) {
    int contraction = contractionEnd(text, start, true);
    if (contraction > 0) {
      return contraction;
    }
    byte kind = classAt(text, start);
    if (kind == LETTER) {
      return runEnd(text, start, LETTER, Integer.MAX_VALUE); // \p{L}+
    }
    if (kind == NUMBER) {
      return runEnd(text, start, NUMBER, maxDigits); // \p{N}{1,n}
    }
    if (kind != NEWLINE) {
      int second = start + width(text, start);
      if (second < text.length()) {
        byte next = classAt(text, second);
        if (next == LETTER) {
          return runEnd(text, second, LETTER, Integer.MAX_VALUE); // [^\r\n\p{L}\p{N}]\p{L}+
        }
        if (text.charAt(start) == ' ' && next == OTHER) {
          return symbolsEnd(text, second); // ` [^\s\p{L}\p{N}]+[\r\n]*`
        }
      }
      if (kind == OTHER) {
        return symbolsEnd(text, start); // [^\s\p{L}\p{N}]+[\r\n]*
      }
    }
    return blankEnd(text, start, true);
  }

  private static int symbolsEnd(String text, int start) {
    int end = runEnd(text, start, OTHER, Integer.MAX_VALUE);
    while (end < text.length() && CharClass.of(text.charAt(end)) == NEWLINE) {
      end++;
    }
    return end;
  }

  /// `\s*[\r\n]+` where newlines count, then `\s+(?!\S)`, then `\s+`. All white space lies in the basic plane.
  private static int blankEnd(String text, int start, boolean newlinesCount) {
    int end = start;
    int afterNewline = -1;
    for (; end < text.length(); end++) {
      byte kind = CharClass.of(text.charAt(end));
      if (kind == NEWLINE) {
        afterNewline = end + 1;
      } else if (kind != SPACE) {
        break;
      }
    }
    if (newlinesCount && afterNewline > 0) {
      return afterNewline;
    }
    // The last blank before a word is left for the word.
    return end == text.length() || end == start + 1 ? end : end - 1;
  }

  private static int runEnd(String text, int start, byte kind, int max) {
    int end = start;
    for (int n = 0; n < max && end < text.length() && classAt(text, end) == kind; n++) {
      end += width(text, end);
    }
    return end;
  }

  /// The end of `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll` or `'d`, or -1.
  private static int contractionEnd(String text, int start, boolean anyCase) {
    if (text.charAt(start) != '\'' || start + 1 >= text.length()) {
      return -1;
    }
    char first = folded(text.charAt(start + 1), anyCase);
    if (first == 's' || first == 't' || first == 'm' || first == 'd') {
      return start + 2;
    }
    if (start + 2 >= text.length()) {
      return -1;
    }
    char second = folded(text.charAt(start + 2), anyCase);
    boolean two = second == 'e' ? first == 'r' || first == 'v' : second == 'l' && first == 'l';
    return two ? start + 3 : -1;
  }

  /// Simple case folding for these letters: besides A–Z only the long s (U+017F) folds onto one of them.
  private static char folded(char c, boolean anyCase) {
    if (!anyCase) {
      return c;
    }
    return c == 'ſ' ? 's' : c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
  }

  private static byte classAt(String text, int index) {
    char c = text.charAt(index);
    return CharClass.of(Character.isHighSurrogate(c) ? text.codePointAt(index) : c);
  }

  private static int width(String text, int index) {
    return Character.isHighSurrogate(text.charAt(index))
            && index + 1 < text.length()
            && Character.isLowSurrogate(text.charAt(index + 1))
        ? 2
        : 1;
  }
}
