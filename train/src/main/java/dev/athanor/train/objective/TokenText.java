package dev.athanor.train.objective;

import dev.athanor.tokenizer.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/// The text of neighbouring tokens, none of them special, and where among its bytes each token begins.
///
/// @param first the place of the first of them in the sequence
/// @param starts the first byte of each token, and one more entry: the number of bytes
record TokenText(int first, int[] starts, PlacedText text) {
  /// The stretches between a sequence's special tokens; none is empty.
  static List<TokenText> between(Tokenizer tokenizer, int[] ids) {
    List<TokenText> stretches = new ArrayList<>();
    for (int begin = 0; begin < ids.length; ) {
      int end = begin;
      while (end < ids.length && !tokenizer.isSpecial(ids[end])) {
        end++;
      }
      if (end > begin) {
        stretches.add(of(tokenizer, ids, begin, end));
      }
      begin = end + 1;
    }
    return stretches;
  }

  private static TokenText of(Tokenizer tokenizer, int[] ids, int begin, int end) {
    int[] starts = new int[end - begin + 1];
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = begin; i < end; i++) {
      bytes.writeBytes(tokenizer.bytes(ids[i]));
      starts[i - begin + 1] = bytes.size();
    }
    return new TokenText(begin, starts, PlacedText.of(bytes.toByteArray()));
  }

  int tokens() {
    return starts.length - 1;
  }

  int bytes() {
    return starts[tokens()];
  }
}
