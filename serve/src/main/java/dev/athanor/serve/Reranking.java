package dev.athanor.serve;

import dev.athanor.inference.EncoderRunner.Tokens;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `POST /v1/rerank`, as Jina and Cohere have it: how well documents answer a query, by a classifier of one label that reads both
/// together. https://jina.ai/reranker
final class Reranking {
  private static final int MOST_DOCUMENTS = 1000;

  private final ServedEncoders encoders;

  Reranking(ServedEncoders encoders) {
    this.encoders = encoders;
  }

  /// @throws ApiException for what is wrong with it
  CompletableFuture<ObjectNode> answer(Fields fields) {
    ServedEncoders.Served model = encoders.of(fields);
    if (!model.engine().ranks()) {
      throw ApiException.invalid(
          "model", "'" + model.id() + "' cannot rerank: that takes an encoder with a classifier of one label");
    }
    String query =
        fields.text("query").orElseThrow(() -> ApiException.invalid("query", "'query' is missing: the text to rank by"));
    List<String> documents = documents(fields);
    int most = fields.integer("top_n", 1, Integer.MAX_VALUE).orElse(documents.size());
    boolean withDocuments = fields.flag("return_documents", false);
    List<Tokens> pairs = documents.stream().map(document -> model.engine().tokens(query, document)).toList();
    return model
        .engine()
        .scores(pairs)
        .thenApply(scores -> body(model.id(), documents, pairs, scores, Math.min(most, documents.size()), withDocuments));
  }

  /// Texts, or objects with a `text`.
  private static List<String> documents(Fields fields) {
    JsonNode given = fields.value("documents");
    if (given == null || !given.isArray() || given.isEmpty() || given.size() > MOST_DOCUMENTS) {
      throw ApiException.invalid("documents", "'documents' must be a list of 1 to " + MOST_DOCUMENTS + " texts");
    }
    List<String> documents = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      JsonNode one = given.get(i);
      JsonNode text = one.isObject() ? one.path("text") : one;
      documents.add(Fields.string("documents[" + i + "]", text));
    }
    return documents;
  }

  private static ObjectNode body(
      String model, List<String> documents, List<Tokens> pairs, List<float[]> scores, int most, boolean withDocuments) {
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("object", "list").put("model", model);
    ArrayNode results = body.putArray("results");
    IntStream.range(0, documents.size())
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> scores.get(i)[0]).reversed())
        .limit(most)
        .forEach(
            i -> {
              ObjectNode result = results.addObject().put("index", i.intValue()).put("relevance_score", sigmoid(scores.get(i)[0]));
              if (withDocuments) {
                result.putObject("document").put("text", documents.get(i));
              }
            });
    body.putObject("usage").put("total_tokens", pairs.stream().mapToInt(pair -> pair.ids().length).sum());
    return body;
  }

  /// From a logit to a share, as the classifier was trained.
  private static double sigmoid(double logit) {
    return 1 / (1 + Math.exp(-logit));
  }
}
