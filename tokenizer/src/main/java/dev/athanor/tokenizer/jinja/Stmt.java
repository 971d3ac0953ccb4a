package dev.athanor.tokenizer.jinja;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A statement of a template.
sealed interface Stmt {
  /// Text between tags.
  record Data(String text) implements Stmt {}

  /// `{{ value }}`
  record Output(Expr value) implements Stmt {}

  record If(Expr test, List<Stmt> body, List<Stmt> otherwise) implements Stmt {}

  record For(Target target, Expr values, @Nullable Expr condition, List<Stmt> body, List<Stmt> otherwise, int line)
      implements Stmt {}

  record Set(Target target, Expr value, int line) implements Stmt {}

  /// `{% set name | filters %}…{% endset %}`
  record SetBlock(Target target, List<Expr.Filter> filters, List<Stmt> body, int line) implements Stmt {}

  record Macro(String name, List<String> parameters, Map<String, Expr> defaults, List<Stmt> body) implements Stmt {}

  /// `{% filter name %}…{% endfilter %}`
  record FilterBlock(List<Expr.Filter> filters, List<Stmt> body) implements Stmt {}

  record With(List<Map.Entry<Target, Expr>> values, List<Stmt> body, int line) implements Stmt {}

  /// `{% generation %}…{% endgeneration %}`: what the assistant says, as transformers' extension marks it.
  record Generation(List<Stmt> body) implements Stmt {}

  record Break() implements Stmt {}

  record Continue() implements Stmt {}

  /// What is assigned to.
  sealed interface Target {
    record Name(String name) implements Target {}

    /// `namespace.attribute`
    record Attribute(String namespace, String attribute) implements Target {}

    record Tuple(List<Target> targets) implements Target {}
  }
}
