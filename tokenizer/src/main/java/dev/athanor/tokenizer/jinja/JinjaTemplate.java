package dev.athanor.tokenizer.jinja;

import java.time.Clock;
import java.util.List;
import java.util.Map;

/// A chat template. Immutable.
public final class JinjaTemplate {
  private final List<Stmt> body;

  private JinjaTemplate(List<Stmt> body) {
    this.body = body;
  }

  /// @throws JinjaError for what is no template, or uses what is not supported; says the line
  public static JinjaTemplate parse(String template) {
    return new JinjaTemplate(Parser.parse(template));
  }

  /// @param variables what the template may read
  /// @param clock for `strftime_now`
  /// @throws JinjaError where the template fails, or refuses what it was given
  public Rendering render(Map<String, Value> variables, Clock clock) {
    Scope globals = Scope.outermost(Globals.of(clock));
    Scope scope = globals.inner();
    variables.forEach(scope::set);
    return new Evaluator().run(body, scope);
  }

  /// What a template made.
  ///
  /// @param generation the stretches of the text that are within `{% generation %}`
  public record Rendering(Text text, List<Span> generation) {}

  /// @param end the index after its last character
  public record Span(int start, int end) {}
}
