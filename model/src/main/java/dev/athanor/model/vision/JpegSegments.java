package dev.athanor.model.vision;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The parts that a JPEG file is made of, up to its pixels: each a marker (FF and a byte), a length and so many bytes.
final class JpegSegments {
  private static final int START_OF_SCAN = 0xda;
  private static final int APP2 = 0xe2;
  private static final byte[] PROFILE = "ICC_PROFILE\0".getBytes(StandardCharsets.ISO_8859_1);

  private JpegSegments() {}

  /// The file without the profile that says what its colours look like: ImageIO would convert by it, and Pillow, whose
  /// pixels the published models know, does not.
  static byte[] withoutColourProfile(byte[] file) {
    ByteArrayOutputStream kept = new ByteArrayOutputStream(file.length);
    kept.write(file, 0, 2);
    int at = 2;
    while (isSegment(file, at) && marker(file, at) != START_OF_SCAN) {
      int end = at + 2 + length(file, at);
      if (end > file.length) {
        break;
      }
      if (!isProfile(file, at, end)) {
        kept.write(file, at, end - at);
      }
      at = end;
    }
    // The pixels, or what a reader will find fault with.
    kept.write(file, at, file.length - at);
    return kept.toByteArray();
  }

  private static boolean isSegment(byte[] file, int at) {
    return at + 4 <= file.length && (file[at] & 0xff) == 0xff && marker(file, at) >= 0xc0 && length(file, at) >= 2;
  }

  private static boolean isProfile(byte[] file, int at, int end) {
    int name = at + 4;
    return marker(file, at) == APP2
        && end - name >= PROFILE.length
        && Arrays.equals(file, name, name + PROFILE.length, PROFILE, 0, PROFILE.length);
  }

  private static int marker(byte[] file, int at) {
    return file[at + 1] & 0xff;
  }

  private static int length(byte[] file, int at) {
    return (file[at + 2] & 0xff) << 8 | (file[at + 3] & 0xff);
  }
}
