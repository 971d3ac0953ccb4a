package dev.athanor.tokenizer;

import dev.athanor.tokenizer.NamedTokens.Match;
import dev.athanor.tokenizer.StretchEncoder.Place;
import dev.athanor.tokenizer.jinja.JinjaTemplate.Span;
import dev.athanor.tokenizer.jinja.Text;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/// Where the tokens, the turns and the learned stretches of one rendered conversation are.
final class ChatLayout {
  private final Text text;
  private final List<Match> matches;
  private final List<Span> learned = new ArrayList<>();
  /// Where encoding begins anew.
  private final BitSet cuts = new BitSet();

  ChatLayout(Text text, NamedTokens tokens) {
    this.text = text;
    matches = tokens.find(text);
  }

  /// @param end the index after its last character
  void learn(Span span) {
    if (span.end() > span.start()) {
      learned.add(span);
      cuts.set(span.start());
      cuts.set(span.end());
    }
  }

  void cut(int at) {
    cuts.set(at);
  }

  /// What a turn says and the control token that ends it.
  ///
  /// @param source who speaks
  /// @param prompt the length of what asks for the turn, or -1 where the text does not begin with that
  /// @return empty where nothing of the turn is in the text
  Optional<Span> turn(int source, int prompt) {
    int first = -1;
    int end = Math.max(prompt, 0);
    for (int i = end; i < text.length(); i++) {
      if (text.source(i) == source) {
        first = first < 0 ? i : first;
        end = i + 1;
      }
    }
    if (first < 0 && prompt < 0) {
      return Optional.empty();
    }
    return Optional.of(new Span(prompt >= 0 ? prompt : first, closing(end).map(Match::end).orElse(end)));
  }

  /// The first control token at or after a place, unless someone speaks before.
  private Optional<Match> closing(int from) {
    int to = from;
    while (to < text.length() && text.source(to) == Text.TEMPLATE) {
      to++;
    }
    int limit = to;
    List<Match> between = matches.stream().filter(m -> m.end() > from && m.start() < limit).toList();
    return between.stream().filter(Match::special).findFirst().or(() -> between.stream().findFirst());
  }

  /// The control token that a stretch ends with.
  Optional<Match> last(Span span) {
    return matches.stream().filter(m -> m.end() == span.end() && m.name() >= span.start()).findFirst();
  }

  /// Ids and mask of the whole text.
  ChatTemplate.Rendered encode(StretchEncoder encoder) {
    IntList ids = new IntList(text.length() / 3);
    BitSet mask = new BitSet();
    int done = 0;
    Place place = Place.BEGINNING;
    for (Match match : matches) {
      stretch(done, match.start(), place, encoder, ids, mask);
      mask.set(ids.size(), isLearned(match.name()));
      ids.add(match.id());
      done = match.end();
      place = Place.AFTER_TOKEN;
    }
    stretch(done, text.length(), place, encoder, ids, mask);
    boolean[] flags = new boolean[ids.size()];
    for (int i = 0; i < flags.length; i++) {
      flags[i] = mask.get(i);
    }
    return new ChatTemplate.Rendered(text.value(), ids.toArray(), flags);
  }

  private void stretch(int from, int to, Place place, StretchEncoder encoder, IntList ids, BitSet mask) {
    Place here = place;
    for (int start = from; start < to; ) {
      int cut = cuts.nextSetBit(start + 1);
      int end = cut < 0 ? to : Math.min(cut, to);
      int[] more = encoder.encode(text.value().substring(start, end), here);
      mask.set(ids.size(), ids.size() + more.length, isLearned(start));
      ids.addAll(more);
      start = end;
      here = Place.WITHIN;
    }
  }

  private boolean isLearned(int at) {
    return learned.stream().anyMatch(s -> s.start() <= at && at < s.end());
  }
}
