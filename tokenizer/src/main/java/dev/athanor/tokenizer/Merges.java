package dev.athanor.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The pairs of ids that merge, the most wanted first.
record Merges(int[] lefts, int[] rights) {
  /// @param texts each "left right", as files list them
  /// @param vocabulary the ids by text
  /// @throws IllegalArgumentException where a merge names no token
  static Merges of(List<String> texts, Map<String, Integer> vocabulary) {
    int[] lefts = new int[texts.size()];
    int[] rights = new int[texts.size()];
    for (int rank = 0; rank < lefts.length; rank++) {
      String text = texts.get(rank);
      int space = text.indexOf(' ');
      Integer left = vocabulary.get(space < 0 ? text : text.substring(0, space));
      Integer right = vocabulary.get(space < 0 ? "" : text.substring(space + 1));
      if (left == null || right == null) {
        throw new IllegalArgumentException(
            "merge " + rank + " '" + text + "' names a token that the vocabulary lacks");
      }
      lefts[rank] = left;
      rights[rank] = right;
    }
    return new Merges(lefts, rights);
  }

  /// As files list them.
  static List<String> texts(BpeModel model) {
    List<String> texts = new ArrayList<>(model.mergeLefts().length);
    for (int i = 0; i < model.mergeLefts().length; i++) {
      byte[] left = model.tokens()[model.mergeLefts()[i]];
      byte[] right = model.tokens()[model.mergeRights()[i]];
      texts.add(ByteAlphabet.write(left) + " " + ByteAlphabet.write(right));
    }
    return texts;
  }
}
