package dev.athanor.model.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageProcessorTest {
  /// As LLaVA 1.5 is published.
  private static final String LLAVA =
      """
      {
        "crop_size": {"height": 336, "width": 336},
        "do_center_crop": true,
        "do_convert_rgb": true,
        "do_normalize": true,
        "do_rescale": true,
        "do_resize": true,
        "image_mean": [0.48145466, 0.4578275, 0.40821073],
        "image_processor_type": "CLIPImageProcessor",
        "image_std": [0.26862954, 0.26130258, 0.27577711],
        "processor_class": "LlavaProcessor",
        "resample": 3,
        "rescale_factor": 0.00392156862745098,
        "size": {"shortest_edge": 336}
      }
      """;

  @TempDir Path temp;

  @Test
  void read_publishedFile_writesItBack() throws IOException {
    Files.writeString(temp.resolve("preprocessor_config.json"), LLAVA);
    ImageProcessor processor = ImageProcessor.read(temp);
    assertThat(processor.size()).isEqualTo(new Size.ShortestEdge(336));
    assertThat(processor.crop()).isEqualTo(new Size.Exact(336, 336));
    assertThat(processor.resample()).isEqualTo(Resample.BICUBIC);
    assertThat(processor.processorClass()).contains("LlavaProcessor");
    assertThat(Json.write(processor.json())).isEqualTo(Json.write(Json.tree(LLAVA)));
  }

  @Test
  void json_everyValueAnother_readsBackEqual() {
    ImageProcessor processor =
        new ImageProcessor(
            ImageProcessor.Kind.LLAVA,
            false,
            true,
            false,
            new Size.Exact(30, 20),
            Resample.BILINEAR,
            false,
            new Size.Exact(7, 8),
            false,
            0.5,
            false,
            List.of(0.1, 0.2, 0.3),
            List.of(0.4, 0.5, 0.6),
            Optional.of("P"));
    assertThat(ImageProcessor.of(processor.json())).isEqualTo(processor);
    assertThat(ImageProcessor.of(ImageProcessor.clip(336).json())).isEqualTo(ImageProcessor.clip(336));
    assertThat(ImageProcessor.of(ImageProcessor.vit(64).json())).isEqualTo(ImageProcessor.vit(64));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'size': 224, 'crop_size': 224, 'feature_extractor_type': 'CLIPFeatureExtractor', 'resample': null}",
        "{'image_processor_type': 'CLIPImageProcessorFast', 'size': {'shortest_edge': 224, 'longest_edge': null}}",
        "{'image_processor_type': 'CLIPImageProcessorPil', 'crop_size': [224, 224], 'unheard_of': 1}"
      })
  void of_olderAndNewerForms_areCompletedAsPublished(String json) {
    assertThat(of(json)).isEqualTo(ImageProcessor.clip(224));
  }

  @Test
  void of_otherKinds_haveDefaultsOfTheirOwn() {
    assertThat(of("{'image_processor_type': 'ViTImageProcessor', 'size': 64}"))
        .isEqualTo(ImageProcessor.of(ImageProcessor.vit(64).json().without("crop_size")));
    assertThat(of("{'image_processor_type': 'LlavaImageProcessor', 'do_pad': true}"))
        .isEqualTo(ImageProcessor.clip(224).withPadToSquare(true));
    assertThat(of("{'image_mean': 0.5, 'image_std': 0.25}").mean()).containsExactly(0.5, 0.5, 0.5);
  }

  @Test
  void read_combinedFile_takesItsPart() throws IOException {
    assertThatThrownBy(() -> ImageProcessor.read(temp))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no preprocessor_config.json in " + temp);
    Files.writeString(temp.resolve("processor_config.json"), "{\"image_processor\": " + LLAVA + "}");
    assertThat(ImageProcessor.read(temp)).isEqualTo(ImageProcessor.of(Json.tree(LLAVA)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'image_processor_type': 'PixtralImageProcessor' | 'PixtralImageProcessor' is not supported; supported are CLIPImageProcessor",
        "'resample': 1 | 'resample' 1 is not supported; 2 (bilinear) and 3 (bicubic) are",
        "'size': {'longest_edge': 5} | 'size' needs 'shortest_edge', or 'height' and 'width'",
        "'size': {'shortest_edge': 5, 'longest_edge': 9} | 'longest_edge' is not supported",
        "'size': {'shortest_edge': 0} | 'size.shortest_edge' must be a whole number of pixels above 0, not 0",
        "'crop_size': {'height': 5} | 'crop_size' needs 'height' and 'width'",
        "'crop_size': {'height': 5, 'width': 2.5} | 'crop_size' must be a whole number of pixels above 0, not 2.5",
        "'do_resize': 1 | 'do_resize' must be true or false, not 1",
        "'do_pad': true | 'do_pad': true is not supported in a CLIPImageProcessor",
        "'image_mean': [1, 2] | 'image_mean' must be three numbers",
        "'image_std': [1, 0, 1] | image_std must be positive",
        "'rescale_factor': 'x' | 'rescale_factor' must be a number",
        "'image_mean': [2, 2, 2], 'image_processor_type': 'LlavaImageProcessor', 'do_pad': true | between 0 and 1"
      })
  void read_unsupported_namesFileAndKey(String content, String message) throws IOException {
    Path file = temp.resolve("preprocessor_config.json");
    Files.writeString(file, "{" + content.replace('\'', '"') + "}");
    assertThatThrownBy(() -> ImageProcessor.read(temp))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(message);
  }

  @Test
  void of_severalProblems_namesThemTogether() {
    assertThatThrownBy(() -> of("{'resample': 0, 'do_rescale': 'yes', 'crop_size': -1}"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'resample'")
        .hasMessageContaining("'do_rescale'")
        .hasMessageContaining("'crop_size'");
  }

  /// Floats come this close to the same in double precision: values up to 2 with three roundings.
  @Test
  void pixels_ofTheRightSize_areRescaledNormalisedAndInPlanes() {
    RgbImage image = TestImages.noise(new Random(8), 4, 4);
    PixelValues pixels = ImageProcessor.clip(4).pixels(image);
    assertThat(pixels.channels()).isEqualTo(3);
    double[] mean = {0.48145466, 0.4578275, 0.40821073};
    double[] std = {0.26862954, 0.26130258, 0.27577711};
    for (int channel = 0; channel < 3; channel++) {
      for (int i = 0; i < 16; i++) {
        double scaled = (image.rgb()[3 * i + channel] & 0xff) / 255.0;
        assertThat((double) pixels.at(channel, i / 4, i % 4))
            .isCloseTo((scaled - mean[channel]) / std[channel], offset(1e-6));
      }
    }
  }

  @Test
  void pixels_stepsOff_areTheBytes() {
    RgbImage image = TestImages.noise(new Random(9), 5, 3);
    PixelValues pixels =
        of("{'do_resize': false, 'do_center_crop': false, 'do_rescale': false, 'do_normalize': false}").pixels(image);
    assertThat(pixels.height()).isEqualTo(5);
    assertThat(pixels.width()).isEqualTo(3);
    for (int i = 0; i < 15; i++) {
      assertThat(pixels.at(2, i / 3, i % 3)).isEqualTo(image.rgb()[3 * i + 2] & 0xff);
    }
  }

  @Test
  void pixels_uncropped_keepTheProportion() {
    ImageProcessor processor = of("{'size': {'shortest_edge': 16}, 'do_center_crop': false}");
    PixelValues pixels = processor.pixels(TestImages.noise(new Random(10), 53, 37));
    assertThat(pixels.height()).isEqualTo(22);
    assertThat(pixels.width()).isEqualTo(16);
  }

  /// The ground is the mean's bytes, cut off, so that it becomes nearly 0.
  @Test
  void pixels_paddedToASquare_lieOnTheMeanColour() {
    ImageProcessor processor = ImageProcessor.clip(12).withPadToSquare(true);
    PixelValues pixels = processor.pixels(TestImages.constant(6, 12, 255, 255, 255));
    for (int channel = 0; channel < 3; channel++) {
      float mean = processor.mean().get(channel).floatValue();
      float std = processor.std().get(channel).floatValue();
      float ground = ((float) ((int) (processor.mean().get(channel) * 255) / 255.0) - mean) / std;
      assertThat(pixels.at(channel, 2, 5)).isEqualTo(ground).isBetween(-0.02f, 0f);
      assertThat(pixels.at(channel, 3, 5)).isEqualTo((1 - mean) / std);
      assertThat(pixels.at(channel, 8, 5)).isEqualTo((1 - mean) / std);
      assertThat(pixels.at(channel, 9, 5)).isEqualTo(ground);
    }
  }

  @Test
  void pixels_fileAndMemory_agreeAndErrorsNameIt() throws IOException {
    byte[] file = TestImages.png(TestImages.noise(new Random(11), 20, 30));
    Path path = Files.write(temp.resolve("a.png"), file);
    ImageProcessor processor = ImageProcessor.clip(8);
    assertThat(processor.pixels(path).values()).isEqualTo(processor.pixels("a", file).values());
    Path strip = Files.write(temp.resolve("strip.png"), TestImages.png(100_000, 1, 8, 0, new byte[100_000]));
    assertThatThrownBy(() -> ImageProcessor.clip(336).pixels(strip))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(strip + ": resized from 100000 x 1 to 33600000 x 336 pixels");
    byte[] half = Arrays.copyOf(file, 900);
    assertThatThrownBy(() -> processor.pixels("upload 1", half))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("upload 1 cannot be read as a PNG");
  }

  private static ImageProcessor of(String json) {
    return ImageProcessor.of(Json.tree(json.replace('\'', '"')));
  }
}
