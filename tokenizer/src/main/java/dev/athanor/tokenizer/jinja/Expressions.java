package dev.athanor.tokenizer.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What expressions come to.
final class Expressions {
  private Expressions() {}

  /// @throws JinjaError with the line of the innermost expression that fails
  static Value evaluate(Expr expr, Scope scope) {
    try {
      return value(expr, scope);
    } catch (JinjaError e) {
      throw e.at(expr.line());
    }
  }

  private static Value value(Expr expr, Scope scope) {
    return switch (expr) {
      case Expr.Literal literal -> literal.value();
      case Expr.Name name -> scope.get(name.name());
      case Expr.Attribute a -> Lookup.attribute(evaluate(a.target(), scope), a.name());
      case Expr.Item item -> Lookup.item(evaluate(item.target(), scope), evaluate(item.key(), scope));
      case Expr.Slice s ->
          Lookup.slice(evaluate(s.target(), scope), optional(s.start(), scope), optional(s.stop(), scope), optional(s.step(), scope));
      case Expr.Call call -> call(evaluate(call.callee(), scope), arguments(call.given(), scope));
      case Expr.Filter f -> Filters.apply(f.name(), evaluate(f.target(), scope), arguments(f.given(), scope));
      case Expr.Test t -> new Value.Bool(Tests.apply(t.name(), evaluate(t.target(), scope), arguments(t.given(), scope)));
      case Expr.Not not -> new Value.Bool(!Python.truth(evaluate(not.operand(), scope)));
      case Expr.Sign sign -> sign(sign.minus(), evaluate(sign.operand(), scope));
      case Expr.Binary b -> Arithmetic.apply(b.operator(), evaluate(b.left(), scope), evaluate(b.right(), scope));
      case Expr.Logic logic -> {
        Value left = evaluate(logic.left(), scope);
        yield Python.truth(left) == logic.and() ? evaluate(logic.right(), scope) : left;
      }
      case Expr.Comparison comparison -> new Value.Bool(compare(comparison, scope));
      case Expr.Concat concat -> {
        Text.Builder out = new Text.Builder();
        concat.parts().forEach(part -> out.append(Python.str(evaluate(part, scope))));
        yield out.done();
      }
      case Expr.Conditional c -> {
        Expr no = c.no();
        if (Python.truth(evaluate(c.test(), scope))) {
          yield evaluate(c.yes(), scope);
        }
        yield no == null ? new Value.Undefined("the inline if has no else") : evaluate(no, scope);
      }
      case Expr.ListOf list ->
          new Value.Items(list.values().stream().map(v -> evaluate(v, scope)).toList(), list.tuple());
      case Expr.DictOf dict -> {
        Map<Value, Value> entries = new LinkedHashMap<>();
        dict.entries().forEach(e -> entries.put(evaluate(e.getKey(), scope), evaluate(e.getValue(), scope)));
        yield new Value.Dict(entries);
      }
    };
  }

  private static @Nullable Value optional(@Nullable Expr expr, Scope scope) {
    return expr == null ? null : evaluate(expr, scope);
  }

  static Value call(Value callee, Arguments arguments) {
    if (callee instanceof Value.Function function) {
      return function.body().call(arguments);
    }
    throw new JinjaError(
        callee instanceof Value.Undefined undefined ? undefined.what() : "a " + Python.kind(callee) + " cannot be called");
  }

  static Arguments arguments(Expr.Given given, Scope scope) {
    if (given.positional().isEmpty() && given.named().isEmpty()) {
      return Arguments.NONE;
    }
    List<Value> positional = new ArrayList<>();
    given.positional().forEach(e -> positional.add(evaluate(e, scope)));
    Map<String, Value> named = new LinkedHashMap<>();
    given.named().forEach((name, e) -> named.put(name, evaluate(e, scope)));
    return new Arguments(positional, named);
  }

  private static Value sign(boolean minus, Value value) {
    if (value instanceof Value.Real real) {
      return minus ? new Value.Real(-real.value()) : real;
    }
    long whole = Python.whole(value);
    return new Value.Int(minus ? -whole : whole);
  }

  private static boolean compare(Expr.Comparison comparison, Scope scope) {
    Value left = evaluate(comparison.first(), scope);
    for (Expr.Comparison.Step step : comparison.steps()) {
      Value right = evaluate(step.right(), scope);
      boolean holds =
          switch (step.operator()) {
            case "==" -> Python.equal(left, right);
            case "!=" -> !Python.equal(left, right);
            case "<" -> Python.compare(left, right) < 0;
            case ">" -> Python.compare(left, right) > 0;
            case "<=" -> Python.compare(left, right) <= 0;
            case ">=" -> Python.compare(left, right) >= 0;
            case "in" -> Python.contains(right, left);
            case "not in" -> !Python.contains(right, left);
            default -> throw new AssertionError(step.operator());
          };
      if (!holds) {
        return false;
      }
      left = right;
    }
    return true;
  }
}
