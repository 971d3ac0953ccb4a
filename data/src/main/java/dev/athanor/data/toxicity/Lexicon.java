package dev.athanor.data.toxicity;

import dev.athanor.data.flow.Span;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/// Finds the phrases of word lists where they mean what they are listed for: Latin ones as whole words, none within a benign phrase,
/// ambiguous ones near one of their contexts only. Linear in the text's length.
public final class Lexicon {
  /// How far away a context may stand, in characters of the normalised text.
  private static final int NEAR = 40;

  private final List<Term> terms;
  private final Automaton automaton;

  /// @param lists of the user, beside the program's own
  public Lexicon(List<Path> lists) {
    List<Term> all = new ArrayList<>(WordLists.own());
    lists.forEach(list -> all.addAll(WordLists.read(list)));
    terms = List.copyOf(all);
    automaton = new Automaton(terms.stream().map(Term::text).toList());
  }

  /// A phrase that was found.
  ///
  /// @param letters that it has
  public record Hit(Category category, Span span, int letters) {}

  /// @param hits in the order of the text
  /// @param letters and digits in the text
  public record Found(List<Hit> hits, int letters) {
    public Found {
      hits = List.copyOf(hits);
    }
  }

  public Found find(CharSequence raw) {
    PlainText plain = PlainText.of(raw);
    String text = plain.text();
    List<Match> matches = new ArrayList<>();
    List<Match> benign = new ArrayList<>();
    automaton.find(
        text,
        (id, end) -> {
          Term term = terms.get(id);
          int start = end - term.text().length();
          if (isWhole(text, start, end, term)) {
            (term.benign() ? benign : matches).add(new Match(start, end, term));
          }
        });
    var harmless = new Cover(benign);
    matches.sort(Comparator.comparingInt(Match::start).thenComparing(Match::end, Comparator.reverseOrder()));
    List<Hit> hits = new ArrayList<>();
    int reached = 0;
    for (Match match : matches) {
      // Of phrases within each other the longest counts.
      if (match.end > reached && !harmless.holds(match.start, match.end) && isNearContext(text, match)) {
        reached = match.end;
        hits.add(match.hit(plain));
      }
    }
    return new Found(hits, plain.letters());
  }

  private record Match(int start, int end, Term term) {
    Hit hit(PlainText plain) {
      int letters = (int) term.text().chars().filter(Character::isLetterOrDigit).count();
      Category category = Objects.requireNonNull(term.category(), "a benign phrase is no hit");
      return new Hit(category, new Span(plain.rawStart(start), plain.rawEnd(end)), letters);
    }
  }

  private static boolean isWhole(String text, int start, int end, Term term) {
    boolean left = start == 0 || !isSpelled(text.charAt(start)) || !isSpelled(text.charAt(start - 1));
    boolean right = end == text.length() || term.open() || !isSpelled(text.charAt(end - 1)) || !isSpelled(text.charAt(end));
    return left && right;
  }

  /// A letter of a script that puts blanks between words.
  private static boolean isSpelled(char c) {
    return Character.isLetterOrDigit(c) && !PlainText.isHan(c);
  }

  private static boolean isNearContext(String text, Match match) {
    if (match.term.contexts().isEmpty()) {
      return true;
    }
    String before = text.substring(Math.max(0, match.start - NEAR), match.start);
    String after = text.substring(match.end, Math.min(text.length(), match.end + NEAR));
    return match.term.contexts().stream().anyMatch(context -> isIn(before, context) || isIn(after, context));
  }

  private static boolean isIn(String text, String context) {
    for (int at = text.indexOf(context); at >= 0; at = text.indexOf(context, at + 1)) {
      int end = at + context.length();
      boolean left = at == 0 || !isSpelled(context.charAt(0)) || !isSpelled(text.charAt(at - 1));
      boolean right = end == text.length() || !isSpelled(text.charAt(end - 1)) || !isSpelled(text.charAt(end));
      if (left && right) {
        return true;
      }
    }
    return false;
  }

  /// Which places lie within one of many intervals.
  private static final class Cover {
    private final int[] starts;
    private final int[] reach;

    Cover(List<Match> intervals) {
      List<Match> sorted = intervals.stream().sorted(Comparator.comparingInt(Match::start)).toList();
      starts = sorted.stream().mapToInt(Match::start).toArray();
      reach = sorted.stream().mapToInt(Match::end).toArray();
      for (int i = 1; i < reach.length; i++) {
        reach[i] = Math.max(reach[i], reach[i - 1]);
      }
    }

    boolean holds(int start, int end) {
      int at = Arrays.binarySearch(starts, start);
      if (at < 0) {
        at = -at - 2;
      }
      while (at >= 0 && at + 1 < starts.length && starts[at + 1] == start) {
        at++;
      }
      return at >= 0 && reach[at] >= end;
    }
  }
}
