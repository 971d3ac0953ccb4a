package dev.athanor.model.vision;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/// What images are drawn on to become red, green and blue of 8 bits, as Pillow makes them so: a colour's samples count as
/// they are, without profile or gamma.
final class Canvas {
  private final int height;
  private final int width;
  private final Transparency transparency;
  private final byte[] rgb;

  /// A black one.
  Canvas(int height, int width, Transparency transparency) {
    this.height = height;
    this.width = width;
    this.transparency = transparency;
    this.rgb = new byte[RgbImage.bytes(height, width)];
  }

  /// All in one colour of a palette; black where it has no such colour.
  void fill(IndexColorModel palette, int index) {
    int[] one = {index};
    for (int at = 0; index < palette.getMapSize() && at < rgb.length; at += 3) {
      drawIndexed(one, palette, at);
    }
  }

  /// Draws an image that fits, its upper left corner there.
  ///
  /// @param alpha whether a second or fourth band says how opaque a pixel is
  void draw(BufferedImage image, int top, int left, boolean alpha) {
    Raster raster = image.getRaster();
    ColorModel colours = image.getColorModel();
    int bands = raster.getNumBands();
    int[] bits = raster.getSampleModel().getSampleSize();
    int[] row = new int[image.getWidth() * bands];
    for (int y = 0; y < image.getHeight(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, image.getWidth(), 1, row);
      int at = 3 * ((top + y) * width + left);
      if (colours instanceof IndexColorModel palette) {
        drawIndexed(row, palette, at);
      } else if (colours.getColorSpace().getType() == ColorSpace.TYPE_CMYK) {
        drawCmyk(row, at);
      } else {
        drawSamples(row, bits, alpha && bands % 2 == 0, at);
      }
    }
  }

  RgbImage image() {
    return new RgbImage(height, width, rgb);
  }

  private void drawIndexed(int[] row, IndexColorModel palette, int start) {
    int at = start;
    for (int index : row) {
      set(at, palette.getRed(index), palette.getGreen(index), palette.getBlue(index), palette.getAlpha(index));
      at += 3;
    }
  }

  /// One or two bands are grey, three or four red, green and blue.
  private void drawSamples(int[] row, int[] bits, boolean alpha, int start) {
    int bands = bits.length;
    int green = bands <= 2 ? 0 : 1;
    int blue = bands <= 2 ? 0 : 2;
    int last = bands - 1;
    int at = start;
    for (int i = 0; i < row.length; i += bands) {
      set(
          at,
          eightBits(row[i], bits[0]),
          eightBits(row[i + green], bits[green]),
          eightBits(row[i + blue], bits[blue]),
          alpha ? eightBits(row[i + last], bits[last]) : 255);
      at += 3;
    }
  }

  /// Cyan, magenta, yellow and black ink, 255 of each the most: what the black leaves of white, less each ink's share of it.
  private void drawCmyk(int[] row, int start) {
    int at = start;
    for (int i = 0; i < row.length; i += 4) {
      int white = 255 - row[i + 3];
      int red = white - by255(row[i] * white);
      int green = white - by255(row[i + 1] * white);
      int blue = white - by255(row[i + 2] * white);
      set(at, red, green, blue, 255);
      at += 3;
    }
  }

  private void set(int at, int red, int green, int blue, int alpha) {
    switch (transparency) {
      case ON_WHITE -> {
        rgb[at] = onWhite(red, alpha);
        rgb[at + 1] = onWhite(green, alpha);
        rgb[at + 2] = onWhite(blue, alpha);
      }
      case DROPPED -> {
        rgb[at] = (byte) red;
        rgb[at + 1] = (byte) green;
        rgb[at + 2] = (byte) blue;
      }
    }
  }

  private static byte onWhite(int value, int alpha) {
    return (byte) by255(value * alpha + 255 * (255 - alpha));
  }

  /// A product of two bytes over 255, rounded to the nearest.
  private static int by255(int product) {
    int half = product + 128;
    return (half + (half >> 8)) >> 8;
  }

  /// Fewer bits are spread over the whole range, of more the upper eight count.
  private static int eightBits(int sample, int bits) {
    return bits >= 8 ? sample >> (bits - 8) : sample * 255 / ((1 << bits) - 1);
  }
}
