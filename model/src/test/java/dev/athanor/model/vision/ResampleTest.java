package dev.athanor.model.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.UserException;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ResampleTest {
  @ParameterizedTest
  @EnumSource
  void resize_sameSize_changesNothing(Resample filter) {
    RgbImage image = TestImages.noise(new Random(1), 7, 13);
    assertThat(filter.resize(image, new Size.Exact(7, 13))).isEqualTo(image);
  }

  @ParameterizedTest
  @EnumSource
  void resize_oneColour_keepsIt(Resample filter) {
    Random random = new Random(2);
    for (int i = 0; i < 100; i++) {
      int red = random.nextInt(256);
      int green = random.nextInt(256);
      int blue = random.nextInt(256);
      RgbImage image = TestImages.constant(1 + random.nextInt(60), 1 + random.nextInt(60), red, green, blue);
      int height = 1 + random.nextInt(60);
      int width = 1 + random.nextInt(60);
      assertThat(filter.resize(image, new Size.Exact(height, width)))
          .isEqualTo(TestImages.constant(height, width, red, green, blue));
    }
  }

  /// The sums of the fixed-point weights differ from the exact ones by less than 10⁻³ of a level, so that only what lies that
  /// close to a half may be rounded differently. The triangle's weights are small fractions, so that a half is not rare.
  @ParameterizedTest
  @EnumSource
  void resize_anySize_isThePlainSumInDoublePrecision(Resample filter) {
    Random random = new Random(3);
    long values = 0;
    long differing = 0;
    for (int i = 0; i < 60; i++) {
      RgbImage image = TestImages.noise(random, 1 + random.nextInt(90), 1 + random.nextInt(90));
      Size.Exact to = new Size.Exact(1 + random.nextInt(70), 1 + random.nextInt(70));
      byte[] fast = filter.resize(image, to).rgb();
      byte[] plain = plain(image, to, filter).rgb();
      for (int at = 0; at < plain.length; at++) {
        int difference = Math.abs((fast[at] & 0xff) - (plain[at] & 0xff));
        assertThat(difference).isLessThanOrEqualTo(1);
        differing += difference;
      }
      values += plain.length;
    }
    assertThat(values).isGreaterThan(100_000);
    assertThat(differing).isLessThan(values / 100);
  }

  @Test
  void resize_twoPixelsToOne_isTheirMeanRoundedUp() {
    RgbImage image = new RgbImage(1, 2, TestImages.bytes(10, 0, 255, 21, 1, 0));
    RgbImage mean = new RgbImage(1, 1, TestImages.bytes(16, 1, 128));
    assertThat(Resample.BILINEAR.resize(image, new Size.Exact(1, 1))).isEqualTo(mean);
    assertThat(Resample.BICUBIC.resize(image, new Size.Exact(1, 1))).isEqualTo(mean);
  }

  /// An edge between black and white overshoots with the cubic, and both ends are clipped. From the weights at distance
  /// 1/4, 3/4, 5/4 and 7/4: 0.8672, 0.2266, −0.0703, −0.0234.
  @Test
  void resize_edgeTwiceAsWide_isClippedWhereItOvershoots() {
    byte[] edge = new byte[3 * 6];
    for (int i = 9; i < 18; i++) {
      edge[i] = (byte) 255;
    }
    byte[] wide = Resample.BICUBIC.resize(new RgbImage(1, 6, edge), new Size.Exact(1, 12)).rgb();
    int[] red = new int[12];
    for (int x = 0; x < 12; x++) {
      red[x] = wide[3 * x] & 0xff;
    }
    assertThat(red).containsExactly(0, 0, 0, 0, 0, 52, 203, 255, 255, 255, 255, 255);
  }

  @Test
  void resize_hundredTimesTallerThanWide_goesColumnsFirst() {
    RgbImage image = TestImages.noise(new Random(4), 1001, 10);
    RgbImage columnsFirst = Resample.BICUBIC.resize(image, new Size.Exact(20, 10));
    assertThat(Resample.BICUBIC.resize(image, new Size.Exact(20, 7)))
        .isEqualTo(Resample.BICUBIC.resize(columnsFirst, new Size.Exact(20, 7)));
    RgbImage shorter = TestImages.noise(new Random(4), 1000, 10);
    RgbImage rowsFirst = Resample.BICUBIC.resize(shorter, new Size.Exact(1000, 7));
    assertThat(Resample.BICUBIC.resize(shorter, new Size.Exact(20, 7)))
        .isEqualTo(Resample.BICUBIC.resize(rowsFirst, new Size.Exact(20, 7)));
  }

  @Test
  void resize_pastTheLimit_saysFromWhatToWhat() {
    RgbImage strip = TestImages.constant(1, 5_000_000, 1, 2, 3);
    Size.Exact to = new Size.ShortestEdge(336).of(1, 5_000_000);
    assertThatThrownBy(() -> Resample.BICUBIC.resize(strip, to))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("from 5000000 x 1 to 1680000000 x 336 pixels")
        .hasMessageContaining("178,956,970");
  }

  /// Every output pixel looks at every input pixel; 8 bits between the two directions, as Pillow has it.
  private static RgbImage plain(RgbImage image, Size.Exact to, Resample filter) {
    byte[] between = new byte[3 * image.height() * to.width()];
    for (int x = 0; x < to.width(); x++) {
      double[] weights = weights(filter, image.width(), to.width(), x);
      for (int y = 0; y < image.height(); y++) {
        for (int channel = 0; channel < 3; channel++) {
          double sum = 0;
          for (int j = 0; j < weights.length; j++) {
            sum += weights[j] * (image.rgb()[3 * (y * image.width() + j) + channel] & 0xff);
          }
          between[3 * (y * to.width() + x) + channel] = rounded(sum);
        }
      }
    }
    byte[] out = new byte[3 * to.height() * to.width()];
    for (int y = 0; y < to.height(); y++) {
      double[] weights = weights(filter, image.height(), to.height(), y);
      for (int at = 0; at < 3 * to.width(); at++) {
        double sum = 0;
        for (int j = 0; j < weights.length; j++) {
          sum += weights[j] * (between[3 * j * to.width() + at] & 0xff);
        }
        out[3 * y * to.width() + at] = rounded(sum);
      }
    }
    return new RgbImage(to.height(), to.width(), out);
  }

  private static double[] weights(Resample filter, int from, int to, int at) {
    DoubleUnaryOperator kernel =
        switch (filter) {
          case BILINEAR -> d -> Math.max(0, 1 - d);
          case BICUBIC -> d -> keys(d, -0.5);
        };
    double scale = (double) from / to;
    double[] weights = new double[from];
    double sum = 0;
    for (int j = 0; j < from; j++) {
      double distance = Math.abs(j + 0.5 - (at + 0.5) * scale);
      weights[j] = kernel.applyAsDouble(distance / Math.max(1, scale));
      sum += weights[j];
    }
    for (int j = 0; j < from; j++) {
      weights[j] /= sum;
    }
    return weights;
  }

  private static double keys(double d, double a) {
    if (d <= 1) {
      return (a + 2) * Math.pow(d, 3) - (a + 3) * Math.pow(d, 2) + 1;
    }
    return d < 2 ? a * Math.pow(d, 3) - 5 * a * Math.pow(d, 2) + 8 * a * d - 4 * a : 0;
  }

  private static byte rounded(double value) {
    return (byte) Math.clamp(Math.floor(value + 0.5), 0, 255);
  }
}
