package dev.athanor.tokenizer;

import dev.athanor.tokenizer.jinja.Text;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Added tokens found by name in a rendered conversation, as far as whoever wrote the name may call them: a control token only
/// the template; another token that the template speaks of, the template and the assistant; any other, everyone.
final class NamedTokens {
  /// The source of what a caller gives beside the messages. Sources of messages are larger; those of the assistant are odd.
  static final int CALLER = 2;

  private final Map<Character, List<Named>> byFirst = new HashMap<>();

  /// @param structural whether the template speaks of it
  private record Named(AddedToken token, boolean structural) {
    boolean mayBeCalledBy(int source) {
      return source == Text.TEMPLATE || (!token.special() && (!structural || (source & 1) == 1));
    }
  }

  /// @param start where it begins, with the white space that it takes
  /// @param name where its name begins
  record Match(int start, int name, int end, int id, boolean special) {}

  NamedTokens(List<AddedToken> added, String jinja) {
    for (AddedToken token : added) {
      byFirst
          .computeIfAbsent(token.content().charAt(0), _ -> new ArrayList<>())
          .add(new Named(token, jinja.contains(token.content())));
    }
    byFirst.values().forEach(l -> l.sort(Comparator.comparingInt((Named n) -> -n.token().content().length())));
  }

  /// Leftmost first, the longest of those that begin at one place.
  List<Match> find(Text text) {
    List<Match> matches = new ArrayList<>();
    String value = text.value();
    int done = 0;
    for (int at = 0; at < value.length(); at++) {
      for (Named named : byFirst.getOrDefault(value.charAt(at), List.of())) {
        AddedToken token = named.token();
        int end = at + token.content().length();
        if (value.startsWith(token.content(), at) && isCalled(named, text, at, end)) {
          int from = token.lstrip() ? Math.max(done, blankStart(value, done, at)) : at;
          done = token.rstrip() ? blankEnd(value, end) : end;
          matches.add(new Match(from, at, done, token.id(), token.special()));
          at = done - 1;
          break;
        }
      }
    }
    return matches;
  }

  private static boolean isCalled(Named named, Text text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!named.mayBeCalledBy(text.source(i))) {
        return false;
      }
    }
    return true;
  }

  private static int blankStart(String text, int from, int at) {
    int start = at;
    while (start > from && AddedTokens.isBlank(text.charAt(start - 1))) {
      start--;
    }
    return start;
  }

  private static int blankEnd(String text, int at) {
    int end = at;
    while (end < text.length() && AddedTokens.isBlank(text.charAt(end))) {
      end++;
    }
    return end;
  }
}
