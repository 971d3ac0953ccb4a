package dev.athanor.serve;

import dev.athanor.inference.GenerationEvent.Alternative;
import dev.athanor.inference.GenerationEvent.FinishReason;
import dev.athanor.inference.GenerationEvent.Finished;
import dev.athanor.inference.GenerationEvent.Token;
import dev.athanor.serve.ServedModels.Served;
import dev.athanor.tokenizer.Tokenizer;
import java.util.List;
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
    private int charactersSoFar;

    Format(Envelope envelope, Tokenizer tokenizer, boolean logprobs) {
      this.envelope = envelope;
      this.tokenizer = tokenizer;
      this.logprobs = logprobs;
    }

    @Override
    public ObjectNode whole(String text, List<Token> tokens, Finished finished) {
      return envelope.whole(OBJECT, choice(text, tokens).put("finish_reason", Envelope.name(finished.reason())), finished);
    }

    @Override
    public Optional<ObjectNode> opening() {
      return Optional.empty();
    }

    @Override
    public ObjectNode delta(String text, List<Token> tokens) {
      return envelope.chunk(OBJECT, choice(text, tokens).putNull("finish_reason"));
    }

    @Override
    public ObjectNode ending(FinishReason reason) {
      ObjectNode choice = Envelope.choice().put("text", "").putNull("logprobs");
      return envelope.chunk(OBJECT, choice.put("finish_reason", Envelope.name(reason)));
    }

    @Override
    public ObjectNode usage(Finished finished) {
      return envelope.usageChunk(OBJECT, finished);
    }

    private ObjectNode choice(String text, List<Token> tokens) {
      ObjectNode choice = Envelope.choice().put("text", text);
      choice.set("logprobs", logprobs ? logprobs(tokens) : JsonNodeFactory.instance.nullNode());
      return choice;
    }

    private JsonNode logprobs(List<Token> tokens) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      ArrayNode texts = object.putArray("tokens");
      ArrayNode values = object.putArray("token_logprobs");
      ArrayNode tops = object.putArray("top_logprobs");
      ArrayNode offsets = object.putArray("text_offset");
      for (Token token : tokens) {
        byte[] bytes = tokenizer.bytes(token.id());
        texts.add(TokenText.of(bytes));
        values.add(TokenText.logprob(token.logprob()));
        offsets.add(charactersSoFar);
        charactersSoFar += TokenText.characters(bytes);
        ObjectNode top = tops.addObject();
        for (Alternative alternative : token.top()) {
          top.put(TokenText.of(tokenizer.bytes(alternative.id())), TokenText.logprob(alternative.logprob()));
        }
      }
      return object;
    }
  }
}
