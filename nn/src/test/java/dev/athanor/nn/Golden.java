package dev.athanor.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.Json;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.families.Families;
import dev.athanor.model.families.PublishedWeight;
import dev.athanor.tensor.Scope;
import dev.athanor.tensor.Tensor;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/// A tiny published checkpoint and what the published library says of it (`bench/peers/goldens.py`).
final class Golden implements AutoCloseable {
  static final Path CHECKPOINTS = Path.of("../model/src/test/resources/checkpoints");

  final JsonNode json;
  final CheckpointDir checkpoint;
  final Parameters parameters;

  Golden(String name) {
    this(CHECKPOINTS.resolve(name), CHECKPOINTS.resolve(name));
  }

  /// @param folder of the checkpoint, which may be a copy of the published one
  Golden(Path folder, Path published) {
    json = Json.readFile(published.resolve("golden.json"));
    checkpoint = CheckpointDir.open(folder);
    parameters = Parameters.of(checkpoint);
  }

  Network network() {
    return Network.of(checkpoint.spec(), parameters);
  }

  long[] longs(String key) {
    return longs(json.path(key));
  }

  static long[] longs(JsonNode array) {
    long[] values = new long[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asLong();
    }
    return values;
  }

  static float[] floats(JsonNode array) {
    float[] values = new float[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) array.get(i).asDouble();
    }
    return values;
  }

  /// Sequences of one length as they stand in the file, or a single one.
  TokenBatch batch(String key) {
    return batch(longs(key));
  }

  static TokenBatch batch(long[] ids) {
    return new TokenBatch(ids, new int[] {ids.length});
  }

  /// The published rows of a tensor [N, …], within 1e-4.
  static void assertRows(Tensor actual, JsonNode rows, JsonNode expected) {
    for (int i = 0; i < rows.size(); i++) {
      try (Scope _ = new Scope()) {
        float[] row = actual.select(0, rows.get(i).asLong()).floats();
        assertThat(row).as("row %d", rows.get(i).asInt()).containsExactly(floats(expected.get(i)), within(1e-4f));
      }
    }
  }

  /// The published gradients, each within 1e-3 of the largest that the golden tells of its weight, or of 1 where that is less.
  void assertGradients(JsonNode grads) {
    Map<String, PublishedWeight> layout = new HashMap<>();
    Families.of(Json.readFile(checkpoint.path().resolve("config.json")))
        .layout(checkpoint.spec())
        .forEach(weight -> layout.put(weight.name(), weight));
    assertThat(grads.size()).isPositive();
    for (JsonNode grad : grads) {
      String name = grad.path("name").asString("");
      float[] actual = gradient(Objects.requireNonNull(layout.get(name), () -> "no weight is called " + name));
      double norm = 0;
      for (float value : actual) {
        norm += (double) value * value;
      }
      double expectedNorm = grad.path("norm").asDouble();
      assertThat(Math.sqrt(norm)).as("norm of the gradient of " + name).isCloseTo(expectedNorm, within(1e-3 * Math.max(1, expectedNorm)));
      float[] expected = floats(grad.path("values"));
      for (int i = 0; i < expected.length; i++) {
        int at = grad.has("indices") ? grad.path("indices").get(i).asInt() : i;
        double tolerance = 1e-3 * Math.max(1, Math.abs(expected[i]));
        assertThat(actual[at]).as("gradient of %s at %d", name, at).isCloseTo(expected[i], within((float) tolerance));
      }
    }
  }

  /// In the published layout.
  private float[] gradient(PublishedWeight weight) {
    try (Scope _ = new Scope()) {
      Tensor whole = Tensor.cat(weight.parts().stream().map(part -> parameters.get(part).grad()).toList(), 0);
      return (weight.transposed() ? whole.t() : whole).floats();
    }
  }

  @Override
  public void close() {
    parameters.close();
    checkpoint.close();
  }
}
