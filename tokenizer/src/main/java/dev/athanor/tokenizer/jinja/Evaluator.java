package dev.athanor.tokenizer.jinja;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Runs a template's statements.
final class Evaluator {
  private static final int DEEPEST_CALL = 100;

  /// How a list of statements ended.
  private enum Flow {
    ON,
    BREAK,
    CONTINUE
  }

  private final Text.Builder top = new Text.Builder();
  private final List<JinjaTemplate.Span> generation = new ArrayList<>();
  private int calls;
  private int loops;

  JinjaTemplate.Rendering run(List<Stmt> body, Scope scope) {
    run(body, scope, top);
    return new JinjaTemplate.Rendering(top.done(), List.copyOf(generation));
  }

  private Flow run(List<Stmt> body, Scope scope, Text.Builder out) {
    for (Stmt statement : body) {
      Flow flow = run(statement, scope, out);
      if (flow != Flow.ON) {
        return flow;
      }
    }
    return Flow.ON;
  }

  private Flow run(Stmt statement, Scope scope, Text.Builder out) {
    switch (statement) {
      case Stmt.Data data -> out.append(data.text());
      case Stmt.Output output -> output(output, scope, out);
      case Stmt.If branch -> {
        boolean holds = Python.truth(Expressions.evaluate(branch.test(), scope));
        return run(holds ? branch.body() : branch.otherwise(), scope, out);
      }
      case Stmt.For loop -> loop(loop, scope, out);
      case Stmt.Set set -> assign(set.target(), Expressions.evaluate(set.value(), scope), scope, set.line());
      case Stmt.SetBlock set -> assign(set.target(), filtered(set.filters(), set.body(), scope), scope, set.line());
      case Stmt.FilterBlock block -> out.append(Python.str(filtered(block.filters(), block.body(), scope)));
      case Stmt.Macro macro -> scope.set(macro.name(), new Value.Function(macro.name(), a -> call(macro, a, scope)));
      case Stmt.With with -> {
        Scope inner = scope.inner();
        with.values().forEach(v -> assign(v.getKey(), Expressions.evaluate(v.getValue(), scope), inner, with.line()));
        return run(with.body(), inner, out);
      }
      case Stmt.Generation block -> {
        int start = out.length();
        run(block.body(), scope.inner(), out);
        if (out == top) {
          generation.add(new JinjaTemplate.Span(start, out.length()));
        }
      }
      case Stmt.Break _ -> {
        return Flow.BREAK;
      }
      case Stmt.Continue _ -> {
        return Flow.CONTINUE;
      }
    }
    return Flow.ON;
  }

  private static void output(Stmt.Output output, Scope scope, Text.Builder out) {
    Value value = Expressions.evaluate(output.value(), scope);
    try {
      out.append(Python.str(value));
    } catch (JinjaError e) {
      throw e.at(output.value().line());
    }
  }

  private void loop(Stmt.For loop, Scope scope, Text.Builder out) {
    List<Value> values = values(loop, scope);
    loops++;
    for (int i = 0; i < values.size(); i++) {
      Scope inner = scope.inner();
      inner.set("loop", new Loop(values, i, loops));
      assign(loop.target(), values.get(i), inner, loop.line());
      if (run(loop.body(), inner, out) == Flow.BREAK) {
        break;
      }
    }
    loops--;
    if (values.isEmpty()) {
      run(loop.otherwise(), scope.inner(), out);
    }
  }

  private static List<Value> values(Stmt.For loop, Scope scope) {
    List<Value> all;
    try {
      all = Python.iterate(Expressions.evaluate(loop.values(), scope));
    } catch (JinjaError e) {
      throw e.at(loop.line());
    }
    Expr condition = loop.condition();
    if (condition == null) {
      return all;
    }
    List<Value> kept = new ArrayList<>();
    for (Value value : all) {
      Scope inner = scope.inner();
      assign(loop.target(), value, inner, loop.line());
      if (Python.truth(Expressions.evaluate(condition, inner))) {
        kept.add(value);
      }
    }
    return kept;
  }

  private Value filtered(List<Expr.Filter> filters, List<Stmt> body, Scope scope) {
    Text.Builder inner = new Text.Builder();
    run(body, scope.inner(), inner);
    Value value = inner.done();
    for (Expr.Filter filter : filters) {
      value = Expressions.evaluate(new Expr.Filter(new Expr.Literal(value, filter.line()), filter.name(), filter.given(), filter.line()), scope);
    }
    return value;
  }

  private static void assign(Stmt.Target target, Value value, Scope scope, int line) {
    switch (target) {
      case Stmt.Target.Name name -> scope.set(name.name(), value);
      case Stmt.Target.Attribute attribute -> {
        if (!(scope.get(attribute.namespace()) instanceof Value.Namespace namespace)) {
          throw new JinjaError("'" + attribute.namespace() + "' is no namespace: nothing else can be changed", line);
        }
        namespace.attributes().put(attribute.attribute(), value);
      }
      case Stmt.Target.Tuple tuple -> {
        List<Value> values = Python.iterate(value);
        if (values.size() != tuple.targets().size()) {
          throw new JinjaError(
              "%d names for %d values".formatted(tuple.targets().size(), values.size()), line);
        }
        for (int i = 0; i < values.size(); i++) {
          assign(tuple.targets().get(i), values.get(i), scope, line);
        }
      }
    }
  }

  private Value call(Stmt.Macro macro, Arguments arguments, Scope definition) {
    if (++calls > DEEPEST_CALL) {
      throw new JinjaError("macros call each other deeper than " + DEEPEST_CALL);
    }
    Scope inner = definition.inner();
    Map<String, Value> given = new LinkedHashMap<>(arguments.named());
    if (arguments.positional().size() > macro.parameters().size()) {
      throw new JinjaError("macro '" + macro.name() + "' takes not more than " + macro.parameters().size() + " arguments");
    }
    for (int i = 0; i < arguments.positional().size(); i++) {
      given.put(macro.parameters().get(i), arguments.positional().get(i));
    }
    Set<String> unknown = new HashSet<>(given.keySet());
    macro.parameters().forEach(unknown::remove);
    if (!unknown.isEmpty()) {
      throw new JinjaError("macro '" + macro.name() + "' takes no argument " + unknown);
    }
    for (String parameter : macro.parameters()) {
      Value value = given.get(parameter);
      Expr otherwise = macro.defaults().get(parameter);
      if (value == null) {
        value =
            otherwise == null
                ? new Value.Undefined("parameter '" + parameter + "' was not provided")
                : Expressions.evaluate(otherwise, inner);
      }
      inner.set(parameter, value);
    }
    Text.Builder out = new Text.Builder();
    run(macro.body(), inner, out);
    calls--;
    return out.done();
  }
}
