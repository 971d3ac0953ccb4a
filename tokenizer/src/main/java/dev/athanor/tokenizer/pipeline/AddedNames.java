package dev.athanor.tokenizer.pipeline;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;

/// Finds names of added tokens: leftmost first, of those that begin at one place the longest.
final class AddedNames {
  private final List<AddedName> tokens;
  private final Trie trie = new Trie();

  /// @param tokens the names by which they are matched as their content
  AddedNames(List<AddedName> tokens) {
    this.tokens = tokens;
    for (int i = 0; i < tokens.size(); i++) {
      if (!tokens.get(i).content().isEmpty()) {
        trie.put(tokens.get(i).content(), i);
      }
    }
  }

  /// Gives the stretches of ordinary text (never empty) and the tokens between them, in order.
  void split(Text text, Names names, Consumer<Text> onText, ObjIntConsumer<Text> onToken) {
    if (text.isEmpty()) {
      return;
    }
    if (tokens.isEmpty() || names == Names.NONE) {
      onText.accept(text.slice(0, text.string().length()));
      return;
    }
    String string = text.string();
    int done = 0;
    for (int at = 0; at < string.length(); ) {
      int found = longest(string, at);
      if (found < 0) {
        at++;
        continue;
      }
      AddedName token = tokens.get(found);
      int nameEnd = at + token.content().length();
      if (counts(token, names, string, at, nameEnd)) {
        int start = token.lstrip() ? blankStart(string, done, at) : at;
        if (start > done) {
          onText.accept(text.slice(done, start));
        }
        int end = token.rstrip() ? blankEnd(string, nameEnd) : nameEnd;
        onToken.accept(text.slice(start, end), token.id());
        done = end;
      }
      at = nameEnd;
    }
    if (done < string.length()) {
      onText.accept(text.slice(done, string.length()));
    }
  }

  private int longest(String string, int from) {
    int found = -1;
    int state = Trie.ROOT;
    for (int at = from; at < string.length(); at++) {
      state = trie.step(state, string.charAt(at));
      if (state == Trie.NONE) {
        break;
      }
      found = trie.value(state) == Trie.NONE ? found : trie.value(state);
    }
    return found;
  }

  private static boolean counts(AddedName token, Names names, String string, int start, int end) {
    if (names == Names.NOT_SPECIAL && token.special()) {
      return false;
    }
    return !token.singleWord()
        || ((start == 0 || !Kinds.isWord(string.codePointBefore(start)))
            && (end == string.length() || !Kinds.isWord(string.codePointAt(end))));
  }

  private static int blankStart(String string, int from, int at) {
    int start = at;
    while (start > from && Kinds.isWhiteSpace(string.charAt(start - 1))) {
      start--;
    }
    return start;
  }

  private static int blankEnd(String string, int at) {
    int end = at;
    while (end < string.length() && Kinds.isWhiteSpace(string.charAt(end))) {
      end++;
    }
    return end;
  }
}
