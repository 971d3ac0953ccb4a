package dev.athanor.serve;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/// Reads server-sent events one at a time, as they come.
final class SseLines implements AutoCloseable {
  private final BufferedReader reader;

  SseLines(InputStream body) {
    this.reader = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
  }

  /// The data of the next event.
  String next() throws IOException {
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      if (line.startsWith("data: ")) {
        return line.substring("data: ".length());
      }
    }
    throw new IOException("the stream has ended");
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
