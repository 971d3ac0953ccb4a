package dev.athanor.serve;

import dev.athanor.base.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Raw requests to a server under test.
record Http(HttpClient client, String base) implements AutoCloseable {
  static Http to(TestServer server) {
    return new Http(HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(), server.url());
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(HttpRequest.newBuilder(URI.create(base + path)).build(), BodyHandlers.ofString());
  }

  HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
    return client.send(request(path, json), BodyHandlers.ofString());
  }

  HttpResponse<InputStream> open(String path, String json) throws IOException, InterruptedException {
    return client.send(request(path, json), BodyHandlers.ofInputStream());
  }

  HttpRequest request(String path, String json) {
    return HttpRequest.newBuilder(URI.create(base + path))
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(json))
        .build();
  }

  /// The `error` of a response's body.
  static JsonNode error(HttpResponse<String> response) {
    return Json.tree(response.body()).get("error");
  }

  /// The data of each server-sent event, `[DONE]` included.
  static List<String> events(String body) {
    List<String> data = new ArrayList<>();
    for (String event : body.split("\n\n", -1)) {
      if (!event.isEmpty()) {
        if (!event.startsWith("data: ")) {
          throw new AssertionError("no server-sent event: " + event);
        }
        data.add(event.substring("data: ".length()));
      }
    }
    return data;
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
