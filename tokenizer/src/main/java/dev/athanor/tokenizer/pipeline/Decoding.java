package dev.athanor.tokenizer.pipeline;

/// One step from tokens to text, as it goes on: it takes tokens, each in one or more parts, and gives tokens to the next step
/// as soon as they can no longer change. Joined, what the last step gives is the text. Keeps what it needs to know of the
/// tokens so far: one for each text.
abstract class Decoding {
  private final Decoding next;

  /// @param next who takes what this one gives; the last step of all gives to itself
  Decoding(Decoding next) {
    this.next = next;
  }

  /// The last step: collects text.
  static final class Collected extends Decoding {
    private final StringBuilder text = new StringBuilder();

    @SuppressWarnings("NullAway") // It gives nothing to anyone.
    Collected() {
      super(null);
    }

    @Override
    void part(String part) {
      text.append(part);
    }

    @Override
    void endToken() {}

    @Override
    void finish() {}

    /// What came since the last call.
    String take() {
      String taken = text.toString();
      text.setLength(0);
      return taken;
    }
  }

  /// A part of the token that is being taken.
  abstract void part(String part);

  /// The token is complete.
  abstract void endToken();

  /// No token comes any more.
  void finish() {
    next.finish();
  }

  final void token(String token) {
    part(token);
    endToken();
  }

  final void givePart(String part) {
    if (!part.isEmpty()) {
      next.part(part);
    }
  }

  final void giveEnd() {
    next.endToken();
  }

  final void give(String token) {
    givePart(token);
    giveEnd();
  }

  /// A step that looks at whole tokens.
  abstract static class Whole extends Decoding {
    private final StringBuilder parts = new StringBuilder();

    Whole(Decoding next) {
      super(next);
    }

    @Override
    final void part(String part) {
      parts.append(part);
    }

    @Override
    final void endToken() {
      String token = parts.toString();
      parts.setLength(0);
      take(token);
    }

    abstract void take(String token);
  }
}
