package dev.athanor.serve;

import dev.athanor.inference.Generator;
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
  private final Map<String, Generator> generators;
  private final long since = Instant.now().getEpochSecond();

  ServedModels(Map<String, Generator> generators) {
    if (generators.isEmpty()) {
      throw new IllegalArgumentException("a server needs at least one model");
    }
    this.generators = new LinkedHashMap<>(generators);
  }

  /// A model under its name.
  record Served(String id, Generator generator) {}

  /// The model of a request; a request that names none gets the only one there is.
  ///
  /// @throws ApiException 404 when there is no such model
  Served of(Fields fields) {
    Optional<String> name = fields.text("model");
    if (name.isPresent()) {
      return of(name.get());
    }
    if (generators.size() > 1) {
      throw ApiException.invalid(
          "model", "'model' is missing; there is: " + String.join(", ", generators.keySet()));
    }
    return of(generators.keySet().iterator().next());
  }

  Served of(String id) {
    Generator generator = generators.get(id);
    if (generator == null) {
      throw ApiException.modelNotFound(id, generators.keySet());
    }
    return new Served(id, generator);
  }

  List<Served> all() {
    return generators.entrySet().stream().map(e -> new Served(e.getKey(), e.getValue())).toList();
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
