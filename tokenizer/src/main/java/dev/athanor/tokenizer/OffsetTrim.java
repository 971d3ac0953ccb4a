package dev.athanor.tokenizer;

import dev.athanor.tokenizer.pipeline.Place;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/// How a byte-level post-processor shortens stretches: white space at both ends of a token is no part of it.
///
/// @param prefixSpace a single space before the first token may be one that was added, and stays
record OffsetTrim(boolean prefixSpace) {
  /// What a `post_processor` asks for.
  static List<OffsetTrim> at(Place place) {
    return Framing.steps(place).stream()
        .filter(step -> step.type().equals("ByteLevel") || step.type().equals("RobertaProcessing"))
        .filter(step -> step.flag("trim_offsets", true))
        .map(step -> new OffsetTrim(step.flag("add_prefix_space", true)))
        .toList();
  }

  /// @param text what was encoded
  /// @param tokens as the file writes them; an added token is as the text writes it, with the white space that it took up
  void apply(String text, Encoding encoding, IntFunction<String> tokens, IntPredicate added) {
    int[] starts = encoding.starts();
    int[] ends = encoding.ends();
    for (int i = 0; i < starts.length; i++) {
      int id = encoding.ids()[i];
      String token = added.test(id) ? text.substring(starts[i], ends[i]) : tokens.apply(id);
      int leading = 0;
      while (leading < token.length() && isBlank(token.charAt(leading))) {
        leading++;
      }
      int trailing = 0;
      while (trailing < token.length() && isBlank(token.charAt(token.length() - 1 - trailing))) {
        trailing++;
      }
      if (leading > 0 && !((i == 0 || starts[i] == 0) && prefixSpace && leading == 1)) {
        starts[i] = after(text, starts[i], leading, ends[i]);
      }
      if (trailing > 0) {
        ends[i] = before(text, ends[i], trailing, starts[i]);
      }
    }
  }

  /// So many characters further, at most as far as a limit.
  private static int after(String text, int at, int characters, int limit) {
    int moved = at;
    for (int i = 0; i < characters && moved < limit; i++) {
      moved = text.offsetByCodePoints(moved, 1);
    }
    return moved;
  }

  /// So many characters back, at most as far as a limit; where the text has fewer, not at all.
  private static int before(String text, int at, int characters, int limit) {
    if (at < characters || (at < 2 * characters && text.codePointCount(0, at) < characters)) {
      return at;
    }
    int moved = at;
    for (int i = 0; i < characters && moved > limit; i++) {
      moved = text.offsetByCodePoints(moved, -1);
    }
    return moved;
  }

  /// A space as byte-level vocabularies write it, or white space.
  private static boolean isBlank(char c) {
    byte kind = CharClass.of(c);
    return c == 'Ġ' || kind == CharClass.SPACE || kind == CharClass.NEWLINE;
  }
}
