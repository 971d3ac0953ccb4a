package dev.athanor.model.vision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Held against the published processor, whose pixels `bench/peers/golden_images.py` wrote.
class PublishedPixelsTest {
  private static final Path IMAGES = Path.of("src/test/resources/images");

  /// Noise that shrinks, a smooth one cropped, one smaller than the crop and transparent, hard edges in grey.
  @ParameterizedTest
  @ValueSource(strings = {"crop24", "edge16"})
  void pixels_ofEveryPicture_equalThePublished(String name) throws IOException {
    Path dir = IMAGES.resolve(name);
    ImageProcessor processor = ImageProcessor.read(dir);
    JsonNode shapes = Json.readFile(dir.resolve("golden.json")).path("shapes");
    assertThat(shapes.propertyNames()).containsExactlyInAnyOrder("tall", "wide", "transparent", "grey");
    for (String picture : shapes.propertyNames()) {
      PixelValues pixels = processor.pixels(IMAGES.resolve(picture + ".png"));
      JsonNode shape = shapes.path(picture);
      assertThat(new int[] {pixels.channels(), pixels.height(), pixels.width()})
          .as(picture)
          .containsExactly(shape.path(0).asInt(), shape.path(1).asInt(), shape.path(2).asInt());
      float[] published = floats(dir.resolve(picture + ".f32"));
      for (int i = 0; i < published.length; i++) {
        assertThat(Math.abs(pixels.values()[i] - published[i])).as("%s, value %d", picture, i).isLessThanOrEqualTo(1e-6f);
      }
      assertThat(pixels.values()).hasSameSizeAs(published);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"crop24", "edge16"})
  void json_ofPublished_isThePublished(String name) {
    Path dir = IMAGES.resolve(name);
    JsonNode published = Json.readFile(dir.resolve(ImageProcessor.FILE));
    assertThat(Json.write(ImageProcessor.read(dir).json())).isEqualTo(Json.write(published));
  }

  private static float[] floats(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return values;
  }
}
