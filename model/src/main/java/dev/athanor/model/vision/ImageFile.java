package dev.athanor.model.vision;

import dev.athanor.base.UserException;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageInputStream;

/// The bytes of an image file, and the way to its pixels.
///
/// @param name what an error calls it
record ImageFile(String name, ImageFormat format, byte[] bytes) {
  /// The most pixels take this much with no compression at all.
  private static final long MAX_BYTES = 4 * RgbImage.MAX_PIXELS;
  /// The one way to store pixels of a BMP in which a fourth byte counts, and says how opaque one is.
  private static final int BMP_WITH_MASKS = 3;
  private static final int BMP_WITH_JPEG = 4;
  private static final int BMP_WITH_PNG = 5;

  static ImageFile read(Path path) {
    if (Files.isDirectory(path)) {
      throw new UserException("no image " + path + ": it is a folder; name one file");
    }
    try {
      long size = Files.size(path);
      if (size > MAX_BYTES) {
        throw new UserException(
            String.format(Locale.ROOT, "%s is too big for an image: %,d bytes; at most %,d are read", path, size, MAX_BYTES));
      }
      return of(path.toString(), Files.readAllBytes(path));
    } catch (NoSuchFileException e) {
      throw new UserException("no image " + path + ": it does not exist", e);
    } catch (IOException e) {
      throw new UserException("cannot read " + path + ": " + e.getMessage(), e);
    }
  }

  static ImageFile of(String name, byte[] bytes) {
    return new ImageFile(name, ImageFormat.of(name, bytes), bytes);
  }

  RgbImage rgb(Transparency transparency) {
    ImageReader reader = ImageIO.getImageReadersByFormatName(format.name()).next();
    try {
      return switch (format) {
        case PNG -> {
          requireNoGrey16();
          yield picture(reader, bytes, transparency);
        }
        case JPEG -> picture(reader, JpegSegments.withoutColourProfile(bytes), transparency);
        case BMP -> {
          requireNoImageInside();
          yield picture(reader, bytes, transparency);
        }
        case GIF -> firstFrame(reader, transparency);
      };
    } catch (UserException e) {
      throw e;
    } catch (IIOException e) {
      if (e.getCause() instanceof OutOfMemoryError error) {
        throw error;
      }
      throw damaged(e);
    } catch (IOException | RuntimeException e) {
      // What the readers stumble over reaches us as whatever it is: an index, an argument, an end of file.
      throw damaged(e);
    } finally {
      reader.dispose();
    }
  }

  private RgbImage picture(ImageReader reader, byte[] input, Transparency transparency) throws IOException {
    reader.setInput(stream(input), true, true);
    requireRoom(reader.getHeight(0), reader.getWidth(0));
    List<String> cutShort = new ArrayList<>();
    reader.addIIOReadWarningListener(
        (source, warning) -> {
          // The JPEG reader fills up with grey what is missing, and only says so.
          if (warning.startsWith("Truncated File") || warning.contains("premature end")) {
            cutShort.add(warning);
          }
        });
    BufferedImage image = reader.read(0);
    if (!cutShort.isEmpty()) {
      throw new IIOException(cutShort.getFirst());
    }
    Canvas canvas = new Canvas(image.getHeight(), image.getWidth(), transparency);
    canvas.draw(image, 0, 0, format != ImageFormat.BMP || compression() == BMP_WITH_MASKS);
    return canvas.image();
  }

  /// A GIF's frames are pieces of its screen. What the first one leaves free shows the transparent colour, else colour 0.
  private RgbImage firstFrame(ImageReader reader, Transparency transparency) throws IOException {
    reader.setInput(stream(bytes), true, false);
    IIOMetadataNode frame = (IIOMetadataNode) reader.getImageMetadata(0).getAsTree("javax_imageio_gif_image_1.0");
    IIOMetadataNode place = child(frame, "ImageDescriptor");
    int left = number(place, "imageLeftPosition");
    int top = number(place, "imageTopPosition");
    int height = Math.max(unsignedShort(8), top + number(place, "imageHeight"));
    int width = Math.max(unsignedShort(6), left + number(place, "imageWidth"));
    requireRoom(height, width);
    boolean hasPalette = (bytes[10] & 0x80) != 0 || child(frame, "LocalColorTable") != null;
    BufferedImage image = reader.read(0);
    if (!hasPalette || !(image.getColorModel() instanceof IndexColorModel palette)) {
      throw new IIOException("it has no palette");
    }
    IIOMetadataNode control = child(frame, "GraphicControlExtension");
    boolean transparent = control != null && control.getAttribute("transparentColorFlag").equals("TRUE");
    Canvas canvas = new Canvas(height, width, transparency);
    canvas.fill(palette, transparent ? number(control, "transparentColorIndex") : 0);
    canvas.draw(image, top, left, true);
    return canvas.image();
  }

  private static IIOMetadataNode child(IIOMetadataNode node, String name) {
    return (IIOMetadataNode) node.getElementsByTagName(name).item(0);
  }

  private static int number(IIOMetadataNode node, String attribute) {
    return Integer.parseInt(node.getAttribute(attribute));
  }

  private int unsignedShort(int at) {
    return (bytes[at] & 0xff) | (bytes[at + 1] & 0xff) << 8;
  }

  private static MemoryCacheImageInputStream stream(byte[] input) {
    return new MemoryCacheImageInputStream(new ByteArrayInputStream(input));
  }

  /// The published processor turns every one of the 65,536 greys but the darkest 255 into white, which nobody wants.
  private void requireNoGrey16() {
    int depth = bytes.length > 25 ? bytes[24] : 0;
    int colourType = bytes.length > 25 ? bytes[25] : 0;
    if (depth == 16 && colourType == 0) {
      throw new UserException(
          name + " is a greyscale PNG of 16 bits, which the published processors spoil; save it with 8 bits");
    }
  }

  /// A BMP may hold a JPEG or PNG, whose size would be checked by nobody. Pillow reads none either.
  private void requireNoImageInside() {
    int compression = compression();
    if (compression == BMP_WITH_JPEG || compression == BMP_WITH_PNG) {
      throw new UserException(name + " is a BMP with a JPEG or PNG inside, which is not read; save it as PNG or JPEG");
    }
  }

  /// How a BMP's pixels are stored; in the oldest form, whose header has 12 bytes, there is one way.
  private int compression() {
    return bytes.length > 30 && bytes[14] != 12 ? bytes[30] : 0;
  }

  private void requireRoom(long height, long width) {
    if (height * width > RgbImage.MAX_PIXELS) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s is too big: %,d x %,d pixels; at most %,d are read, so make it smaller",
              name,
              width,
              height,
              RgbImage.MAX_PIXELS));
    }
  }

  private UserException damaged(Exception e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String reason = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    return new UserException(
        "%s cannot be read as a %s: it is damaged, cut short or of a rare variant (%s); save it again as PNG or JPEG"
            .formatted(name, format, reason),
        e);
  }
}
