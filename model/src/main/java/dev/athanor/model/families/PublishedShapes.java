package dev.athanor.model.families;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.model.ModelSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/// The architectures of models that many know, by name, so that one can be asked about without its files.
public final class PublishedShapes {
  private static final JsonNode ALL = read();

  private PublishedShapes() {}

  private static JsonNode read() {
    try (InputStream file =
        Objects.requireNonNull(PublishedShapes.class.getResourceAsStream("published-shapes.json"), "published-shapes.json")) {
      return Json.MAPPER.readTree(file.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read published-shapes.json", e);
    }
  }

  public static List<String> names() {
    return List.copyOf(ALL.propertyNames());
  }

  /// @throws UserException when no model is known by this name
  public static ModelSpec named(String name) {
    JsonNode config = ALL.path(name);
    if (config.isMissingNode()) {
      throw new UserException("no shape '" + name + "'; there are " + String.join(", ", names()));
    }
    return Families.of(config).spec(config);
  }
}
