package dev.athanor.train.objective;

import dev.athanor.base.UserException;
import java.util.OptionalInt;

/// The control tokens around every sequence, such as BERT's `[CLS]` and `[SEP]` or BART's `<s>` and `</s>`; T5 has a last one only.
public record Frame(OptionalInt first, int last) {
  public static Frame around(int first, int last) {
    return new Frame(OptionalInt.of(first), last);
  }

  public static Frame endingIn(int last) {
    return new Frame(OptionalInt.empty(), last);
  }

  /// How many there are.
  int tokens() {
    return first.isPresent() ? 2 : 1;
  }

  /// Where the text begins in a framed sequence.
  int textStart() {
    return tokens() - 1;
  }

  /// The longest rows whose pieces fit a context once they are framed.
  ///
  /// @throws UserException where nothing fits
  public int rowLength(int contextLength) {
    if (contextLength <= tokens()) {
      throw new UserException(
          "a context of " + contextLength + " has no room for text between the tokens around it; context_length must be at least "
              + (tokens() + 1));
    }
    return contextLength - tokens();
  }

  int[] around(int[] text) {
    int[] framed = new int[text.length + tokens()];
    first.ifPresent(id -> framed[0] = id);
    System.arraycopy(text, 0, framed, textStart(), text.length);
    framed[framed.length - 1] = last;
    return framed;
  }
}
