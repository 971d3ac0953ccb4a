package dev.athanor.serve;

import dev.athanor.inference.Generator;
import java.util.Map;

/// A server for one test. It is closed behind the test's back: Netty rests for two seconds first.
record TestServer(AthanorServer server) implements AutoCloseable {
  static TestServer start(ServerOptions options, String model, Generator generator) {
    return new TestServer(AthanorServer.start(options, Map.of(model, generator)));
  }

  String url() {
    return server.url();
  }

  @Override
  public void close() {
    Thread.ofVirtual().start(server::close);
  }
}
