package dev.athanor.data.source;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/// What an HTTP response carries, out of its chunks and unpacked.
///
/// @param status 200, 404, …; 0 where the first line has none
record HttpPayload(Headers headers, int status, byte[] body) {
  /// A body that unpacks to more than this, and to so many times its size, was made to fill a memory.
  private static final int SUSPICIOUS = 1 << 20;

  private static final int MOST_RATIO = 200;

  /// What is wrong with a response.
  static final class BadResponse extends IOException {
    private static final long serialVersionUID = 1L;
    private final String reason;

    BadResponse(String reason, String detail) {
      super(detail);
      this.reason = reason;
    }

    String reason() {
      return reason;
    }
  }

  /// @param largest bytes that a body may unpack to
  static HttpPayload parse(byte[] response, int largest) throws BadResponse {
    int end = headersEnd(response);
    Headers headers = Headers.parse(response, 0, end);
    if (!headers.firstLine().startsWith("HTTP/")) {
      throw new BadResponse("not HTTP", Strings.shortened(headers.firstLine(), 80));
    }
    byte[] body = Arrays.copyOfRange(response, end, response.length);
    if (headers.get("transfer-encoding").toLowerCase(Locale.ROOT).contains("chunked")) {
      body = unchunked(body);
    }
    return new HttpPayload(headers, status(headers.firstLine()), unpacked(body, headers.get("content-encoding"), largest));
  }

  /// Behind the first empty line.
  private static int headersEnd(byte[] response) {
    for (int i = 0; i < response.length; i++) {
      if (response[i] == '\n') {
        int next = i + 1 < response.length && response[i + 1] == '\r' ? i + 2 : i + 1;
        if (next < response.length && response[next] == '\n') {
          return next + 1;
        }
      }
    }
    return response.length;
  }

  private static int status(String line) {
    int space = line.indexOf(' ');
    String rest = space < 0 ? "" : line.substring(space).strip();
    String code = rest.substring(0, Math.min(3, rest.length()));
    return code.matches("[0-9]{3}") ? Integer.parseInt(code) : 0;
  }

  /// Crawlers that take the chunks away often leave the header: a body that does not begin like a chunk is as it is.
  private static byte[] unchunked(byte[] body) throws BadResponse {
    var whole = new ByteArrayOutputStream(body.length);
    int at = 0;
    while (at < body.length) {
      int lineEnd = at;
      while (lineEnd < body.length && body[lineEnd] != '\n') {
        lineEnd++;
      }
      long size = chunkSize(body, at, lineEnd);
      if (size < 0 && at == 0) {
        return body;
      }
      if (size < 0) {
        throw new BadResponse("damaged HTTP chunks", "no size of a chunk at byte " + at);
      }
      at = lineEnd + 1;
      if (size == 0) {
        return whole.toByteArray();
      }
      if (size > body.length - at) {
        throw new BadResponse("truncated HTTP body", "a chunk of %,d bytes has %,d".formatted(size, Math.max(0, body.length - at)));
      }
      whole.write(body, at, (int) size);
      at += (int) size;
      while (at < body.length && (body[at] == '\r' || body[at] == '\n')) {
        at++;
      }
    }
    throw new BadResponse("truncated HTTP body", "it has no last chunk");
  }

  /// −1 for what is none; extensions behind a `;` are passed over.
  private static long chunkSize(byte[] body, int from, int to) {
    long size = 0;
    int digits = 0;
    for (int i = from; i < to; i++) {
      int digit = Character.digit(body[i], 16);
      if (digit < 0) {
        boolean ends = body[i] == ';' || body[i] == '\r' || body[i] == ' ';
        return ends && digits > 0 ? size : -1;
      }
      size = size * 16 + digit;
      if (++digits > 8) {
        return -1;
      }
    }
    return digits > 0 && to < body.length ? size : -1;
  }

  private static byte[] unpacked(byte[] body, String encoding, int largest) throws BadResponse {
    String name = encoding.strip().toLowerCase(Locale.ROOT);
    return switch (name) {
      case "", "identity", "none", "utf-8", "utf8" -> bounded(body, largest);
      case "gzip", "x-gzip" -> isGzip(body) ? inflated(body, name, largest) : bounded(body, largest);
      case "deflate" -> inflated(body, name, largest);
      default -> throw new BadResponse("unknown content encoding", name);
    };
  }

  private static boolean isGzip(byte[] body) {
    return body.length > 2 && body[0] == 0x1f && body[1] == (byte) 0x8b;
  }

  private static byte[] bounded(byte[] body, int largest) throws BadResponse {
    if (body.length > largest) {
      throw new BadResponse("page too large", "%,d bytes, more than the limit of %,d".formatted(body.length, largest));
    }
    return body;
  }

  private static byte[] inflated(byte[] body, String encoding, int largest) throws BadResponse {
    var whole = new ByteArrayOutputStream();
    byte[] buffer = new byte[1 << 14];
    try (InputStream in = stream(body, encoding)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        whole.write(buffer, 0, n);
        if (whole.size() > SUSPICIOUS && whole.size() > (long) MOST_RATIO * body.length) {
          throw new BadResponse("zip bomb", "%,d bytes unpack to more than %,d".formatted(body.length, whole.size()));
        }
        if (whole.size() > largest) {
          throw new BadResponse("page too large", "it unpacks to more than the limit of %,d bytes".formatted(largest));
        }
      }
      return whole.toByteArray();
    } catch (BadResponse e) {
      throw e;
    } catch (IOException e) {
      throw new BadResponse("damaged HTTP body", encoding + ": " + e.getMessage());
    }
  }

  /// "deflate" is zlib's format by the standard, and bare deflate by what some servers do.
  private static InputStream stream(byte[] body, String encoding) throws IOException {
    var in = new ByteArrayInputStream(body);
    if (!encoding.equals("deflate")) {
      return new GZIPInputStream(in);
    }
    boolean zlib = body.length > 1 && (body[0] & 0x0f) == 8 && ((body[0] & 0xff) * 256 + (body[1] & 0xff)) % 31 == 0;
    return new InflaterInputStream(in, new Inflater(!zlib));
  }
}
