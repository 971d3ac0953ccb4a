package dev.athanor.model.vision;

import dev.athanor.base.UserException;
import java.util.Arrays;
import java.util.Locale;

/// How an image is resized: `resample` of `preprocessor_config.json`. The result equals Pillow's, bit for bit: first the
/// rows and then the columns, each rounded and clipped to 8 bits.
public enum Resample {
  /// A triangle over the two nearest pixels.
  BILINEAR(2, 1),
  /// The cubic over the four nearest pixels with slope a = −1/2. Keys, https://doi.org/10.1109/TASSP.1981.1163711
  BICUBIC(3, 2);

  private static final int HALF = 1 << (AxisWeights.FRACTION_BITS - 1);

  private final int code;
  private final int support;

  Resample(int code, int support) {
    this.code = code;
    this.support = support;
  }

  /// The number that stands for it in `preprocessor_config.json`.
  public int code() {
    return code;
  }

  /// How far it reaches from a pixel's centre, in pixels.
  int support() {
    return support;
  }

  /// What a pixel at distance `x` counts.
  double weight(double x) {
    double d = Math.abs(x);
    return switch (this) {
      case BILINEAR -> d < 1 ? 1 - d : 0;
      case BICUBIC -> {
        if (d < 1) {
          yield (1.5 * d - 2.5) * d * d + 1;
        }
        yield d < 2 ? (((d - 5) * d + 8) * d - 4) * -0.5 : 0;
      }
    };
  }

  /// The image at another size; an axis that keeps its length is not touched.
  ///
  /// @throws UserException when the result, or the step on the way to it, has more pixels than an image may have
  RgbImage resize(RgbImage image, Size.Exact to) {
    // Since Pillow 12.2: a very tall image that gets shorter goes the other way round, because that is less work.
    boolean columnsFirst = image.height() > 100L * image.width() && to.height() < image.height();
    long between = columnsFirst ? (long) to.height() * image.width() : (long) image.height() * to.width();
    if (Math.max(between, to.pixels()) > RgbImage.MAX_PIXELS) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "resized from %d x %d to %d x %d pixels it would exceed the %,d pixels that an image may have; crop it first",
              image.width(),
              image.height(),
              to.width(),
              to.height(),
              RgbImage.MAX_PIXELS));
    }
    return columnsFirst
        ? rows(columns(image, to.height()), to.width())
        : columns(rows(image, to.width()), to.height());
  }

  /// Every row at the new width.
  private RgbImage rows(RgbImage image, int width) {
    if (width == image.width()) {
      return image;
    }
    AxisWeights axis = AxisWeights.of(this, image.width(), width);
    byte[] in = image.rgb();
    byte[] out = new byte[RgbImage.bytes(image.height(), width)];
    int at = 0;
    for (int y = 0; y < image.height(); y++) {
      int row = 3 * y * image.width();
      for (int x = 0; x < width; x++) {
        int from = row + 3 * axis.first()[x];
        int red = HALF;
        int green = HALF;
        int blue = HALF;
        for (int weight : axis.weights()[x]) {
          red += weight * (in[from++] & 0xff);
          green += weight * (in[from++] & 0xff);
          blue += weight * (in[from++] & 0xff);
        }
        out[at++] = clip(red);
        out[at++] = clip(green);
        out[at++] = clip(blue);
      }
    }
    return new RgbImage(image.height(), width, out);
  }

  /// Every column at the new height; a whole row at a time, so that the inner loop runs along memory.
  private RgbImage columns(RgbImage image, int height) {
    if (height == image.height()) {
      return image;
    }
    AxisWeights axis = AxisWeights.of(this, image.height(), height);
    int stride = 3 * image.width();
    byte[] in = image.rgb();
    byte[] out = new byte[RgbImage.bytes(height, image.width())];
    int[] sums = new int[stride];
    for (int y = 0; y < height; y++) {
      Arrays.fill(sums, HALF);
      int from = axis.first()[y] * stride;
      for (int weight : axis.weights()[y]) {
        for (int x = 0; x < stride; x++) {
          sums[x] += weight * (in[from + x] & 0xff);
        }
        from += stride;
      }
      int to = y * stride;
      for (int x = 0; x < stride; x++) {
        out[to + x] = clip(sums[x]);
      }
    }
    return new RgbImage(height, image.width(), out);
  }

  private static byte clip(int sum) {
    return (byte) Math.clamp(sum >> AxisWeights.FRACTION_BITS, 0, 255);
  }
}
