package dev.athanor.serve;

import dev.athanor.inference.EncoderEngine;
import dev.athanor.inference.EncoderRunner.Tokens;
import dev.athanor.inference.Pooling;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `POST /v1/embeddings`: https://platform.openai.com/docs/api-reference/embeddings
final class Embeddings {
  private static final int MOST_TEXTS = 2048;

  private final ServedEncoders encoders;

  Embeddings(ServedEncoders encoders) {
    this.encoders = encoders;
  }

  /// @throws ApiException for what is wrong with it
  CompletableFuture<ObjectNode> answer(Fields fields) {
    ServedEncoders.Served model = encoders.of(fields);
    List<Tokens> texts = texts(fields, model.engine());
    String format = fields.text("encoding_format").orElse("float");
    if (!format.equals("float") && !format.equals("base64")) {
      throw ApiException.invalid("encoding_format", "'encoding_format' is float or base64, not '" + format + "'");
    }
    int size = model.engine().spec().hiddenSize();
    int dimensions = fields.integer("dimensions", 1, size).orElse(size);
    return model.engine().embed(texts).thenApply(vectors -> body(model.id(), texts, vectors, dimensions, format.equals("base64")));
  }

  /// A text, token ids, or a list of texts or of lists of token ids. Ids are taken as they are, control tokens among them.
  private static List<Tokens> texts(Fields fields, EncoderEngine engine) {
    JsonNode input = fields.value("input");
    if (input == null) {
      throw ApiException.invalid("input", "'input' is missing: a text, a list of texts, or token ids");
    }
    if (!input.isArray()) {
      return List.of(engine.tokens(Fields.string("input", input)));
    }
    if (input.isEmpty() || (input.size() > MOST_TEXTS && !input.get(0).isNumber())) {
      throw ApiException.invalid("input", "'input' holds " + input.size() + " texts; it can hold 1 to " + MOST_TEXTS);
    }
    if (input.get(0).isNumber()) {
      return List.of(ids("input", input, engine));
    }
    List<Tokens> texts = new ArrayList<>();
    for (int i = 0; i < input.size(); i++) {
      JsonNode one = input.get(i);
      String name = "input[" + i + "]";
      texts.add(one.isArray() ? ids(name, one, engine) : engine.tokens(Fields.string(name, one)));
    }
    return texts;
  }

  private static Tokens ids(String name, JsonNode array, EncoderEngine engine) {
    int vocabSize = engine.spec().vocabSize();
    int[] ids = new int[array.size()];
    if (ids.length == 0) {
      throw ApiException.invalid("input", "'" + name + "' is an empty list; give at least one token id");
    }
    for (int i = 0; i < ids.length; i++) {
      JsonNode id = array.get(i);
      if (!id.isIntegralNumber()) {
        throw Fields.wrongType(name, "token ids", id);
      }
      if (!id.canConvertToInt() || id.intValue() < 0 || id.intValue() >= vocabSize) {
        throw ApiException.invalid("input", "'" + name + "' holds " + id + "; token ids go from 0 to " + (vocabSize - 1));
      }
      ids[i] = id.intValue();
    }
    return new Tokens(ids);
  }

  private static ObjectNode body(String model, List<Tokens> texts, List<float[]> vectors, int dimensions, boolean base64) {
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("object", "list");
    ArrayNode data = body.putArray("data");
    for (int i = 0; i < vectors.size(); i++) {
      float[] vector = vectors.get(i);
      // Models that were trained for it keep their meaning in their first numbers. Kusupati et al., https://arxiv.org/abs/2205.13147
      float[] kept = dimensions == vector.length ? vector : Pooling.normalised(Arrays.copyOf(vector, dimensions));
      ObjectNode one = data.addObject().put("object", "embedding").put("index", i);
      if (base64) {
        one.put("embedding", base64(kept));
      } else {
        ArrayNode numbers = one.putArray("embedding");
        for (float value : kept) {
          numbers.add(value);
        }
      }
    }
    int tokens = texts.stream().mapToInt(text -> text.ids().length).sum();
    body.put("model", model).putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
    return body;
  }

  /// F32, little-endian.
  private static String base64(float[] vector) {
    ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
