package dev.athanor.inference.grammar;

/// White space between the parts of JSON.
public enum JsonStyle {
  /// None: `{"a":1,"b":[2,3]}`.
  COMPACT,
  /// One space after each comma and colon, as Python's `json` writes: `{"a": 1, "b": [2, 3]}`.
  SPACED,
  /// What the model likes, within bounds: a space or none after a colon; a space, none, or a new line with up to
  /// [#MAX_INDENT] spaces after a comma and inside brackets. Empty objects and arrays have none inside.
  FREE;

  /// Without a bound a model can write spaces for ever.
  public static final int MAX_INDENT = 24;

  void afterColon(Nfa nfa, int from, int to) {
    switch (this) {
      case COMPACT -> nfa.skip(from, to);
      case SPACED -> nfa.bytes(from, ' ', ' ', to);
      case FREE -> {
        nfa.skip(from, to);
        nfa.bytes(from, ' ', ' ', to);
      }
    }
  }

  void afterComma(Nfa nfa, int from, int to) {
    switch (this) {
      case COMPACT -> nfa.skip(from, to);
      case SPACED -> nfa.bytes(from, ' ', ' ', to);
      case FREE -> free(nfa, from, to);
    }
  }

  void insideBracket(Nfa nfa, int from, int to) {
    switch (this) {
      case COMPACT, SPACED -> nfa.skip(from, to);
      case FREE -> free(nfa, from, to);
    }
  }

  private static void free(Nfa nfa, int from, int to) {
    nfa.skip(from, to);
    nfa.bytes(from, ' ', ' ', to);
    int at = nfa.state();
    nfa.bytes(from, '\n', '\n', at);
    nfa.skip(at, to);
    for (int i = 0; i < MAX_INDENT; i++) {
      int next = nfa.state();
      nfa.bytes(at, ' ', ' ', next);
      nfa.skip(next, to);
      at = next;
    }
  }
}
