package dev.athanor.tokenizer;

import dev.athanor.tokenizer.pipeline.Place;
import java.util.List;
import java.util.function.IntFunction;

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

  /// @param tokens as the file writes them
  void apply(Encoding encoding, IntFunction<String> tokens) {
    int[] starts = encoding.starts();
    int[] ends = encoding.ends();
    for (int i = 0; i < starts.length; i++) {
      String token = tokens.apply(encoding.ids()[i]);
      int leading = 0;
      while (leading < token.length() && isBlank(token.charAt(leading))) {
        leading++;
      }
      int trailing = 0;
      while (trailing < token.length() && isBlank(token.charAt(token.length() - 1 - trailing))) {
        trailing++;
      }
      if (leading > 0) {
        boolean added = (i == 0 || starts[i] == 0) && prefixSpace && leading == 1;
        starts[i] = Math.min(starts[i] + (added ? 0 : leading), ends[i]);
      }
      if (trailing > 0 && ends[i] >= trailing) {
        ends[i] = Math.max(ends[i] - trailing, starts[i]);
      }
    }
  }

  /// A space as byte-level vocabularies write it, or white space.
  private static boolean isBlank(char c) {
    byte kind = CharClass.of(c);
    return c == 'Ġ' || kind == CharClass.SPACE || kind == CharClass.NEWLINE;
  }
}
