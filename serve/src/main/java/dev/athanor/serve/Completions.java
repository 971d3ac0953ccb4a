package dev.athanor.serve;

import dev.athanor.inference.GenerationEvent.Alternative;
import dev.athanor.inference.GenerationEvent.FinishReason;
import dev.athanor.inference.GenerationEvent.Finished;
import dev.athanor.inference.GenerationEvent.Token;
import dev.athanor.serve.ServedModels.Served;
import dev.athanor.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `POST /v1/completions`: https://platform.openai.com/docs/api-reference/completions
final class Completions {
  private static final int MAX_LOGPROBS = 5;
  private static final int DEFAULT_MAX_TOKENS = 16;

  private final ServedModels models;

  Completions(ServedModels models) {
    this.models = models;
  }

  /// @throws ApiException for what is wrong with it
  Call read(Fields fields) {
    Served model = models.of(fields);
    refuseWhatWouldBeIgnored(fields);
    int topLogprobs = fields.integer("logprobs", 0, MAX_LOGPROBS).orElse(-1);
    Tokenizer tokenizer = model.generator().tokenizer();
    return Call.of(
        fields,
        model,
        "prompt",
        promptIds(fields, tokenizer),
        OptionalInt.of(DEFAULT_MAX_TOKENS),
        new int[] {tokenizer.endOfText()},
        topLogprobs,
        new Format(Envelope.of("cmpl-", model.id(), Call.usageAsked(fields)), tokenizer, topLogprobs >= 0));
  }

  /// A text, a list of token ids, or a list that holds one of these. Without any, or with an empty text, the model begins a
  /// document: the token that ends the one before it is its prompt.
  private static int[] promptIds(Fields fields, Tokenizer tokenizer) {
    JsonNode prompt = fields.value("prompt");
    if (prompt == null) {
      return new int[] {tokenizer.endOfText()};
    }
    if (prompt.isArray() && prompt.size() > 0 && !prompt.get(0).isNumber()) {
      if (prompt.size() > 1) {
        throw ApiException.invalid(
            "prompt", "'prompt' holds " + prompt.size() + " prompts; send one request for each");
      }
      prompt = prompt.get(0);
    }
    return prompt.isArray() ? ids(prompt, tokenizer) : encode(Fields.string("prompt", prompt), tokenizer);
  }

  private static int[] encode(String text, Tokenizer tokenizer) {
    return text.isEmpty() ? new int[] {tokenizer.endOfText()} : tokenizer.encode(text);
  }

  private static int[] ids(JsonNode array, Tokenizer tokenizer) {
    if (array.isEmpty()) {
      throw ApiException.invalid("prompt", "'prompt' is an empty list; give a text or at least one token id");
    }
    int[] ids = new int[array.size()];
    for (int i = 0; i < ids.length; i++) {
      JsonNode id = array.get(i);
      if (!id.isIntegralNumber()) {
        throw Fields.wrongType("prompt[" + i + "]", "a token id", id);
      }
      if (!id.canConvertToInt() || id.intValue() < 0 || id.intValue() >= tokenizer.vocabSize()) {
        throw ApiException.invalid(
            "prompt",
            "'prompt[" + i + "]' is " + id + "; token ids go from 0 to " + (tokenizer.vocabSize() - 1));
      }
      ids[i] = id.intValue();
    }
    return ids;
  }

  private static void refuseWhatWouldBeIgnored(Fields fields) {
    if (fields.flag("echo", false)) {
      throw ApiException.invalid("echo", "'echo' is not supported: the answer never repeats the prompt; leave it out");
    }
    if (!fields.text("suffix").orElse("").isEmpty()) {
      throw ApiException.invalid("suffix", "'suffix' is not supported; leave it out");
    }
  }

  /// Bodies and chunks are both `text_completion`.
  private static final class Format implements AnswerFormat {
    private static final String OBJECT = "text_completion";

    private final Envelope envelope;
    private final Tokenizer tokenizer;
    private final boolean logprobs;
    /// Of each choice.
    private final Map<Integer, Integer> charactersSoFar = new HashMap<>();

    Format(Envelope envelope, Tokenizer tokenizer, boolean logprobs) {
      this.envelope = envelope;
      this.tokenizer = tokenizer;
      this.logprobs = logprobs;
    }

    @Override
    public ObjectNode whole(List<Choice> choices) {
      List<ObjectNode> nodes = new ArrayList<>();
      for (Choice choice : choices) {
        ObjectNode node = choice(nodes.size(), choice.text(), choice.tokens());
        nodes.add(node.put("finish_reason", Envelope.name(choice.finished().reason())));
      }
      return envelope.whole(OBJECT, nodes, choices.stream().map(Choice::finished).toList());
    }

    @Override
    public Optional<ObjectNode> opening(int index) {
      return Optional.empty();
    }

    @Override
    public ObjectNode delta(int index, String text, List<Token> tokens) {
      return envelope.chunk(OBJECT, choice(index, text, tokens).putNull("finish_reason"));
    }

    @Override
    public ObjectNode ending(int index, FinishReason reason) {
      ObjectNode choice = Envelope.choice(index).put("text", "").putNull("logprobs");
      return envelope.chunk(OBJECT, choice.put("finish_reason", Envelope.name(reason)));
    }

    @Override
    public ObjectNode usage(List<Finished> finished) {
      return envelope.usageChunk(OBJECT, finished);
    }

    private ObjectNode choice(int index, String text, List<Token> tokens) {
      ObjectNode choice = Envelope.choice(index).put("text", text);
      choice.set("logprobs", logprobs ? logprobs(index, tokens) : JsonNodeFactory.instance.nullNode());
      return choice;
    }

    private JsonNode logprobs(int index, List<Token> tokens) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      ArrayNode texts = object.putArray("tokens");
      ArrayNode values = object.putArray("token_logprobs");
      ArrayNode tops = object.putArray("top_logprobs");
      ArrayNode offsets = object.putArray("text_offset");
      for (Token token : tokens) {
        byte[] bytes = tokenizer.bytes(token.id());
        texts.add(TokenText.of(bytes));
        values.add(TokenText.logprob(token.logprob()));
        int offset = charactersSoFar.getOrDefault(index, 0);
        offsets.add(offset);
        charactersSoFar.put(index, offset + TokenText.characters(bytes));
        ObjectNode top = tops.addObject();
        for (Alternative alternative : token.top()) {
          top.put(TokenText.of(tokenizer.bytes(alternative.id())), TokenText.logprob(alternative.logprob()));
        }
      }
      return object;
    }
  }
}
