package dev.athanor.tokenizer.jinja;

import dev.athanor.tokenizer.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A template's statements.
final class Parser extends ExpressionParser {
  private static final int DEEPEST = 100;
  private static final String SUPPORTED =
      "supported: for, if, set, macro, filter, with, generation, break, continue and raw";

  private int nested;
  private int loops;

  private Parser(List<Token> tokens) {
    super(tokens);
  }

  /// @throws JinjaError for what is no template, or uses what is not supported
  static List<Stmt> parse(String template) {
    Parser parser = new Parser(Lexer.tokens(template));
    List<Stmt> body = parser.body(null);
    if (parser.peek().kind() != Kind.END) {
      throw new JinjaError("'" + parser.name() + "' closes nothing", parser.peek().line());
    }
    return body;
  }

  /// Statements up to one that ends or divides the block, whose tag is left open at its name.
  private List<Stmt> body(@Nullable Token opened) {
    if (++nested > DEEPEST) {
      throw new JinjaError("blocks nest deeper than " + DEEPEST, peek().line());
    }
    List<Stmt> statements = new ArrayList<>();
    while (true) {
      Token token = take();
      switch (token.kind()) {
        case DATA -> statements.add(new Stmt.Data(token.text()));
        case VARIABLE_BEGIN -> {
          statements.add(new Stmt.Output(tupleOrExpression()));
          expect(Kind.VARIABLE_END, "'}}'");
        }
        case BLOCK_BEGIN -> {
          String name = peek().text();
          if (name.startsWith("end") || name.equals("else") || name.equals("elif")) {
            nested--;
            return statements;
          }
          statements.add(statement(take()));
        }
        case END -> {
          if (opened != null) {
            throw new JinjaError("'" + opened.text() + "' is not closed by 'end" + opened.text() + "'", opened.line());
          }
          nested--;
          return statements;
        }
        case BLOCK_END, VARIABLE_END, NAME, STRING, INTEGER, FLOAT, OPERATOR ->
            throw new JinjaError("unexpected '" + token.text() + "'", token.line());
      }
    }
  }

  private Stmt statement(Token tag) {
    return switch (tag.text()) {
      case "if" -> conditional(tag);
      case "for" -> loop(tag);
      case "set" -> assignment(tag);
      case "macro" -> macro(tag);
      case "generation" -> {
        close();
        yield new Stmt.Generation(bodyToEnd(tag));
      }
      case "filter" -> {
        List<Expr.Filter> filters = new ArrayList<>(List.of(namedFilter(new Expr.Literal(Text.EMPTY, tag.line()))));
        while (peek().is("|")) {
          filters.add(filter(new Expr.Literal(Text.EMPTY, tag.line())));
        }
        close();
        yield new Stmt.FilterBlock(filters, bodyToEnd(tag));
      }
      case "with" -> with(tag);
      case "break", "continue" -> {
        if (loops == 0) {
          throw new JinjaError("'" + tag.text() + "' outside of a loop", tag.line());
        }
        close();
        yield tag.text().equals("break") ? new Stmt.Break() : new Stmt.Continue();
      }
      default -> throw new JinjaError("the block '" + tag.text() + "' is not supported; " + SUPPORTED, tag.line());
    };
  }

  private void close() {
    expect(Kind.BLOCK_END, "'%}'");
  }

  private List<Stmt> bodyToEnd(Token tag) {
    List<Stmt> body = body(tag);
    end(tag);
    return body;
  }

  private void end(Token tag) {
    if (!acceptName("end" + tag.text())) {
      throw unexpected("'end" + tag.text() + "' for the '" + tag.text() + "' of line " + tag.line());
    }
    if (tag.text().equals("macro") && peek().kind() == Kind.NAME) {
      take();
    }
    close();
  }

  private Stmt conditional(Token tag) {
    Expr test = tupleOrExpression();
    close();
    List<Stmt> body = body(tag);
    if (peek().isName("elif")) {
      Token elif = take();
      if (++nested > DEEPEST) {
        throw new JinjaError("more than " + DEEPEST + " conditions in one 'if'", elif.line());
      }
      Stmt rest = conditional(new Token(Kind.NAME, "if", elif.line()));
      nested--;
      return new Stmt.If(test, body, List.of(rest));
    }
    List<Stmt> otherwise = List.of();
    if (acceptName("else")) {
      close();
      otherwise = body(tag);
    }
    end(tag);
    return new Stmt.If(test, body, otherwise);
  }

  private Stmt loop(Token tag) {
    Stmt.Target target = target(false);
    if (!acceptName("in")) {
      throw unexpected("'in'");
    }
    Expr values = or();
    if (peek().is(",")) {
      throw unexpected("one value to go over");
    }
    Expr condition = acceptName("if") ? expression() : null;
    if (peek().isName("recursive")) {
      throw new JinjaError("recursive loops are not supported", tag.line());
    }
    close();
    loops++;
    List<Stmt> body = body(tag);
    loops--;
    List<Stmt> otherwise = List.of();
    if (acceptName("else")) {
      close();
      otherwise = body(tag);
    }
    end(tag);
    return new Stmt.For(target, values, condition, body, otherwise, tag.line());
  }

  /// @param attributes whether `namespace.attribute` may be assigned to
  private Stmt.Target target(boolean attributes) {
    List<Stmt.Target> targets = new ArrayList<>(List.of(oneTarget(attributes)));
    boolean tuple = false;
    while (accept(",")) {
      tuple = true;
      if (peek().kind() != Kind.NAME || peek().isName("in")) {
        break;
      }
      targets.add(oneTarget(attributes));
    }
    return tuple ? new Stmt.Target.Tuple(targets) : targets.getFirst();
  }

  private Stmt.Target oneTarget(boolean attributes) {
    if (accept("(")) {
      Stmt.Target inner = target(attributes);
      expect(")");
      return inner;
    }
    String name = name();
    return attributes && accept(".") ? new Stmt.Target.Attribute(name, name()) : new Stmt.Target.Name(name);
  }

  private Stmt assignment(Token tag) {
    Stmt.Target target = target(true);
    if (accept("=")) {
      Expr value = tupleOrExpression();
      close();
      return new Stmt.Set(target, value, tag.line());
    }
    List<Expr.Filter> filters = new ArrayList<>();
    while (peek().is("|")) {
      filters.add(filter(new Expr.Literal(Text.EMPTY, tag.line())));
    }
    close();
    return new Stmt.SetBlock(target, filters, bodyToEnd(tag), tag.line());
  }

  private Stmt macro(Token tag) {
    String name = name();
    List<String> parameters = new ArrayList<>();
    Map<String, Expr> defaults = new LinkedHashMap<>();
    expect("(");
    while (!accept(")")) {
      String parameter = name();
      parameters.add(parameter);
      if (accept("=")) {
        defaults.put(parameter, expression());
      }
      if (!peek().is(")")) {
        expect(",");
      }
    }
    close();
    int outer = loops;
    loops = 0;
    List<Stmt> body = bodyToEnd(tag);
    loops = outer;
    return new Stmt.Macro(name, parameters, defaults, body);
  }

  private Stmt with(Token tag) {
    List<Map.Entry<Stmt.Target, Expr>> values = new ArrayList<>();
    while (peek().kind() != Kind.BLOCK_END) {
      if (!values.isEmpty()) {
        expect(",");
      }
      Stmt.Target target = oneTarget(false);
      expect("=");
      values.add(Map.entry(target, expression()));
    }
    close();
    return new Stmt.With(values, bodyToEnd(tag), tag.line());
  }
}
