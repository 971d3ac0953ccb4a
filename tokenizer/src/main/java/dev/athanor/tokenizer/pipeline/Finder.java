package dev.athanor.tokenizer.pipeline;

import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a split or a replacement looks for.
@FunctionalInterface
interface Finder {
  /// The matches and what lies between them.
  Parts find(String text);

  /// Every match of a pattern; an empty one right after another match does not count.
  static Finder of(Pattern pattern) {
    return text -> {
      Parts parts = new Parts();
      Matcher matcher = pattern.matcher(text);
      int done = 0;
      int lastEnd = -1;
      while (matcher.find()) {
        if (matcher.end() == matcher.start() && matcher.start() == lastEnd) {
          continue;
        }
        if (matcher.start() > done) {
          parts.add(matcher.start(), false);
        }
        parts.add(matcher.end(), true);
        done = matcher.end();
        lastEnd = done;
      }
      if (done < text.length()) {
        parts.add(text.length(), false);
      }
      return parts;
    };
  }

  /// Every character of a kind by itself.
  static Finder of(IntPredicate kind) {
    return text -> {
      Parts parts = new Parts();
      int done = 0;
      for (int at = 0; at < text.length(); ) {
        int c = text.codePointAt(at);
        int end = at + Character.charCount(c);
        if (kind.test(c)) {
          if (done < at) {
            parts.add(at, false);
          }
          parts.add(end, true);
          done = end;
        }
        at = end;
      }
      if (done < text.length()) {
        parts.add(text.length(), false);
      }
      return parts;
    };
  }

  /// Every occurrence of a string that is not empty.
  static Finder of(String wanted) {
    return text -> {
      Parts parts = new Parts();
      int done = 0;
      for (int at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, done)) {
        if (done < at) {
          parts.add(at, false);
        }
        done = at + wanted.length();
        parts.add(done, true);
      }
      if (done < text.length()) {
        parts.add(text.length(), false);
      }
      return parts;
    };
  }

  /// A match is what was none, and the other way round.
  default Finder inverted() {
    return text -> {
      Parts parts = find(text);
      Parts inverted = new Parts();
      for (int i = 0; i < parts.size(); i++) {
        inverted.add(parts.end(i), !parts.isMatch(i));
      }
      return inverted;
    };
  }
}
