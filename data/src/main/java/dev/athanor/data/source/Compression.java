package dev.athanor.data.source;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// How a file is packed, by the end of its name.
enum Compression {
  NONE,
  GZIP,
  ZSTD;

  private static final int BUFFER = 1 << 16;

  static Compression of(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.endsWith(".gz")) {
      return GZIP;
    }
    return lower.endsWith(".zst") ? ZSTD : NONE;
  }

  static Compression of(Path file) {
    return of(file.toString());
  }

  /// `a.txt.gz` → `a.txt`.
  static String unpackedName(String name) {
    return of(name) == NONE ? name : name.substring(0, name.lastIndexOf('.'));
  }

  /// A stream over what is packed in `in`, which it closes.
  InputStream unpack(InputStream in) throws IOException {
    return switch (this) {
      case NONE -> in;
      case GZIP -> new GZIPInputStream(in, BUFFER);
      case ZSTD -> new ZstdInputStream(in);
    };
  }

  /// No more than `most` bytes of what is packed.
  byte[] unpack(byte[] packed, int most) throws IOException {
    if (this == NONE) {
      return packed;
    }
    try (InputStream in = unpack(new ByteArrayInputStream(packed))) {
      return in.readNBytes(most);
    }
  }

  /// Under what a failure to read is counted.
  String reason(IOException failure) {
    String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    return switch (failure) {
      case EOFException _ -> this == NONE ? "truncated" : "truncated " + kind();
      case ZstdIOException _ -> message.contains("truncated") ? "truncated zstd" : "damaged zstd";
      case ZipException _ -> "damaged " + kind();
      default -> message.contains("truncated source") ? "truncated " + kind() : "cannot be read";
    };
  }

  private String kind() {
    return this == ZSTD ? "zstd" : "gzip";
  }
}
