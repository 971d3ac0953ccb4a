package dev.athanor.tokenizer.pipeline;

import java.util.Optional;

/// BERT's model: from the left, the longest token that fits, again and again; a piece that does not come out whole, or is too
/// long, is unknown as a whole.
final class WordPiece implements Model {
  private final Vocabulary vocabulary;
  private final Trie first = new Trie();
  private final Trie continuing = new Trie();
  private final int unknown;
  private final int longest;

  WordPiece(Place place) {
    vocabulary = Vocabulary.at(place.at("vocab"));
    unknown = vocabulary.idOf(place.at("unk_token"), place.at("unk_token").optionalText().or(() -> Optional.of("[UNK]")));
    String prefix = place.at("continuing_subword_prefix").optionalText().orElse("##");
    Place most = place.at("max_input_chars_per_word");
    longest = most.isUnset() ? 100 : most.number(0, Integer.MAX_VALUE);
    for (int id = 0; id < vocabulary.size(); id++) {
      String token = vocabulary.token(id);
      if (token != null && !token.isEmpty()) {
        first.put(token, id);
        if (token.startsWith(prefix) && token.length() > prefix.length()) {
          continuing.put(token.substring(prefix.length()), id);
        }
      }
    }
  }

  @Override
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  @Override
  public void encode(String piece, Sink sink) {
    int n = piece.length();
    int[] ids = new int[n];
    int[] ends = new int[n];
    int size = 0;
    boolean whole = piece.codePointCount(0, n) <= longest;
    for (int start = 0; whole && start < n; ) {
      Trie trie = start == 0 ? first : continuing;
      int found = -1;
      int end = start;
      int state = Trie.ROOT;
      for (int at = start; at < n; ) {
        state = trie.step(state, piece.charAt(at++));
        if (state == Trie.NONE) {
          break;
        }
        if (trie.value(state) != Trie.NONE) {
          found = trie.value(state);
          end = at;
        }
      }
      whole = found >= 0;
      if (whole) {
        ids[size] = found;
        ends[size++] = end;
        start = end;
      }
    }
    if (!whole) {
      sink.token(unknown, 0, n);
      return;
    }
    for (int i = 0; i < size; i++) {
      sink.token(ids[i], i == 0 ? 0 : ends[i - 1], ends[i]);
    }
  }
}
