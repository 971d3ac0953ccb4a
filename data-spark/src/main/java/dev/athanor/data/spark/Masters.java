package dev.athanor.data.spark;

import dev.athanor.base.UserException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/// What is wrong with a `spark.master` is said before Spark tries it.
final class Masters {
  /// Of a standalone cluster, `spark://host:port,host:port`: what is there is one of the masters.
  private static final String SCHEME = "spark://";
  /// Lists the cluster managers on the class path, such as YARN's.
  private static final String MANAGERS = "META-INF/services/org.apache.spark.scheduler.ExternalClusterManager";
  private static final int DEFAULT_PORT = 7077;
  private static final int WAIT_MILLIS = 5000;

  private Masters() {}

  /// @throws UserException when nobody is there, where Spark itself would try for a minute, or when this process cannot speak to such a
  ///     cluster
  static void check(String master) {
    if (master.startsWith(SCHEME)) {
      checkStandalone(master);
    } else if (!master.startsWith("local") && ClassLoader.getSystemResource(MANAGERS) == null) {
      throw new UserException(
          "spark.master: " + master + " is reached through spark-submit of a Spark distribution (see docs/data.md); from here, spark://host:port and local[*] are");
    }
  }

  private static void checkStandalone(String master) {
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
