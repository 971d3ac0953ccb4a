package dev.athanor.data.spark;

import dev.athanor.base.UserException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/// The masters of a standalone cluster, as `spark://host:port,host:port`.
final class Masters {
  private static final String SCHEME = "spark://";
  private static final int DEFAULT_PORT = 7077;
  private static final int WAIT_MILLIS = 5000;

  private Masters() {}

  /// Says soon that nobody is there; Spark itself tries for a minute, and tells no user's message then.
  static void check(String master) {
    if (!master.startsWith(SCHEME)) {
      return;
    }
    var problems = new StringBuilder();
    for (String address : master.substring(SCHEME.length()).split(",", -1)) {
      try {
        connect(address);
        return;
      } catch (IOException | IllegalArgumentException e) {
        problems.append("\n  ").append(address).append(": ").append(e.getMessage());
      }
    }
    throw new UserException("no Spark master answers at " + master + "; is it running, and is this its address?" + problems);
  }

  private static void connect(String address) throws IOException {
    int colon = address.lastIndexOf(':');
    String host = colon < 0 ? address : address.substring(0, colon);
    int port = colon < 0 ? DEFAULT_PORT : Integer.parseInt(address.substring(colon + 1));
    try (var socket = new Socket()) {
      var place = new InetSocketAddress(host, port);
      if (place.isUnresolved()) {
        throw new IOException("no machine of this name is known");
      }
      socket.connect(place, WAIT_MILLIS);
    }
  }
}
