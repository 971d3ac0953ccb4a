package dev.athanor.serve;

import dev.athanor.base.UserException;
import dev.athanor.inference.Adapted;
import dev.athanor.inference.Generator;
import dev.athanor.inference.LoadedAdapters;
import dev.athanor.inference.grammar.Grammars;
import dev.athanor.model.DecoderSpec;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The models that clients may ask for, by name: those of the server, and the adapters over them, which come and go. Thread-safe.
final class ServedModels {
  private final Map<String, Served> models = new LinkedHashMap<>();
  private final long since = Instant.now().getEpochSecond();

  ServedModels(Map<String, Generator> generators) {
    if (generators.isEmpty()) {
      throw new IllegalArgumentException("a server needs at least one model");
    }
    generators.forEach(
        (id, generator) -> {
          if (!(generator instanceof Adapted)) {
            models.put(id, new Served(id, generator, new Grammars(generator.tokenizer()), Optional.empty()));
          }
        });
    generators.forEach(
        (id, generator) -> {
          if (generator instanceof Adapted adapted) {
            models.put(id, over(baseOf(adapted), id, adapted));
          }
        });
  }

  /// A model under its name.
  ///
  /// @param grammars what its answers may have to be, compiled for its tokenizer
  /// @param parent the model that an adapter is over; empty for a model of its own
  record Served(String id, Generator generator, Grammars grammars, Optional<String> parent) {}

  private Served baseOf(Adapted adapted) {
    return all().stream()
        .filter(model -> model.generator().equals(adapted.base()))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("the base of adapter '" + adapted.adapter() + "' is not served"));
  }

  private static Served over(Served base, String id, Adapted adapted) {
    return new Served(id, adapted, base.grammars(), Optional.of(base.id()));
  }

  /// The model of a request; a request that names none gets the only one there is.
  ///
  /// @throws ApiException 404 when there is no such model
  Served of(Fields fields) {
    Optional<String> name = fields.text("model");
    if (name.isPresent()) {
      return of(name.get());
    }
    List<Served> bases = bases();
    if (bases.size() > 1) {
      throw ApiException.invalid("model", "'model' is missing; there is: " + String.join(", ", names()));
    }
    return bases.getFirst();
  }

  Served of(String id) {
    synchronized (models) {
      Served model = models.get(id);
      if (model == null) {
        throw ApiException.modelNotFound(id, models.keySet());
      }
      return model;
    }
  }

  boolean has(String id) {
    synchronized (models) {
      return models.containsKey(id);
    }
  }

  List<Served> all() {
    synchronized (models) {
      return List.copyOf(models.values());
    }
  }

  private List<Served> bases() {
    return all().stream().filter(model -> model.parent().isEmpty()).toList();
  }

  private List<String> names() {
    synchronized (models) {
      return List.copyOf(models.keySet());
    }
  }

  /// Reads an adapter's folder and serves it from now on.
  ///
  /// @param base the name of the model that it is for; empty where there is only one
  /// @throws ApiException when the name is taken, there is no such model, or it takes no adapters
  /// @throws UserException when the folder holds no adapter of the model
  void load(String name, Path folder, Optional<String> base) {
    Served over = base.map(this::of).orElseGet(this::onlyBase);
    LoadedAdapters adapters = adapters(over);
    requireFree(name);
    adapters.load(name, folder);
    synchronized (models) {
      models.put(name, over(over, name, new Adapted(over.generator(), name)));
    }
  }

  private Served onlyBase() {
    List<Served> bases = bases();
    if (bases.size() > 1) {
      throw ApiException.invalid(
          "base_model_name",
          "several models are served; 'base_model_name' says which one the adapter is for: "
              + String.join(", ", bases.stream().map(Served::id).toList()));
    }
    return bases.getFirst();
  }

  private void requireFree(String name) {
    synchronized (models) {
      if (models.containsKey(name)) {
        throw ApiException.invalid("lora_name", "a model '" + name + "' is served already; unload it first or take another name");
      }
    }
  }

  private static LoadedAdapters adapters(Served base) {
    return base.generator()
        .adapters()
        .orElseThrow(
            () -> ApiException.invalid(null, "the model '" + base.id() + "' takes no adapters while it is served"));
  }

  /// Serves an adapter no longer; requests under way finish.
  ///
  /// @throws ApiException 404 when there is no such adapter
  void unload(String name) {
    Served model = of(name);
    if (!(model.generator() instanceof Adapted adapted)) {
      throw ApiException.invalid("lora_name", "'" + name + "' is a model and no adapter");
    }
    LoadedAdapters adapters = adapters(baseOf(adapted));
    synchronized (models) {
      models.remove(name);
    }
    adapters.unload(adapted.adapter());
  }

  /// The body of `GET /v1/models`.
  ///
  /// @param encoders that are served beside
  ObjectNode list(ServedEncoders encoders) {
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("object", "list");
    ArrayNode data = body.putArray("data");
    all().stream().map(this::describe).forEach(data::add);
    encoders.all().stream().map(this::describe).forEach(data::add);
    return body;
  }

  /// The same of an encoder.
  ObjectNode describe(ServedEncoders.Served encoder) {
    return described(encoder.id(), Optional.empty(), encoder.engine().spec().contextLength(), encoder.engine().spec().parameters());
  }

  /// The body of `GET /v1/models/{id}`; what follows `owned_by` says more than OpenAI's does. `root` is the model whose weights
  /// compute it, `parent` the same of an adapter alone, as vLLM has it.
  ObjectNode describe(Served model) {
    DecoderSpec spec = model.generator().spec();
    ObjectNode body = described(model.id(), model.parent(), spec.contextLength(), spec.parameters());
    pooled(model).ifPresent(pooled -> body.put("loaded", pooled.loaded()));
    return body;
  }

  private ObjectNode described(String id, Optional<String> parent, int context, long parameters) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", id)
        .put("object", "model")
        .put("created", since)
        .put("owned_by", "athanor")
        .put("root", parent.orElse(id))
        .put("parent", parent.orElse(null))
        .put("max_model_len", context)
        .put("parameters", parameters);
  }

  /// The place in a pool that a model, or an adapter's base, has.
  private static Optional<ModelPool.Pooled> pooled(Served model) {
    Generator base = model.generator() instanceof Adapted adapted ? adapted.base() : model.generator();
    return base instanceof ModelPool.Pooled pooled ? Optional.of(pooled) : Optional.empty();
  }
}
