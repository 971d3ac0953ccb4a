package dev.athanor.tokenizer.jinja;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An expression of a template. `line` is where it begins.
sealed interface Expr {
  int line();

  record Literal(Value value, int line) implements Expr {}

  record Name(String name, int line) implements Expr {}

  /// `target.name`
  record Attribute(Expr target, String name, int line) implements Expr {}

  /// `target[key]`
  record Item(Expr target, Expr key, int line) implements Expr {}

  /// `target[start:stop:step]`
  record Slice(Expr target, @Nullable Expr start, @Nullable Expr stop, @Nullable Expr step, int line) implements Expr {}

  record Call(Expr callee, Given given, int line) implements Expr {}

  /// `target|name(…)`
  record Filter(Expr target, String name, Given given, int line) implements Expr {}

  /// `target is name(…)`
  record Test(Expr target, String name, Given given, int line) implements Expr {}

  record Not(Expr operand, int line) implements Expr {}

  /// `-x` or `+x`
  record Sign(boolean minus, Expr operand, int line) implements Expr {}

  /// Arithmetic: + - * / // % **
  record Binary(String operator, Expr left, Expr right, int line) implements Expr {}

  /// `left and right`, `left or right`: gives one of them.
  record Logic(boolean and, Expr left, Expr right, int line) implements Expr {}

  /// `a < b <= c`
  record Comparison(Expr first, List<Step> steps, int line) implements Expr {
    record Step(String operator, Expr right) {}
  }

  /// `a ~ b`
  record Concat(List<Expr> parts, int line) implements Expr {}

  /// `yes if test else no`
  record Conditional(Expr test, Expr yes, @Nullable Expr no, int line) implements Expr {}

  record ListOf(List<Expr> values, boolean tuple, int line) implements Expr {}

  record DictOf(List<Map.Entry<Expr, Expr>> entries, int line) implements Expr {}

  /// The arguments of a call.
  record Given(List<Expr> positional, Map<String, Expr> named) {
    static final Given NOTHING = new Given(List.of(), Map.of());
  }
}
