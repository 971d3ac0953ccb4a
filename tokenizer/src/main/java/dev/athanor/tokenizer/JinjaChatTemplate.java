package dev.athanor.tokenizer;

import dev.athanor.base.UserException;
import dev.athanor.tokenizer.jinja.JinjaError;
import dev.athanor.tokenizer.jinja.JinjaTemplate;
import dev.athanor.tokenizer.jinja.Text;
import dev.athanor.tokenizer.jinja.Value;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/// A published chat template, run as transformers runs it. Text, ids and mask come of one rendering, in which every character
/// knows who wrote it: names of control tokens stand for those tokens where the template wrote them, and are plain text in
/// what people wrote.
///
/// The loss mask covers what is within `{% generation %}`, where a template marks it. Elsewhere it covers, for each message
/// of the assistant, what follows the generation prompt up to the control token that ends the turn.
///
/// Where an answered conversation begins with the text of its prompt, its ids begin with the prompt's ids: it is encoded in
/// two parts there, so that training and generation see the same.
public final class JinjaChatTemplate implements ChatTemplate {
  private static final String ASSISTANT = "assistant";
  private static final Set<String> ROLES =
      Set.of("system", "developer", "user", ASSISTANT, "tool", "function", "ipython", "observation");
  private static final List<ChatMessage> PROBE =
      List.of(new ChatMessage("user", "?"), new ChatMessage(ASSISTANT, "!"), new ChatMessage("user", "?"));

  private final JinjaTemplate template;
  private final NamedTokens tokens;
  private final StretchEncoder encoder;
  private final Map<String, Value> variables;
  private final Clock clock;
  private final int endOfText;

  private JinjaChatTemplate(
      JinjaTemplate template,
      NamedTokens tokens,
      StretchEncoder encoder,
      Map<String, Value> variables,
      Clock clock,
      int endOfText) {
    this.template = template;
    this.tokens = tokens;
    this.encoder = encoder;
    this.variables = variables;
    this.clock = clock;
    this.endOfText = endOfText;
  }

  /// @param tokens what a template may read by name, such as `bos_token`
  /// @throws JinjaError for a template that cannot be run; says the line
  static JinjaChatTemplate of(
      String jinja, List<AddedToken> added, StretchEncoder encoder, Map<String, String> tokens, Clock clock, int endOfText) {
    Map<String, Value> variables = new LinkedHashMap<>();
    variables.put("tools", new Value.None());
    variables.put("documents", new Value.None());
    tokens.forEach((name, token) -> variables.put(name, Text.of(token, Text.TEMPLATE)));
    return new JinjaChatTemplate(
        JinjaTemplate.parse(jinja), new NamedTokens(added, jinja), encoder, variables, clock, endOfText);
  }

  /// The same template with more to read, such as `enable_thinking` or `tools`. Texts in it are the caller's: names of
  /// control tokens in them are plain text.
  public JinjaChatTemplate with(Map<String, JsonNode> more) {
    Map<String, Value> all = new LinkedHashMap<>(variables);
    more.forEach((name, value) -> all.put(name, Value.of(value, NamedTokens.CALLER)));
    return new JinjaChatTemplate(template, tokens, encoder, all, clock, endOfText);
  }

  /// @throws UserException for a conversation that the template refuses or fails at; says the template's line
  @Override
  public Rendered render(List<ChatMessage> messages, boolean addGenerationPrompt) {
    check(messages);
    JinjaTemplate.Rendering rendering = run(messages, addGenerationPrompt);
    ChatLayout layout = new ChatLayout(rendering.text(), tokens);
    boolean marked = !rendering.generation().isEmpty();
    for (int i = 0; i < messages.size(); i++) {
      if (messages.get(i).role().equals(ASSISTANT)) {
        int prompt = promptLength(messages.subList(0, i), rendering.text().value());
        if (prompt > 0) {
          layout.cut(prompt);
        }
        if (!marked) {
          layout.turn(source(i, messages.get(i)), prompt).ifPresent(layout::learn);
        }
      }
    }
    rendering.generation().forEach(layout::learn);
    return layout.encode(encoder);
  }

  /// The length of what asks for an answer, or -1 where the answered conversation does not begin with it.
  private int promptLength(List<ChatMessage> before, String answered) {
    if (before.isEmpty()) {
      return -1;
    }
    try {
      String prompt = run(before, true).text().value();
      return answered.startsWith(prompt) ? prompt.length() : -1;
    } catch (UserException e) {
      return -1;
    }
  }

  @Override
  public int[] stopIds() {
    IntStream closing = closing(PROBE).or(() -> closing(PROBE.subList(0, 2))).map(IntStream::of).orElseGet(IntStream::empty);
    return IntStream.concat(closing, IntStream.of(endOfText)).distinct().toArray();
  }

  /// The control token that ends the assistant's turn.
  private Optional<Integer> closing(List<ChatMessage> messages) {
    try {
      ChatLayout layout = new ChatLayout(run(messages, false).text(), tokens);
      return layout.turn(source(1, messages.get(1)), -1).flatMap(layout::last).map(NamedTokens.Match::id);
    } catch (UserException e) {
      return Optional.empty();
    }
  }

  private static void check(List<ChatMessage> messages) {
    if (messages.isEmpty()) {
      throw new UserException("a conversation needs at least one message");
    }
    for (int i = 0; i < messages.size(); i++) {
      if (!ROLES.contains(messages.get(i).role())) {
        throw new UserException(
            "messages[%d]: unknown role '%s'; supported: %s"
                .formatted(i, messages.get(i).role(), String.join(", ", ROLES.stream().sorted().toList())));
      }
    }
  }

  private JinjaTemplate.Rendering run(List<ChatMessage> messages, boolean addGenerationPrompt) {
    Map<String, Value> all = new LinkedHashMap<>(variables);
    List<Value> dicts = new ArrayList<>();
    for (ChatMessage message : messages) {
      Map<Value, Value> entries = new LinkedHashMap<>();
      entries.put(Text.of("role", Text.TEMPLATE), Text.of(message.role(), Text.TEMPLATE));
      entries.put(Text.of("content", Text.TEMPLATE), Text.of(message.content(), source(dicts.size(), message)));
      dicts.add(new Value.Dict(entries));
    }
    all.put("messages", new Value.Items(dicts, false));
    all.put("add_generation_prompt", new Value.Bool(addGenerationPrompt));
    try {
      return template.render(all, clock);
    } catch (JinjaError e) {
      throw new UserException(
          e.raised()
              ? "the model's chat_template refuses this conversation: " + e.message()
              : "chat_template, line " + e.line() + ": " + e.message(),
          e);
    }
  }

  /// Who wrote a message's content: odd numbers are the assistant's.
  private static int source(int index, ChatMessage message) {
    return 2 * (index + 2) + (message.role().equals(ASSISTANT) ? 1 : 0);
  }
}
