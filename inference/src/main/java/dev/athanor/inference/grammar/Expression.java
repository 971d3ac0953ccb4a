package dev.athanor.inference.grammar;

import java.util.List;

/// A regular expression over code points; with [Name] a grammar's right-hand side.
sealed interface Expression {
  Expression EMPTY = new Sequence(List.of());

  /// One code point of a set.
  record Chars(CodePoints set) implements Expression {}

  record Sequence(List<Expression> parts) implements Expression {}

  /// One of the options; none matches nothing, not even the empty text.
  record Choice(List<Expression> options) implements Expression {}

  /// @param max −1: no upper bound
  record Repeat(Expression body, int min, int max) implements Expression {
    static Expression of(Expression body, int min, int max) {
      // (x?){m,n} is x{0,n}: without this it would have n² ways to skip.
      if (body instanceof Repeat inner && inner.min == 0 && inner.max == 1) {
        return new Repeat(inner.body, 0, max);
      }
      return new Repeat(body, min, max);
    }
  }

  /// Another rule of the grammar.
  record Name(String rule) implements Expression {}

  /// `^` where `start`, else `$`.
  record Anchor(boolean start) implements Expression {}

  static Expression literal(String text) {
    return new Sequence(text.codePoints().<Expression>mapToObj(c -> new Chars(CodePoints.of(c))).toList());
  }
}
