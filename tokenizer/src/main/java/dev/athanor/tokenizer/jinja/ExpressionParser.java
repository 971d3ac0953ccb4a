package dev.athanor.tokenizer.jinja;

import dev.athanor.tokenizer.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Expressions, by Jinja's order of operators: `if else`, `or`, `and`, `not`, comparisons, `+ -`, `~`, `* / // %`, `**`, signs,
/// then what follows a value: `.name`, `[…]`, `(…)`, `|filter`, `is test`.
class ExpressionParser {
  private static final int DEEPEST = 200;
  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", ">", "<=", ">=");
  private static final Set<String> NO_ARGUMENT = Set.of("else", "or", "and", "is", "in", "not", "if");

  private final List<Token> tokens;
  private int at;
  private int depth;

  ExpressionParser(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token peek() {
    return tokens.get(at);
  }

  Token take() {
    Token token = tokens.get(at);
    if (token.kind() != Kind.END) {
      at++;
    }
    return token;
  }

  boolean accept(String operator) {
    boolean there = peek().is(operator);
    if (there) {
      take();
    }
    return there;
  }

  boolean acceptName(String name) {
    boolean there = peek().isName(name);
    if (there) {
      take();
    }
    return there;
  }

  void expect(String operator) {
    if (!accept(operator)) {
      throw unexpected("'" + operator + "'");
    }
  }

  void expect(Kind kind, String what) {
    if (peek().kind() != kind) {
      throw unexpected(what);
    }
    take();
  }

  String name() {
    if (peek().kind() != Kind.NAME) {
      throw unexpected("a name");
    }
    return take().text();
  }

  JinjaError unexpected(String wanted) {
    return new JinjaError("expected " + wanted + ", found '" + peek().text() + "'", peek().line());
  }

  /// `a, b` is a tuple.
  Expr tupleOrExpression() {
    int line = peek().line();
    Expr first = expression();
    if (!peek().is(",")) {
      return first;
    }
    List<Expr> values = new ArrayList<>(List.of(first));
    while (accept(",")) {
      if (peek().kind() == Kind.BLOCK_END || peek().kind() == Kind.VARIABLE_END || peek().is("=") || peek().is(")")) {
        break;
      }
      values.add(expression());
    }
    return new Expr.ListOf(values, true, line);
  }

  Expr expression() {
    if (++depth > DEEPEST) {
      throw new JinjaError("expressions nest deeper than " + DEEPEST, peek().line());
    }
    Expr value = or();
    while (peek().isName("if")) {
      int line = take().line();
      Expr test = or();
      Expr no = acceptName("else") ? expression() : null;
      value = new Expr.Conditional(test, value, no, line);
    }
    depth--;
    return value;
  }

  /// Without `if`, which a loop's condition begins with.
  Expr or() {
    Expr left = and();
    while (peek().isName("or")) {
      int line = take().line();
      left = new Expr.Logic(false, left, and(), line);
    }
    return left;
  }

  private Expr and() {
    Expr left = not();
    while (peek().isName("and")) {
      int line = take().line();
      left = new Expr.Logic(true, left, not(), line);
    }
    return left;
  }

  private Expr not() {
    if (!peek().isName("not")) {
      return comparison();
    }
    if (++depth > DEEPEST) {
      throw new JinjaError("expressions nest deeper than " + DEEPEST, peek().line());
    }
    int line = take().line();
    Expr operand = not();
    depth--;
    return new Expr.Not(operand, line);
  }

  private Expr comparison() {
    int line = peek().line();
    Expr first = sum();
    List<Expr.Comparison.Step> steps = new ArrayList<>();
    for (String operator = comparator(); operator != null; operator = comparator()) {
      steps.add(new Expr.Comparison.Step(operator, sum()));
    }
    return steps.isEmpty() ? first : new Expr.Comparison(first, steps, line);
  }

  private @Nullable String comparator() {
    if (peek().kind() == Kind.OPERATOR && COMPARISONS.contains(peek().text())) {
      return take().text();
    }
    if (acceptName("in")) {
      return "in";
    }
    if (peek().isName("not") && tokens.get(at + 1).isName("in")) {
      at += 2;
      return "not in";
    }
    return null;
  }

  private Expr sum() {
    Expr left = concat();
    while (peek().is("+") || peek().is("-")) {
      Token operator = take();
      left = new Expr.Binary(operator.text(), left, concat(), operator.line());
    }
    return left;
  }

  private Expr concat() {
    int line = peek().line();
    Expr first = product();
    if (!peek().is("~")) {
      return first;
    }
    List<Expr> parts = new ArrayList<>(List.of(first));
    while (accept("~")) {
      parts.add(product());
    }
    return new Expr.Concat(parts, line);
  }

  private Expr product() {
    Expr left = power();
    while (peek().is("*") || peek().is("/") || peek().is("//") || peek().is("%")) {
      Token operator = take();
      left = new Expr.Binary(operator.text(), left, power(), operator.line());
    }
    return left;
  }

  private Expr power() {
    Expr left = signed(true);
    while (peek().is("**")) {
      int line = take().line();
      left = new Expr.Binary("**", left, signed(true), line);
    }
    return left;
  }

  private Expr signed(boolean filters) {
    Token token = peek();
    Expr value;
    if (token.is("-") || token.is("+")) {
      if (++depth > DEEPEST) {
        throw new JinjaError("expressions nest deeper than " + DEEPEST, token.line());
      }
      take();
      value = new Expr.Sign(token.is("-"), signed(false), token.line());
      depth--;
    } else {
      value = primary();
    }
    value = postfix(value);
    return filters ? filtersAndTests(value) : value;
  }

  private Expr primary() {
    Token token = peek();
    return switch (token.kind()) {
      case NAME -> named(take());
      case STRING -> {
        StringBuilder text = new StringBuilder();
        while (peek().kind() == Kind.STRING) {
          text.append(take().text());
        }
        yield new Expr.Literal(Text.of(text.toString()), token.line());
      }
      case INTEGER -> new Expr.Literal(integer(take()), token.line());
      case FLOAT -> new Expr.Literal(new Value.Real(Double.parseDouble(take().text())), token.line());
      case OPERATOR -> bracketed(token);
      case DATA, BLOCK_BEGIN, BLOCK_END, VARIABLE_BEGIN, VARIABLE_END, END -> throw unexpected("an expression");
    };
  }

  private static Value integer(Token token) {
    try {
      return new Value.Int(Long.parseLong(token.text()));
    } catch (NumberFormatException e) {
      throw new JinjaError("the number " + token.text() + " is too large", token.line());
    }
  }

  private static Expr named(Token token) {
    return switch (token.text()) {
      case "true", "True" -> new Expr.Literal(new Value.Bool(true), token.line());
      case "false", "False" -> new Expr.Literal(new Value.Bool(false), token.line());
      case "none", "None" -> new Expr.Literal(new Value.None(), token.line());
      default -> new Expr.Name(token.text(), token.line());
    };
  }

  private Expr bracketed(Token token) {
    if (accept("(")) {
      if (accept(")")) {
        return new Expr.ListOf(List.of(), true, token.line());
      }
      Expr inner = tupleOrExpression();
      expect(")");
      return inner;
    }
    if (accept("[")) {
      List<Expr> values = new ArrayList<>();
      while (!accept("]")) {
        values.add(expression());
        if (!peek().is("]")) {
          expect(",");
        }
      }
      return new Expr.ListOf(values, false, token.line());
    }
    if (accept("{")) {
      List<Map.Entry<Expr, Expr>> entries = new ArrayList<>();
      while (!accept("}")) {
        Expr key = expression();
        expect(":");
        entries.add(Map.entry(key, expression()));
        if (!peek().is("}")) {
          expect(",");
        }
      }
      return new Expr.DictOf(entries, token.line());
    }
    throw unexpected("an expression");
  }

  private Expr postfix(Expr start) {
    Expr value = start;
    while (true) {
      int line = peek().line();
      if (accept(".")) {
        Token name = take();
        value =
            switch (name.kind()) {
              case NAME -> new Expr.Attribute(value, name.text(), line);
              case INTEGER -> new Expr.Item(value, new Expr.Literal(integer(name), line), line);
              default -> throw new JinjaError("expected a name after '.', found '" + name.text() + "'", line);
            };
      } else if (accept("[")) {
        value = subscript(value, line);
      } else if (peek().is("(")) {
        value = new Expr.Call(value, arguments(), line);
      } else {
        return value;
      }
    }
  }

  private Expr subscript(Expr target, int line) {
    Expr start = peek().is(":") ? null : tupleOrExpression();
    if (start != null && accept("]")) {
      return new Expr.Item(target, start, line);
    }
    expect(":");
    Expr stop = peek().is(":") || peek().is("]") ? null : expression();
    Expr step = accept(":") && !peek().is("]") ? expression() : null;
    expect("]");
    return new Expr.Slice(target, start, stop, step, line);
  }

  Expr.Given arguments() {
    expect("(");
    List<Expr> positional = new ArrayList<>();
    Map<String, Expr> named = new LinkedHashMap<>();
    while (!accept(")")) {
      if (peek().kind() == Kind.NAME && tokens.get(at + 1).is("=")) {
        String name = name();
        expect("=");
        named.put(name, expression());
      } else {
        positional.add(expression());
      }
      if (!peek().is(")")) {
        expect(",");
      }
    }
    return new Expr.Given(positional, named);
  }

  private Expr filtersAndTests(Expr start) {
    Expr value = start;
    while (true) {
      if (peek().is("|")) {
        value = filter(value);
      } else if (peek().isName("is")) {
        value = test(value);
      } else if (peek().is("(")) {
        value = new Expr.Call(value, arguments(), value.line());
      } else {
        return value;
      }
    }
  }

  /// `|name(…)` after a value.
  Expr.Filter filter(Expr target) {
    expect("|");
    return namedFilter(target);
  }

  Expr.Filter namedFilter(Expr target) {
    int line = peek().line();
    String name = name();
    if (!Filters.NAMES.contains(name)) {
      throw new JinjaError("the filter '" + name + "' is not supported", line);
    }
    return new Expr.Filter(target, name, peek().is("(") ? arguments() : Expr.Given.NOTHING, line);
  }

  private Expr test(Expr target) {
    int line = take().line();
    boolean negated = acceptName("not");
    String name = name();
    if (!Tests.NAMES.contains(name)) {
      throw new JinjaError("the test '" + name + "' is not supported", line);
    }
    Expr.Given given = Expr.Given.NOTHING;
    if (peek().is("(")) {
      given = arguments();
    } else if (beginsArgument(peek())) {
      given = new Expr.Given(List.of(postfix(primary())), Map.of());
    }
    Expr test = new Expr.Test(target, name, given, line);
    return negated ? new Expr.Not(test, line) : test;
  }

  private static boolean beginsArgument(Token token) {
    return switch (token.kind()) {
      case STRING, INTEGER, FLOAT -> true;
      case NAME -> !NO_ARGUMENT.contains(token.text());
      case OPERATOR -> token.is("[") || token.is("{");
      case DATA, BLOCK_BEGIN, BLOCK_END, VARIABLE_BEGIN, VARIABLE_END, END -> false;
    };
  }
}
