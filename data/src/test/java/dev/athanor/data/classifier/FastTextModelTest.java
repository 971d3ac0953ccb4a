package dev.athanor.data.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// Against what fastText itself says: bench/peers/golden_fasttext.py.
class FastTextModelTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/fasttext");

  /// fastText's softmax gives each probability a hundred-thousandth too much; its one-vs-all reads sigmoids from a table of 512 steps.
  @ParameterizedTest
  @CsvSource({"softmax.bin, 2e-5", "ngrams.bin, 2e-5", "quantised.ftz, 2e-5", "tree.bin, 5e-6", "ova.bin, 8e-3"})
  void probabilities_publishedModel_areThoseOfFastText(String file, double tolerance) {
    TextClassifier model = TextClassifier.open(GOLDEN.resolve(file));
    JsonNode texts = Json.readFile(GOLDEN.resolve("texts.json"));
    JsonNode golden = Json.readFile(GOLDEN.resolve(file.replaceAll("\\..*", ".json")));
    assertThat(golden.size()).isEqualTo(texts.size()).isGreaterThan(10);
    for (int i = 0; i < texts.size(); i++) {
      float[] p = model.probabilities(texts.get(i).asString());
      for (int label = 0; label < p.length; label++) {
        assertThat((double) p[label])
            .as("%s of '%s'", model.labels().get(label), texts.get(i).asString())
            .isCloseTo(golden.get(i).path(model.labels().get(label)).asDouble(), within(tolerance));
      }
    }
  }

  @Test
  void label_withAndWithoutPrefix_isFound() {
    TextClassifier model = TextClassifier.open(GOLDEN.resolve("softmax.bin"));
    assertThat(model.label("food", "x")).isEqualTo(model.label("__label__food", "x"));
    assertThatThrownBy(() -> model.label("foot", "x")).isInstanceOf(UserException.class).hasMessageContaining("__label__food");
  }

  @Test
  void open_cutOffOrDamaged_saysSo(@TempDir Path folder) throws IOException {
    for (String name : new String[] {"softmax.bin", "quantised.ftz"}) {
      byte[] bytes = Files.readAllBytes(GOLDEN.resolve(name));
      for (int length : new int[] {0, 5, 40, 200, bytes.length / 2, bytes.length - 1}) {
        Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(bytes, length));
        assertThatThrownBy(() -> TextClassifier.open(cut)).isInstanceOf(UserException.class).hasMessageContaining("cut");
      }
    }
  }

  @Test
  void open_wordVectors_areRefused(@TempDir Path folder) throws IOException {
    byte[] bytes = Files.readAllBytes(GOLDEN.resolve("softmax.bin"));
    bytes[8 + 7 * 4] = 2;
    Path vectors = Files.write(folder.resolve("vectors.bin"), bytes);
    assertThatThrownBy(() -> TextClassifier.open(vectors)).isInstanceOf(UserException.class).hasMessageContaining("word vectors");
  }
}
