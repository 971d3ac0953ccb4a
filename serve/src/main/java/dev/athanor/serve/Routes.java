package dev.athanor.serve;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.athanor.base.Json;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Every route of the server. To add one: a line here and its handler.
final class Routes {
  private final ServedModels models;
  private final ServedEncoders encoders;
  private final Admission admission;
  private final ServerMetrics metrics;
  private final boolean loraUpdates;

  Routes(
      ServedModels models, ServedEncoders encoders, Admission admission, ServerMetrics metrics, boolean loraUpdates) {
    this.models = models;
    this.encoders = encoders;
    this.admission = admission;
    this.metrics = metrics;
    this.loraUpdates = loraUpdates;
  }

  void install(ServerBuilder server, @Nullable String apiKey) {
    var chat = new GenerationService(new ChatCompletions(models)::read, admission, metrics);
    var completions = new GenerationService(new Completions(models)::read, admission, metrics);

    server.route().get("/").build(LandingPage.load());
    server.route().get("/health").build((ctx, request) -> health());
    server.route().get("/metrics").build((ctx, request) -> metrics());
    server.route().get("/v1/models").build((ctx, request) -> json(models.list(encoders)));
    server.route().get("/v1/models/{*id}").build((ctx, request) -> model(ctx));
    server.route().post("/v1/completions").build(completions);
    server.route().post("/v1/chat/completions").build(chat);
    server.route().post("/v1/embeddings").build(new EncoderService(new Embeddings(encoders)::answer, admission));
    server.route().post("/v1/rerank").build(new EncoderService(new Reranking(encoders)::answer, admission));
    server.route().post("/v1/load_lora_adapter").build(LoraUpdates.loading(models, loraUpdates));
    server.route().post("/v1/unload_lora_adapter").build(LoraUpdates.unloading(models, loraUpdates));

    if (apiKey != null) {
      server.decoratorUnder("/v1", new ApiKey(apiKey));
    }
    server.errorHandler(new ErrorBodies());
  }

  private HttpResponse model(ServiceRequestContext ctx) {
    String id = Objects.requireNonNull(ctx.pathParam("id"), "the route has an id");
    return json(encoders.named(id).filter(_ -> !models.has(id)).map(models::describe).orElseGet(() -> models.describe(models.of(id))));
  }

  /// 200 while the server takes requests, 503 once it drains: what a load balancer asks.
  private HttpResponse health() {
    return admission.draining()
        ? HttpResponse.of(HttpStatus.SERVICE_UNAVAILABLE, MediaType.JSON_UTF_8, "{\"status\":\"draining\"}")
        : HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, "{\"status\":\"ok\"}");
  }

  private HttpResponse metrics() {
    return HttpResponse.of(
        HttpStatus.OK, MediaType.parse(ServerMetrics.CONTENT_TYPE), HttpData.ofUtf8(metrics.scrape()));
  }

  private static HttpResponse json(ObjectNode body) {
    return HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, Json.write(body));
  }
}
