package dev.athanor.serve;

import com.linecorp.armeria.common.HttpStatus;
import dev.athanor.inference.EncoderEngine;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The encoders that clients may ask for, by name.
record ServedEncoders(Map<String, EncoderEngine> byName) {
  ServedEncoders(Map<String, EncoderEngine> byName) {
    this.byName = new LinkedHashMap<>(byName);
  }

  /// An encoder under its name.
  record Served(String id, EncoderEngine engine) {}

  List<Served> all() {
    return byName.entrySet().stream().map(entry -> new Served(entry.getKey(), entry.getValue())).toList();
  }

  /// The encoder with a name, if there is one.
  Optional<Served> named(String id) {
    return Optional.ofNullable(byName.get(id)).map(engine -> new Served(id, engine));
  }

  /// The encoder of a request; a request that names none gets the only one there is.
  ///
  /// @throws ApiException 404 when there is no such encoder
  Served of(Fields fields) {
    if (byName.isEmpty()) {
      throw ApiException.ofStatus(
          HttpStatus.NOT_FOUND, "no encoder is served here; start the server with --encoder <model>");
    }
    String name = fields.text("model").orElse(null);
    if (name == null) {
      if (byName.size() > 1) {
        throw ApiException.invalid("model", "'model' is missing; there is: " + String.join(", ", byName.keySet()));
      }
      name = byName.keySet().iterator().next();
    }
    EncoderEngine engine = byName.get(name);
    if (engine == null) {
      throw ApiException.modelNotFound(name, byName.keySet());
    }
    return new Served(name, engine);
  }
}
