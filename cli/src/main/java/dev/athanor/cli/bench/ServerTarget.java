package dev.athanor.cli.bench;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.inference.EngineStatistics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A running server with OpenAI's API, ours or another's: streamed `/v1/completions`. A token is a piece of text that came; where the
/// server tells how many tokens there were in all, that counts.
public final class ServerTarget implements Target {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String DATA = "data:";
  private static final int WORDS = 20_000;

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).version(HttpClient.Version.HTTP_1_1).build();
  private final MadeUpTokens words = new MadeUpTokens(WORDS);
  private final String base;
  private final String model;
  private final @Nullable String apiKey;

  /// @param url with or without /v1 at its end
  /// @param model null for the first that the server lists
  /// @throws UserException when no such server answers there
  public ServerTarget(String url, @Nullable String model, @Nullable String apiKey) {
    String stripped = url.replaceAll("/+$", "");
    this.base = stripped.endsWith("/v1") ? stripped : stripped + "/v1";
    this.apiKey = apiKey;
    this.model = model == null ? firstModel() : model;
  }

  public String model() {
    return model;
  }

  private HttpRequest.Builder request(String path) {
    try {
      HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(base + path));
      return apiKey == null ? builder : builder.header("Authorization", "Bearer " + apiKey);
    } catch (IllegalArgumentException e) {
      throw new UserException("--url must be such as http://127.0.0.1:8080, not '" + base + "'", e);
    }
  }

  private String firstModel() {
    try {
      HttpResponse<String> answer = client.send(request("/models").timeout(PATIENCE).build(), BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new UserException(base + "/models answered " + answer.statusCode() + ": " + shortened(answer.body()));
      }
      String id = Json.tree(answer.body()).path("data").path(0).path("id").asString("");
      if (id.isEmpty()) {
        throw new UserException(base + "/models lists no model; name one with --model");
      }
      return id;
    } catch (IOException e) {
      throw new UserException("no server answers at " + base + ": " + e, e);
    } catch (JacksonException e) {
      throw new UserException(base + "/models does not answer as OpenAI's API does", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UserException("interrupted while waiting for " + base, e);
    }
  }

  @Override
  public void ask(int[] promptIds, int tokens, Listener listener) {
    ObjectNode body = Json.MAPPER.createObjectNode();
    body.put("model", model).put("prompt", words.decode(promptIds, true)).put("max_tokens", tokens).put("stream", true);
    body.putObject("stream_options").put("include_usage", true);
    HttpRequest request =
        request("/completions")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(Json.write(body), StandardCharsets.UTF_8))
            .build();
    Thread.ofVirtual().start(() -> hear(request, listener));
  }

  private void hear(HttpRequest request, Listener listener) {
    try {
      HttpResponse<Stream<String>> answer = client.send(request, BodyHandlers.ofLines());
      try (Stream<String> lines = answer.body()) {
        if (answer.statusCode() != 200) {
          listener.ended(-1, "the server answered " + answer.statusCode() + ": " + shortened(String.join(" ", lines.toList())));
          return;
        }
        listener.ended(events(lines.iterator(), listener), null);
      }
    } catch (IOException | RuntimeException e) {
      listener.ended(-1, String.valueOf(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      listener.ended(-1, "interrupted");
    }
  }

  /// @return tokens in all, −1 where the server does not tell
  private static int events(Iterator<String> lines, Listener listener) {
    int told = -1;
    while (lines.hasNext()) {
      String line = lines.next();
      if (!line.startsWith(DATA) || line.endsWith("[DONE]")) {
        continue;
      }
      JsonNode event = Json.tree(line.substring(DATA.length()));
      if (event.has("error")) {
        throw new IllegalStateException(shortened(event.path("error").toString()));
      }
      if (!event.path("choices").path(0).path("text").asString("").isEmpty()) {
        listener.tokens(1);
      }
      told = event.path("usage").path("completion_tokens").asInt(told);
    }
    return told;
  }

  private static String shortened(String text) {
    return text.length() <= 300 ? text : text.substring(0, 300) + "…";
  }

  @Override
  public int vocabSize() {
    return WORDS;
  }

  /// Not known.
  @Override
  public int contextLength() {
    return Integer.MAX_VALUE;
  }

  @Override
  public Optional<EngineStatistics> statistics() {
    return Optional.empty();
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
