package dev.athanor.inference;

import dev.athanor.inference.GenerationEvent.Token;
import dev.athanor.tokenizer.TokenStream;
import dev.athanor.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/// Turns tokens into text as they come: what the tokenizer's decoder makes of the whole, as far as it can no longer change.
/// Characters wait as long as they could be the beginning of a stop text. Special tokens have no text.
final class TextStream {
  /// Text that may be shown, and the tokens that it came from.
  record Piece(String text, List<Token> tokens) {
    boolean isEmpty() {
      return text.isEmpty() && tokens.isEmpty();
    }
  }

  private record Waiting(Token token, long start) {}

  private final Tokenizer tokenizer;
  private final List<String> stops;
  private final TokenStream decoded;
  private final StringBuilder held = new StringBuilder();
  private final List<Waiting> waiting = new ArrayList<>();
  /// Characters released so far.
  private long released;
  private boolean stopped;

  TextStream(Tokenizer tokenizer, List<String> stops) {
    this.tokenizer = tokenizer;
    this.stops = stops;
    decoded = tokenizer.stream();
  }

  /// Whether a stop text has come; then nothing more is released.
  boolean stopped() {
    return stopped;
  }

  /// Takes a token and releases what can be.
  Piece push(Token token) {
    waiting.add(new Waiting(token, released + held.length()));
    if (!tokenizer.isSpecial(token.id())) {
      held.append(decoded.push(token.id()));
    }
    return release(false);
  }

  /// Releases all that is left; what is unfinished becomes U+FFFD.
  Piece finish() {
    held.append(decoded.finish());
    return release(true);
  }

  private Piece release(boolean end) {
    if (stopped) {
      return new Piece("", List.of());
    }
    int stop = firstStop();
    if (stop >= 0) {
      stopped = true;
      return take(stop, false);
    }
    return take(end ? held.length() : held.length() - heldBack(), end);
  }

  private int firstStop() {
    int first = -1;
    for (String stop : stops) {
      int at = held.indexOf(stop);
      if (at >= 0 && (first < 0 || at < first)) {
        first = at;
      }
    }
    return first;
  }

  /// The length of the longest end of the held text that begins a stop text.
  private int heldBack() {
    int most = 0;
    for (String stop : stops) {
      for (int n = Math.min(stop.length() - 1, held.length()); n > most; n--) {
        if (stop.startsWith(held.substring(held.length() - n))) {
          most = n;
        }
      }
    }
    return most;
  }

  private Piece take(int chars, boolean allTokens) {
    String text = held.substring(0, chars);
    held.delete(0, chars);
    released += chars;
    List<Token> tokens = new ArrayList<>();
    if (!text.isEmpty() || allTokens) {
      while (!waiting.isEmpty() && (allTokens || waiting.getFirst().start() < released)) {
        tokens.add(waiting.removeFirst().token());
      }
    }
    return new Piece(text, List.copyOf(tokens));
  }
}
