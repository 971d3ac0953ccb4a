package dev.athanor.serve;

import com.linecorp.armeria.server.Server;
import dev.athanor.base.UserException;
import dev.athanor.inference.EncoderEngine;
import dev.athanor.inference.Generator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;

/// The OpenAI-compatible server. Its routes are in [Routes].
public final class AthanorServer implements AutoCloseable {
  /// How long a request may take to arrive; its answer has no limit.
  private static final Duration ARRIVAL = Duration.ofMinutes(1);

  /// How long the last bytes of finished answers get to leave.
  private static final Duration FLUSH = Duration.ofSeconds(2);

  private final Server server;
  private final Admission admission;
  private final ServerOptions options;
  private final AtomicBoolean closed = new AtomicBoolean();

  private AthanorServer(Server server, Admission admission, ServerOptions options) {
    this.server = server;
    this.admission = admission;
    this.options = options;
  }

  /// Serves until closed.
  ///
  /// @param models by the name that clients ask for; the caller closes them, after the server
  /// @throws UserException when the port is in use or the address is not this machine's
  public static AthanorServer start(ServerOptions options, Map<String, Generator> models) {
    return start(options, models, Map.of());
  }

  /// @param encoders that embed and rerank, by the name that clients ask for; the caller closes them, after the server
  public static AthanorServer start(ServerOptions options, Map<String, Generator> models, Map<String, EncoderEngine> encoders) {
    InetAddress address = options.address();
    var served = new ServedModels(models);
    var admission = new Admission(options.maxRequests(), options.maxQueuedPromptTokens());
    var builder =
        Server.builder()
            .http(new InetSocketAddress(address, options.port()))
            .requestTimeout(ARRIVAL)
            .maxRequestLength(options.maxBodyBytes())
            // Clients' mistakes are answered and no matter for the log; what is ours is logged where it is answered.
            .unloggedExceptionsReportIntervalMillis(0)
            .gracefulShutdownTimeout(Duration.ZERO, FLUSH);
    new Routes(served, new ServedEncoders(encoders), admission, new ServerMetrics(served), options.loraUpdates())
        .install(builder, options.apiKey());
    Server server = builder.build();
    try {
      server.start().join();
    } catch (CompletionException e) {
      throw cannotBind(options, e.getCause() == null ? e : e.getCause());
    }
    return new AthanorServer(server, admission, options);
  }

  public int port() {
    return server.activeLocalPort();
  }

  /// Where a browser finds it.
  public String url() {
    String host = options.address().isAnyLocalAddress() ? "127.0.0.1" : options.host();
    return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port();
  }

  /// `/health` says 503 and new requests are turned away; those under way finish, or are cancelled after the drain timeout.
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    admission.drain(options.drainTimeout());
    server.stop().join();
  }

  private static RuntimeException cannotBind(ServerOptions options, Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    if (message.contains("already in use")) {
      return new UserException(
          "port " + options.port() + " of " + options.host() + " is in use; choose another with --port, or --port 0 for any",
          cause);
    }
    if (message.contains("Cannot assign")) {
      return new UserException("the address " + options.host() + " is not this machine's; see --host", cause);
    }
    if (message.contains("ermission denied")) {
      return new UserException(
          "no permission to listen on port " + options.port() + "; choose one above 1023 with --port", cause);
    }
    return new IllegalStateException("cannot listen on " + options.host() + ":" + options.port(), cause);
  }
}
