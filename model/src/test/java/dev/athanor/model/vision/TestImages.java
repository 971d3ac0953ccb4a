package dev.athanor.model.vision;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;

/// Images of a few pixels, and files of them byte by byte.
final class TestImages {
  private TestImages() {}

  static RgbImage noise(Random random, int height, int width) {
    byte[] rgb = new byte[3 * height * width];
    random.nextBytes(rgb);
    return new RgbImage(height, width, rgb);
  }

  static RgbImage constant(int height, int width, int red, int green, int blue) {
    byte[] rgb = new byte[3 * height * width];
    for (int i = 0; i < rgb.length; i += 3) {
      rgb[i] = (byte) red;
      rgb[i + 1] = (byte) green;
      rgb[i + 2] = (byte) blue;
    }
    return new RgbImage(height, width, rgb);
  }

  static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  /// @param rows the samples of all rows, packed as PNG wants them, each row from a new byte
  /// @param extra chunks before the pixels
  static byte[] png(int width, int height, int depth, int colourType, byte[] rows, byte[]... extra) {
    byte[] header =
        ByteBuffer.allocate(13).putInt(width).putInt(height).put(bytes(depth, colourType, 0, 0, 0)).array();
    ByteArrayOutputStream pixels = new ByteArrayOutputStream();
    try (DeflaterOutputStream zip = new DeflaterOutputStream(pixels)) {
      int stride = rows.length / height;
      for (int y = 0; y < height; y++) {
        zip.write(0);
        zip.write(rows, y * stride, stride);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return concat(
        bytes(0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'),
        chunk("IHDR", header),
        concat(extra),
        chunk("IDAT", pixels.toByteArray()),
        chunk("IEND"));
  }

  static byte[] chunk(String type, byte... data) {
    byte[] body = concat(type.getBytes(StandardCharsets.ISO_8859_1), data);
    CRC32 crc = new CRC32();
    crc.update(body);
    return concat(
        ByteBuffer.allocate(4).putInt(data.length).array(),
        body,
        ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }

  /// A PNG of 8 bits a channel.
  static byte[] png(RgbImage image) {
    return png(image.width(), image.height(), 8, 2, image.rgb());
  }

  static byte[] jpeg(RgbImage image) {
    BufferedImage picture = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < image.width() * image.height(); i++) {
      byte[] rgb = image.rgb();
      int colour = (rgb[3 * i] & 0xff) << 16 | (rgb[3 * i + 1] & 0xff) << 8 | (rgb[3 * i + 2] & 0xff);
      picture.setRGB(i % image.width(), i / image.width(), colour);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(picture, "jpeg", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /// A part of a JPEG.
  static byte[] segment(int marker, byte[] data) {
    int length = data.length + 2;
    return concat(bytes(0xff, marker, length >> 8, length), data);
  }

  /// A GIF of one frame with a palette of four colours.
  ///
  /// @param palette red, green and blue of each
  /// @param control a graphic control extension, or nothing
  /// @param indices fewer than 200
  static byte[] gif(
      int screenWidth,
      int screenHeight,
      int left,
      int top,
      int width,
      int height,
      byte[] palette,
      byte[] control,
      int... indices) {
    return concat(
        "GIF89a".getBytes(StandardCharsets.ISO_8859_1),
        littleEndian(screenWidth, screenHeight),
        bytes(0x81, 0, 0),
        palette,
        control,
        bytes(','),
        littleEndian(left, top, width, height),
        bytes(0),
        lzw(indices),
        bytes(';'));
  }

  /// Codes of three bits; the table is cleared before each, so that they stay so.
  private static byte[] lzw(int... indices) {
    int clear = 4;
    byte[] data = new byte[(6 * indices.length + 3 + 7) / 8];
    int at = 0;
    for (int index : indices) {
      put(data, at, clear);
      put(data, at + 3, index);
      at += 6;
    }
    put(data, at, clear + 1);
    return concat(bytes(2, data.length), data, bytes(0));
  }

  private static void put(byte[] data, int bit, int code) {
    for (int i = 0; i < 3; i++) {
      data[(bit + i) / 8] |= (byte) ((code >> i & 1) << (bit + i) % 8);
    }
  }

  /// A BMP with the header of 40 bytes, its lowest row first.
  static byte[] bmp(int width, int height, int bits, int compression, byte[] rows) {
    ByteBuffer header = ByteBuffer.allocate(54).order(ByteOrder.LITTLE_ENDIAN);
    header.put(bytes('B', 'M')).putInt(54 + rows.length).putInt(0).putInt(54);
    header.putInt(40).putInt(width).putInt(height).putShort((short) 1).putShort((short) bits);
    header.putInt(compression).putInt(rows.length);
    return concat(header.array(), rows);
  }

  private static byte[] littleEndian(int... values) {
    ByteBuffer buffer = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      buffer.putShort((short) value);
    }
    return buffer.array();
  }
}
