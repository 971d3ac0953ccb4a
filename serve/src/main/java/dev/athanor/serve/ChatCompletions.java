package dev.athanor.serve;

import dev.athanor.inference.GenerationEvent.Alternative;
import dev.athanor.inference.GenerationEvent.FinishReason;
import dev.athanor.inference.GenerationEvent.Finished;
import dev.athanor.inference.GenerationEvent.Token;
import dev.athanor.serve.ServedModels.Served;
import dev.athanor.tokenizer.ChatMessage;
import dev.athanor.tokenizer.ChatTemplate;
import dev.athanor.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `POST /v1/chat/completions`: https://platform.openai.com/docs/api-reference/chat
final class ChatCompletions {
  private static final int MAX_TOP_LOGPROBS = 20;

  private final ServedModels models;

  ChatCompletions(ServedModels models) {
    this.models = models;
  }

  /// @throws ApiException for what is wrong with it
  Call read(Fields fields) {
    Served model = models.of(fields);
    List<ChatMessage> messages = messages(fields);
    refuseWhatWouldBeIgnored(fields);
    int topLogprobs = topLogprobs(fields);
    Tokenizer tokenizer = model.generator().tokenizer();
    ChatTemplate template = tokenizer.chatTemplate();
    return Call.of(
        fields,
        model,
        "messages",
        template.render(messages, true).ids(),
        OptionalInt.empty(),
        template.stopIds(),
        topLogprobs,
        new Format(Envelope.of("chatcmpl-", model.id(), Call.usageAsked(fields)), tokenizer, topLogprobs >= 0));
  }

  private static List<ChatMessage> messages(Fields fields) {
    JsonNode array = fields.value("messages");
    if (array == null) {
      throw ApiException.invalid("messages", "'messages' is missing: a list of {\"role\", \"content\"}");
    }
    if (!array.isArray()) {
      throw Fields.wrongType("messages", "a list of {\"role\", \"content\"}", array);
    }
    if (array.isEmpty()) {
      throw ApiException.invalid("messages", "'messages' is empty; it needs at least one message");
    }
    List<ChatMessage> messages = new ArrayList<>();
    for (JsonNode element : array) {
      messages.add(message("messages[" + messages.size() + "]", element));
    }
    return messages;
  }

  private static ChatMessage message(String where, JsonNode element) {
    if (!(element instanceof ObjectNode object)) {
      throw Fields.wrongType(where, "an object with 'role' and 'content'", element);
    }
    JsonNode role = object.get("role");
    if (role == null) {
      throw ApiException.invalid(where + ".role", "'" + where + ".role' is missing");
    }
    String name = Fields.string(where + ".role", role);
    String content = content(where + ".content", object.get("content"));
    return switch (name) {
      case "system", "user", "assistant" -> new ChatMessage(name, content);
      // the newer name of the same turn
      case "developer" -> new ChatMessage("system", content);
      default ->
          throw ApiException.invalid(
              where + ".role", "'" + where + ".role' must be system, developer, user or assistant, not '" + name + "'");
    };
  }

  /// A string, or a list of parts of type `text`.
  private static String content(String where, @Nullable JsonNode content) {
    if (content == null || content.isNull()) {
      throw ApiException.invalid(where, "'" + where + "' is missing");
    }
    if (!content.isArray()) {
      return Fields.string(where, content);
    }
    StringBuilder text = new StringBuilder();
    for (JsonNode part : content) {
      JsonNode type = part.get("type");
      JsonNode partText = part.get("text");
      if (type == null || partText == null || !type.isString() || !type.stringValue().equals("text")) {
        throw ApiException.invalid(where, "'" + where + "' can hold only parts like {\"type\": \"text\", \"text\": …}");
      }
      text.append(Fields.string(where, partText));
    }
    return text.toString();
  }

  private static int topLogprobs(Fields fields) {
    boolean asked = fields.flag("logprobs", false);
    OptionalInt top = fields.integer("top_logprobs", 0, MAX_TOP_LOGPROBS);
    if (top.isPresent() && !asked) {
      throw ApiException.invalid("top_logprobs", "'top_logprobs' needs 'logprobs': true");
    }
    return asked ? top.orElse(0) : -1;
  }

  private static void refuseWhatWouldBeIgnored(Fields fields) {
    for (String name : List.of("tools", "functions")) {
      JsonNode value = fields.value(name);
      if (value != null && !value.isEmpty()) {
        throw ApiException.invalid(name, "'" + name + "' is not supported; leave it out");
      }
    }
  }

  /// Bodies `chat.completion` and chunks `chat.completion.chunk`.
  private record Format(Envelope envelope, Tokenizer tokenizer, boolean logprobs) implements AnswerFormat {
    private static final String CHUNK = "chat.completion.chunk";

    @Override
    public ObjectNode whole(List<Choice> choices) {
      List<ObjectNode> nodes = new ArrayList<>();
      for (Choice choice : choices) {
        ObjectNode node = Envelope.choice(nodes.size());
        node.putObject("message").put("role", "assistant").put("content", choice.text()).putNull("refusal");
        node.set("logprobs", logprobs(choice.tokens()));
        nodes.add(node.put("finish_reason", Envelope.name(choice.finished().reason())));
      }
      return envelope.whole("chat.completion", nodes, choices.stream().map(Choice::finished).toList());
    }

    /// The first delta says who speaks.
    @Override
    public Optional<ObjectNode> opening(int index) {
      ObjectNode choice = Envelope.choice(index);
      choice.putObject("delta").put("role", "assistant").put("content", "");
      choice.putNull("logprobs").putNull("finish_reason");
      return Optional.of(envelope.chunk(CHUNK, choice));
    }

    @Override
    public ObjectNode delta(int index, String text, List<Token> tokens) {
      ObjectNode choice = Envelope.choice(index);
      choice.putObject("delta").put("content", text);
      choice.set("logprobs", logprobs(tokens));
      choice.putNull("finish_reason");
      return envelope.chunk(CHUNK, choice);
    }

    @Override
    public ObjectNode ending(int index, FinishReason reason) {
      ObjectNode choice = Envelope.choice(index);
      choice.putObject("delta");
      choice.putNull("logprobs").put("finish_reason", Envelope.name(reason));
      return envelope.chunk(CHUNK, choice);
    }

    @Override
    public ObjectNode usage(List<Finished> finished) {
      return envelope.usageChunk(CHUNK, finished);
    }

    private JsonNode logprobs(List<Token> tokens) {
      if (!logprobs) {
        return JsonNodeFactory.instance.nullNode();
      }
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      ArrayNode content = object.putArray("content");
      for (Token token : tokens) {
        ArrayNode top = entry(content.addObject(), token.id(), token.logprob()).putArray("top_logprobs");
        for (Alternative alternative : token.top()) {
          entry(top.addObject(), alternative.id(), alternative.logprob());
        }
      }
      object.putNull("refusal");
      return object;
    }

    private ObjectNode entry(ObjectNode entry, int id, float logprob) {
      byte[] bytes = tokenizer.bytes(id);
      entry.put("token", TokenText.of(bytes)).put("logprob", TokenText.logprob(logprob));
      ArrayNode array = entry.putArray("bytes");
      for (byte b : bytes) {
        array.add(b & 0xFF);
      }
      return entry;
    }
  }
}
