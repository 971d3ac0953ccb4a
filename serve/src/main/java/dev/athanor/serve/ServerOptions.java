package dev.athanor.serve;

import dev.athanor.base.UserException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How the server is reached and how much it takes on.
///
/// @param host the address that it binds to
/// @param port 0 lets the system choose; `AthanorServer.port()` tells which
/// @param apiKey what clients of `/v1` must send as `Authorization: Bearer …`; null asks for none
/// @param maxRequests requests under way at once, running and waiting together; one more is told 429
/// @param maxQueuedPromptTokens prompt tokens that wait for their first answer token; above it 429, unless nothing waits
/// @param maxBodyBytes the longest request body; above it 413
/// @param loraUpdates whether clients may load adapters from the server's disk, and unload them
/// @param drainTimeout how long a shutdown waits for running requests before it cancels them
public record ServerOptions(
    String host,
    int port,
    @Nullable String apiKey,
    int maxRequests,
    int maxQueuedPromptTokens,
    int maxBodyBytes,
    boolean loraUpdates,
    Duration drainTimeout) {
  public static final int DEFAULT_PORT = 8080;
  public static final ServerOptions DEFAULTS =
      new ServerOptions("127.0.0.1", DEFAULT_PORT, null, 256, 1 << 20, 16 << 20, false, Duration.ofSeconds(30));

  public ServerOptions {
    if (port < 0 || port > 65_535) {
      throw new UserException("a port is a number from 0 to 65535, not " + port);
    }
    if (apiKey != null && apiKey.isBlank()) {
      throw new UserException("the API key is blank; leave it out to serve without one");
    }
  }

  public ServerOptions withHost(String value) {
    return new ServerOptions(value, port, apiKey, maxRequests, maxQueuedPromptTokens, maxBodyBytes, loraUpdates, drainTimeout);
  }

  public ServerOptions withPort(int value) {
    return new ServerOptions(host, value, apiKey, maxRequests, maxQueuedPromptTokens, maxBodyBytes, loraUpdates, drainTimeout);
  }

  public ServerOptions withApiKey(@Nullable String value) {
    return new ServerOptions(host, port, value, maxRequests, maxQueuedPromptTokens, maxBodyBytes, loraUpdates, drainTimeout);
  }

  public ServerOptions withLimits(int requests, int queuedPromptTokens) {
    return new ServerOptions(host, port, apiKey, requests, queuedPromptTokens, maxBodyBytes, loraUpdates, drainTimeout);
  }

  public ServerOptions withLoraUpdates(boolean allowed) {
    return new ServerOptions(host, port, apiKey, maxRequests, maxQueuedPromptTokens, maxBodyBytes, allowed, drainTimeout);
  }

  public ServerOptions withDrainTimeout(Duration value) {
    return new ServerOptions(host, port, apiKey, maxRequests, maxQueuedPromptTokens, maxBodyBytes, loraUpdates, value);
  }

  /// The address to bind to.
  ///
  /// @throws UserException when the host has no address
  InetAddress address() {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new UserException(
          "no address for host '" + host + "'; use 127.0.0.1 for this machine only or 0.0.0.0 for every interface", e);
    }
  }

  /// Whether other machines can reach it.
  public boolean reachableFromOutside() {
    return !address().isLoopbackAddress();
  }
}
