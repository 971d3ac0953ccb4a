package dev.athanor.model.vision;

import dev.athanor.base.UserException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/// An image of 8 bits a channel.
///
/// @param rgb red, green and blue of each pixel, row after row; not copied
public record RgbImage(int height, int width, byte[] rgb) {
  /// The most pixels that an image may have: a file of a few bytes can claim any number. Pillow's limit.
  public static final long MAX_PIXELS = 178_956_970;

  public RgbImage {
    if (height <= 0 || width <= 0 || (long) height * width > MAX_PIXELS) {
      throw new IllegalArgumentException("an image of " + width + " x " + height + " pixels");
    }
    if (rgb.length != bytes(height, width)) {
      throw new IllegalArgumentException(
          width + " x " + height + " pixels take " + bytes(height, width) + " bytes, not " + rgb.length);
    }
  }

  /// The pixels of a PNG, JPEG, GIF or BMP file (the first frame of several) as Pillow has them: grey is repeated, a palette
  /// looked up, and neither a colour profile nor EXIF's orientation applied.
  ///
  /// @throws UserException when there is no such file, or it is damaged, too big or of another kind; names it
  public static RgbImage read(Path file, Transparency transparency) {
    return ImageFile.read(file).rgb(transparency);
  }

  /// The same of a file that is in memory already.
  ///
  /// @param name what an error calls it
  public static RgbImage read(String name, byte[] file, Transparency transparency) {
    return ImageFile.of(name, file).rgb(transparency);
  }

  /// The middle of the image at exactly this size; black where the image does not reach. What is left over is shared by both
  /// sides; an odd pixel goes to the far side when cutting and to the near side when filling.
  RgbImage centreCrop(Size.Exact to) {
    int top = Math.floorDiv(height - to.height(), 2);
    int left = Math.floorDiv(width - to.width(), 2);
    byte[] out = new byte[bytes(to.height(), to.width())];
    int columns = Math.min(width, to.width());
    for (int y = Math.max(0, -top); y < to.height() && y + top < height; y++) {
      int from = (y + top) * width + Math.max(0, left);
      int at = y * to.width() + Math.max(0, -left);
      System.arraycopy(rgb, 3 * from, out, 3 * at, 3 * columns);
    }
    return new RgbImage(to.height(), to.width(), out);
  }

  /// The image in the middle of a square of its longer edge, on a ground of one colour.
  ///
  /// @param colour red, green, blue
  RgbImage padToSquare(byte[] colour) {
    int edge = Math.max(height, width);
    if (height == width) {
      return this;
    }
    if ((long) edge * edge > MAX_PIXELS) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "padded from %d x %d pixels to a square it would exceed the %,d pixels that an image may have; crop it first",
              width,
              height,
              MAX_PIXELS));
    }
    byte[] out = new byte[bytes(edge, edge)];
    for (int i = 0; i < out.length; i++) {
      out[i] = colour[i % 3];
    }
    int top = (edge - height) / 2;
    int left = (edge - width) / 2;
    for (int y = 0; y < height; y++) {
      System.arraycopy(rgb, 3 * y * width, out, 3 * ((y + top) * edge + left), 3 * width);
    }
    return new RgbImage(edge, edge, out);
  }

  static int bytes(int height, int width) {
    return Math.toIntExact(3L * height * width);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RgbImage image
        && height == image.height
        && width == image.width
        && Arrays.equals(rgb, image.rgb);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * height + width) + Arrays.hashCode(rgb);
  }

  @Override
  public String toString() {
    return "an image of " + width + " x " + height + " pixels";
  }
}
