package dev.athanor.serve;

import dev.athanor.inference.Beams;
import dev.athanor.inference.GenerationRequest;
import dev.athanor.inference.Sampling;
import dev.athanor.inference.grammar.Constraint;
import dev.athanor.serve.ServedModels.Served;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;
import tools.jackson.databind.JsonNode;

/// What a client asked for, checked and ready to submit.
///
/// @param choices texts that are asked for
/// @param stream the answer is sent as it comes
/// @param includeUsage a stream ends with a chunk of token counts
/// @param format how the answer is written
record Call(
    Served model, GenerationRequest request, int choices, boolean stream, boolean includeUsage, AnswerFormat format) {
  private static final int MAX_BIASES = 1024;
  private static final int MOST_PRIORITY = 1 << 30;

  boolean logprobs() {
    return request.topLogprobs() >= 0;
  }

  /// The part that chat and plain completions share.
  ///
  /// @param promptField the field to blame for a prompt that is too long
  /// @param defaultMaxTokens empty: up to the end of the context
  static Call of(
      Fields fields,
      Served model,
      String promptField,
      int[] promptIds,
      OptionalInt defaultMaxTokens,
      int[] stopIds,
      int topLogprobs,
      AnswerFormat format) {
    refuseWhatWouldBeIgnored(fields);
    int contextLength = model.generator().spec().contextLength();
    if (promptIds.length >= contextLength) {
      throw ApiException.contextLengthExceeded(promptField, promptIds.length, contextLength);
    }
    var request =
        new GenerationRequest(
            promptIds,
            maxTokens(fields).orElse(defaultMaxTokens.orElse(contextLength - promptIds.length)),
            sampling(fields, model.generator().tokenizer().vocabSize()),
            stopIds,
            stop(fields),
            topLogprobs);
    Constraint constraint = AnswerSyntax.read(fields).map(syntax -> syntax.compile(model.grammars())).orElse(null);
    int choices = fields.integer("n", 1, Beams.MOST).orElse(1);
    GenerationRequest whole =
        request
            .constrainedBy(constraint)
            .searchedBy(beams(fields, choices).orElse(null))
            .within(timeout(fields).orElse(null))
            // As vLLM has it: the lower, the earlier.
            .withPriority(-fields.integer("priority", -MOST_PRIORITY, MOST_PRIORITY).orElse(0))
            .salted(fields.text("cache_salt").orElse(""));
    return new Call(model, whole, choices, fields.flag("stream", false), usageAsked(fields), format);
  }

  /// As vLLM's, whose width is `n`; `beam_width` keeps more beams than answers.
  private static Optional<Beams> beams(Fields fields, int choices) {
    if (!fields.flag("use_beam_search", false)) {
      for (String name : List.of("beam_width", "length_penalty", "early_stopping")) {
        if (fields.value(name) != null) {
          throw ApiException.invalid(name, "'" + name + "' needs 'use_beam_search': true");
        }
      }
      return Optional.empty();
    }
    int width = fields.integer("beam_width", 1, Beams.MOST).orElse(choices);
    if (width < choices) {
      throw ApiException.invalid("beam_width", "'beam_width' is %d, less than the %d answers of 'n'".formatted(width, choices));
    }
    return Optional.of(
        new Beams(width, fields.number("length_penalty", 1, -100, 100), fields.flag("early_stopping", false)));
  }

  private static Optional<Duration> timeout(Fields fields) {
    return fields.value("timeout") == null
        ? Optional.empty()
        : Optional.of(Duration.ofNanos((long) (fields.number("timeout", 0, 1e-3, 1e9) * 1e9)));
  }

  static boolean usageAsked(Fields fields) {
    return fields.object("stream_options").map(options -> options.flag("include_usage", false)).orElse(false);
  }

  private static OptionalInt maxTokens(Fields fields) {
    OptionalInt newer = fields.integer("max_completion_tokens", 1, Integer.MAX_VALUE);
    return newer.isPresent() ? newer : fields.integer("max_tokens", 1, Integer.MAX_VALUE);
  }

  /// Temperature and top_p are 1 unless said otherwise, as OpenAI's are; without a seed every answer is drawn anew.
  private static Sampling sampling(Fields fields, int vocabSize) {
    return new Sampling(
        fields.number("temperature", 1, 0, 2),
        fields.number("top_p", 1, Double.MIN_VALUE, 1),
        // −1 means "all" to the clients of some other servers
        Math.max(0, fields.integer("top_k", -1, Integer.MAX_VALUE).orElse(0)),
        fields.number("min_p", 0, 0, 1),
        fields.number("typical_p", 1, Double.MIN_VALUE, 1),
        fields.number("repetition_penalty", 1, Double.MIN_VALUE, 10),
        fields.number("frequency_penalty", 0, -2, 2),
        fields.number("presence_penalty", 0, -2, 2),
        logitBias(fields, vocabSize),
        fields.wholeNumber("seed").orElseGet(() -> ThreadLocalRandom.current().nextLong()));
  }

  /// An object from token ids, written as strings, to what is added to their logits.
  private static Map<Integer, Float> logitBias(Fields fields, int vocabSize) {
    Map<Integer, Float> biases = new HashMap<>();
    Fields given = fields.object("logit_bias").orElse(null);
    if (given == null) {
      return biases;
    }
    if (given.node().size() > MAX_BIASES) {
      throw ApiException.invalid(
          "logit_bias", "'logit_bias' holds %d tokens; it can hold %d".formatted(given.node().size(), MAX_BIASES));
    }
    for (String name : given.node().propertyNames()) {
      int id = name.matches("[0-9]{1,9}") ? Integer.parseInt(name) : -1;
      JsonNode bias = given.node().get(name);
      if (id < 0 || id >= vocabSize) {
        throw ApiException.invalid(
            "logit_bias", "'logit_bias' names the token id '%s'; ids go from 0 to %d".formatted(name, vocabSize - 1));
      }
      if (!bias.isNumber() || !(Math.abs(bias.doubleValue()) <= 100)) {
        throw ApiException.invalid(
            "logit_bias", "'logit_bias' of " + name + " must be a number between -100 and 100, not " + bias);
      }
      biases.put(id, (float) bias.doubleValue());
    }
    return biases;
  }

  private static List<String> stop(Fields fields) {
    List<String> stop = fields.textOrTexts("stop");
    if (stop.contains("")) {
      throw ApiException.invalid("stop", "'stop' must not hold an empty text: it would end every answer at once");
    }
    return stop;
  }

  /// What would change the answer but is not built is said, not dropped in silence.
  private static void refuseWhatWouldBeIgnored(Fields fields) {
    int n = fields.integer("n", 1, Beams.MOST).orElse(1);
    if (fields.integer("best_of", 1, Integer.MAX_VALUE).orElse(n) != n) {
      throw ApiException.invalid("best_of", "'best_of' is not supported; ask for 'n' answers, or search with 'use_beam_search'");
    }
  }
}
