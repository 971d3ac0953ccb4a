package dev.athanor.model.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RgbImageTest {
  @ParameterizedTest
  @CsvSource({
    // The row and the column that the first pixel shows; −1 is one row of black.
    "4, 6, 4, 6, 0, 0",
    "4, 6, 2, 2, 1, 2",
    "5, 7, 2, 2, 1, 2",
    "5, 7, 2, 4, 1, 1",
    "4, 6, 6, 8, -1, -1",
    "4, 6, 5, 9, -1, -2",
    "4, 6, 2, 9, 1, -2",
    "4, 6, 7, 3, -2, 1",
  })
  void centreCrop_anySize_showsTheMiddleOnBlack(int height, int width, int toHeight, int toWidth, int top, int left) {
    RgbImage image = numbered(height, width);
    RgbImage cropped = image.centreCrop(new Size.Exact(toHeight, toWidth));
    assertThat(cropped.height()).isEqualTo(toHeight);
    assertThat(cropped.width()).isEqualTo(toWidth);
    for (int y = 0; y < toHeight; y++) {
      for (int x = 0; x < toWidth; x++) {
        boolean inside = y + top >= 0 && y + top < height && x + left >= 0 && x + left < width;
        int number = inside ? 1 + (y + top) * width + x + left : 0;
        assertThat(pixel(cropped, y, x)).as("%d, %d", y, x).containsExactly(number, 2 * number, number == 0 ? 0 : 200);
      }
    }
  }

  @Test
  void padToSquare_wideAndTall_liesInTheMiddleOfTheColour() {
    byte[] colour = TestImages.bytes(7, 8, 255);
    RgbImage wide = numbered(2, 5).padToSquare(colour);
    assertThat(wide.height()).isEqualTo(5);
    assertThat(wide.width()).isEqualTo(5);
    assertThat(pixel(wide, 0, 0)).containsExactly(7, 8, 255);
    assertThat(pixel(wide, 1, 0)).containsExactly(1, 2, 200);
    assertThat(pixel(wide, 2, 4)).containsExactly(10, 20, 200);
    assertThat(pixel(wide, 3, 4)).containsExactly(7, 8, 255);
    RgbImage tall = numbered(5, 2).padToSquare(colour);
    assertThat(pixel(tall, 0, 0)).containsExactly(7, 8, 255);
    assertThat(pixel(tall, 0, 1)).containsExactly(1, 2, 200);
    assertThat(pixel(tall, 4, 2)).containsExactly(10, 20, 200);
    assertThat(pixel(tall, 4, 3)).containsExactly(7, 8, 255);
    RgbImage square = numbered(3, 3);
    assertThat(square.padToSquare(colour)).isEqualTo(square);
  }

  @Test
  void padToSquare_pastTheLimit_saysSo() {
    RgbImage strip = TestImages.constant(1, 20_000, 1, 2, 3);
    assertThatThrownBy(() -> strip.padToSquare(TestImages.bytes(0, 0, 0)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("from 20000 x 1 pixels to a square");
  }

  @Test
  void new_bytesThatDoNotFit_isABug() {
    assertThatThrownBy(() -> new RgbImage(2, 2, new byte[11]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 x 2 pixels take 12 bytes, not 11");
    assertThatThrownBy(() -> new RgbImage(0, 2, new byte[0])).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new PixelValues(3, 2, 2, new float[11])).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({"480, 640, 336, 448", "640, 480, 448, 336", "100, 33, 1018, 336", "336, 336, 336, 336", "1, 3, 336, 1008"})
  void shortestEdge_anyImage_cutsTheLongEdgeOff(int height, int width, int toHeight, int toWidth) {
    assertThat(new Size.ShortestEdge(336).of(height, width)).isEqualTo(new Size.Exact(toHeight, toWidth));
  }

  /// Every pixel has its number.
  private static RgbImage numbered(int height, int width) {
    RgbImage image = TestImages.constant(height, width, 0, 0, 200);
    for (int i = 0; i < height * width; i++) {
      image.rgb()[3 * i] = (byte) (i + 1);
      image.rgb()[3 * i + 1] = (byte) (2 * (i + 1));
    }
    return image;
  }

  private static int[] pixel(RgbImage image, int y, int x) {
    int at = 3 * (y * image.width() + x);
    return new int[] {image.rgb()[at] & 0xff, image.rgb()[at + 1] & 0xff, image.rgb()[at + 2] & 0xff};
  }
}
