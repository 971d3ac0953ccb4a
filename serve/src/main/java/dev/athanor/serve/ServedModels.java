package dev.athanor.serve;

import dev.athanor.inference.Generator;
import dev.athanor.inference.grammar.Grammars;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The models that clients may ask for, by name.
final class ServedModels {
  private final Map<String, Served> models = new LinkedHashMap<>();
  private final long since = Instant.now().getEpochSecond();

  ServedModels(Map<String, Generator> generators) {
    if (generators.isEmpty()) {
      throw new IllegalArgumentException("a server needs at least one model");
    }
    generators.forEach((id, generator) -> models.put(id, new Served(id, generator, new Grammars(generator.tokenizer()))));
  }

  /// A model under its name.
  ///
  /// @param grammars what its answers may have to be, compiled for its tokenizer
  record Served(String id, Generator generator, Grammars grammars) {}

  /// The model of a request; a request that names none gets the only one there is.
  ///
  /// @throws ApiException 404 when there is no such model
  Served of(Fields fields) {
    Optional<String> name = fields.text("model");
    if (name.isPresent()) {
      return of(name.get());
    }
    if (models.size() > 1) {
      throw ApiException.invalid(
          "model", "'model' is missing; there is: " + String.join(", ", models.keySet()));
    }
    return models.values().iterator().next();
  }

  Served of(String id) {
    Served model = models.get(id);
    if (model == null) {
      throw ApiException.modelNotFound(id, models.keySet());
    }
    return model;
  }

  List<Served> all() {
    return List.copyOf(models.values());
  }

  /// The body of `GET /v1/models`.
  ObjectNode list() {
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("object", "list");
    ArrayNode data = body.putArray("data");
    all().stream().map(this::describe).forEach(data::add);
    return body;
  }

  /// The body of `GET /v1/models/{id}`; `max_model_len` and `parameters` say more than OpenAI's does.
  ObjectNode describe(Served model) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", model.id())
        .put("object", "model")
        .put("created", since)
        .put("owned_by", "athanor")
        .put("max_model_len", model.generator().spec().contextLength())
        .put("parameters", model.generator().spec().parameters());
  }
}
