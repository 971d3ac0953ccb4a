package dev.athanor.serve;

import dev.athanor.inference.GenerationEvent.FinishReason;
import dev.athanor.inference.GenerationEvent.Finished;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What every body and chunk of one answer has in common.
///
/// @param usageAsked chunks of a stream that will end in token counts carry `"usage": null` until then
record Envelope(String id, long created, String model, boolean usageAsked) {
  static Envelope of(String idPrefix, String model, boolean usageAsked) {
    String unique = UUID.randomUUID().toString().replace("-", "");
    return new Envelope(idPrefix + unique, Instant.now().getEpochSecond(), model, usageAsked);
  }

  ObjectNode whole(String object, List<ObjectNode> choices, List<Finished> finished) {
    ObjectNode body = head(object);
    body.putArray("choices").addAll(choices);
    body.set("usage", counts(finished));
    return body;
  }

  ObjectNode chunk(String object, ObjectNode choice) {
    ObjectNode body = head(object);
    body.putArray("choices").add(choice);
    if (usageAsked) {
      body.putNull("usage");
    }
    return body;
  }

  ObjectNode usageChunk(String object, List<Finished> finished) {
    ObjectNode body = head(object);
    body.putArray("choices");
    body.set("usage", counts(finished));
    return body;
  }

  static ObjectNode choice(int index) {
    return JsonNodeFactory.instance.objectNode().put("index", index);
  }

  static String name(FinishReason reason) {
    return switch (reason) {
      case STOP -> "stop";
      case LENGTH -> "length";
      case TIMEOUT -> "timeout";
      case CANCELLED -> throw new IllegalArgumentException("a cancelled answer has no finish reason; it is an error");
    };
  }

  private ObjectNode head(String object) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", id)
        .put("object", object)
        .put("created", created)
        .put("model", model);
  }

  /// The prompt counts once, the tokens of all texts.
  private static ObjectNode counts(List<Finished> finished) {
    int prompt = finished.getFirst().promptTokens();
    int completion = finished.stream().mapToInt(Finished::completionTokens).sum();
    return JsonNodeFactory.instance
        .objectNode()
        .put("prompt_tokens", prompt)
        .put("completion_tokens", completion)
        .put("total_tokens", prompt + completion);
  }
}
