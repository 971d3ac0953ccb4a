package dev.athanor.tokenizer;

import dev.athanor.base.UserException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// ChatML: `<|im_start|>role\ncontent<|im_end|>\n` for each turn. What people wrote is encoded as plain text, so that the
/// name of a control token inside a message cannot open or end a turn. The loss mask covers the content of the assistant
/// and the `<|im_end|>` that closes it.
///
/// The assistant's heading is encoded apart from its content: the ids with a generation prompt are always the beginning of
/// the ids of the answered conversation, so that training and generation see the same.
public final class ChatMl implements ChatTemplate {
  public static final String START = "<|im_start|>";
  public static final String END = "<|im_end|>";

  private static final String ASSISTANT = "assistant";
  private static final Set<String> ROLES = Set.of("system", "user", ASSISTANT);

  private static final String JINJA =
      "{% for message in messages %}%DEFAULT%{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>'"
          + " + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";
  private static final String JINJA_DEFAULT_SYSTEM =
      "{% if loop.first and message['role'] != 'system' %}{{ '<|im_start|>system\\n%TEXT%<|im_end|>\\n' }}{% endif %}";

  private static final Pattern CONTROL = Pattern.compile("<\\|[^|<>]*\\|>");
  private static final Pattern KNOWN_CONTROL =
      Pattern.compile("<\\|(im_start|im_end|endoftext|vision_start|vision_end|image_pad|video_pad)\\|>");
  private static final Pattern MORE =
      Pattern.compile("bos_token|eos_token|tool|think|date|strftime|generation %|generation-|macro|raise_exception|trim|strip");
  private static final Pattern DEFAULT_SYSTEM =
      Pattern.compile("<\\|im_start\\|>system(?:\\\\n|\\n)([^'\"{}<>\\\\]+)<\\|im_end\\|>");

  private final Tokenizer tokenizer;
  private final Optional<String> defaultSystem;
  private final int start;
  private final int end;

  /// @param defaultSystem the system message of conversations that bring none, as published Qwen 2 and 2.5 have it
  /// @throws UserException when the tokenizer has no `<|im_start|>` or `<|im_end|>`
  public ChatMl(Tokenizer tokenizer, Optional<String> defaultSystem) {
    this.tokenizer = tokenizer;
    this.defaultSystem = defaultSystem;
    start = required(tokenizer, START);
    end = required(tokenizer, END);
  }

  /// The template as Hugging Face runs it.
  public static String jinja() {
    return JINJA.replace("%DEFAULT%", "");
  }

  /// The template with a system message for conversations that bring none.
  public static String jinja(String defaultSystem) {
    if (!DEFAULT_SYSTEM.matcher(START + "system\n" + defaultSystem + END).matches()) {
      throw new UserException(
          "a default system message holds no quotes, braces, angle brackets or backslashes: " + defaultSystem);
    }
    return JINJA.replace("%DEFAULT%", JINJA_DEFAULT_SYSTEM.replace("%TEXT%", defaultSystem));
  }

  /// ChatML where the Jinja text does no more than that: ours, that of Qwen 2, and the many copies. The signs are that it
  /// writes `<|im_start|>` and `<|im_end|>` and no other control token, and knows nothing of tools, thinking or the date.
  static Optional<ChatMl> recognise(String jinja, Tokenizer tokenizer) {
    boolean others = CONTROL.matcher(jinja).results().anyMatch(m -> !KNOWN_CONTROL.matcher(m.group()).matches());
    if (!jinja.contains(START)
        || !jinja.contains(END)
        || others
        || MORE.matcher(jinja).find()
        || tokenizer.id(START).isEmpty()
        || tokenizer.id(END).isEmpty()) {
      return Optional.empty();
    }
    Matcher system = DEFAULT_SYSTEM.matcher(jinja);
    return Optional.of(new ChatMl(tokenizer, system.find() ? Optional.of(system.group(1)) : Optional.empty()));
  }

  @Override
  public Rendered render(List<ChatMessage> messages, boolean addGenerationPrompt) {
    check(messages);
    Rendering rendering = new Rendering();
    if (defaultSystem.isPresent() && !messages.getFirst().role().equals("system")) {
      rendering.turn(new ChatMessage("system", defaultSystem.get()));
    }
    messages.forEach(rendering::turn);
    if (addGenerationPrompt) {
      rendering.control(START, start, false);
      rendering.plain(ASSISTANT + "\n", false);
    }
    return rendering.done();
  }

  @Override
  public int[] stopIds() {
    return IntStream.of(end, tokenizer.endOfText()).distinct().toArray();
  }

  public Optional<String> defaultSystem() {
    return defaultSystem;
  }

  private static void check(List<ChatMessage> messages) {
    if (messages.isEmpty()) {
      throw new UserException("a conversation needs at least one message");
    }
    for (int i = 0; i < messages.size(); i++) {
      String role = messages.get(i).role();
      if (!ROLES.contains(role)) {
        throw new UserException(
            "messages[" + i + "]: unknown role '" + role + "'; supported: system, user and assistant");
      }
    }
  }

  private static int required(Tokenizer tokenizer, String token) {
    return tokenizer
        .id(token)
        .orElseThrow(() -> new UserException("ChatML needs the token " + token + ", which this tokenizer lacks"));
  }

  /// Text, ids and mask growing together.
  private final class Rendering {
    private final StringBuilder text = new StringBuilder();
    private final IntList ids = new IntList(64);
    private final IntList learned = new IntList(64);

    void turn(ChatMessage message) {
      control(START, start, false);
      String heading = message.role() + "\n";
      boolean learn = message.role().equals(ASSISTANT);
      if (learn) {
        plain(heading, false);
        plain(message.content(), true);
      } else {
        plain(heading + message.content(), false);
      }
      control(END, end, learn);
      plain("\n", false);
    }

    void control(String name, int id, boolean learn) {
      text.append(name);
      ids.add(id);
      learned.add(learn ? 1 : 0);
    }

    void plain(String part, boolean learn) {
      text.append(part);
      int[] encoded = tokenizer.encode(part);
      ids.addAll(encoded);
      int[] marks = new int[encoded.length];
      Arrays.fill(marks, learn ? 1 : 0);
      learned.addAll(marks);
    }

    Rendered done() {
      boolean[] mask = new boolean[learned.size()];
      for (int i = 0; i < mask.length; i++) {
        mask[i] = learned.get(i) == 1;
      }
      return new Rendered(text.toString(), ids.toArray(), mask);
    }
  }
}
