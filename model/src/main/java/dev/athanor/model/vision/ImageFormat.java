package dev.athanor.model.vision;

import dev.athanor.base.UserException;
import java.nio.charset.StandardCharsets;

/// The kinds of image file that are read. A file is of the kind that it begins like, whatever its name says.
enum ImageFormat {
  PNG("\u0089PNG\r\n\u001a\n"),
  JPEG("\u00ff\u00d8\u00ff"),
  GIF("GIF8"),
  BMP("BM");

  private final String beginning;

  ImageFormat(String beginning) {
    this.beginning = beginning;
  }

  /// @param name what an error calls it
  /// @throws UserException when it is none of them; says what it is instead, where that is known
  static ImageFormat of(String name, byte[] file) {
    String head = new String(file, 0, Math.min(file.length, 16), StandardCharsets.ISO_8859_1);
    for (ImageFormat format : values()) {
      if (head.startsWith(format.beginning)) {
        return format;
      }
    }
    throw new UserException(
        name + " is " + kind(head) + "; PNG, JPEG, GIF and BMP files are read, so save it as one of these");
  }

  private static String kind(String head) {
    if (head.isEmpty()) {
      return "an empty file";
    }
    if (head.startsWith("RIFF") && head.startsWith("WEBP", 8)) {
      return "a WebP image";
    }
    if (head.startsWith("II*\0") || head.startsWith("MM\0*")) {
      return "a TIFF image";
    }
    if (head.startsWith("ftypavif", 4)) {
      return "an AVIF image";
    }
    if (head.startsWith("ftyphei", 4) || head.startsWith("ftypmif1", 4)) {
      return "a HEIC image";
    }
    if (head.startsWith("<svg") || head.startsWith("<?xml")) {
      return "a drawing in XML (SVG?)";
    }
    return "no image of a kind that is known";
  }
}
