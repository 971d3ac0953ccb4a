package dev.athanor.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.Json;
import dev.athanor.inference.Adapted;
import dev.athanor.inference.Engine;
import dev.athanor.inference.EngineOptions;
import dev.athanor.inference.Generator;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/// Adapters as models of their own, over small real models.
@Timeout(60)
class ServedAdaptersTest {
  private static final Path RESOURCES = Path.of("../model/src/test/resources");
  private static final ServerOptions ANY_PORT = ServerOptions.DEFAULTS.withPort(0);
  private static final String LOAD = "/v1/load_lora_adapter";
  private static final String UNLOAD = "/v1/unload_lora_adapter";

  private static Engine llama;
  private static Engine qwen;

  @BeforeAll
  static void open() {
    llama = engine("llama");
    qwen = engine("qwen2");
    llama.adapters().orElseThrow().load("tuned", adapter("llama"));
  }

  private static Engine engine(String name) {
    return Engine.open(RESOURCES.resolve("checkpoints").resolve(name), new ByteTokenizer(List.of()), new EngineOptions(4, 4, 64, 1));
  }

  private static Path adapter(String name) {
    return RESOURCES.resolve("adapters").resolve(name).toAbsolutePath();
  }

  @AfterAll
  static void close() {
    llama.close();
    qwen.close();
  }

  private static TestServer serve(boolean updates) {
    Map<String, Generator> models = new LinkedHashMap<>();
    models.put("base", llama);
    models.put("other", qwen);
    models.put("tuned", new Adapted(llama, "tuned"));
    return new TestServer(AthanorServer.start(ANY_PORT.withLoraUpdates(updates), models));
  }

  private static String generated(Http http, String model) throws Exception {
    HttpResponse<String> response =
        http.post(
            "/v1/completions",
            "{\"model\":\"" + model + "\",\"prompt\":[5,6,7],\"max_tokens\":20,\"temperature\":0,\"logprobs\":0}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    JsonNode body = Json.tree(response.body());
    assertThat(body.path("model").asString()).isEqualTo(model);
    return body.at("/choices/0/logprobs/token_logprobs").toString();
  }

  private static String load(String name, String adapter, String base) {
    return Json.write(Map.of("lora_name", name, "lora_path", adapter(adapter).toString(), "base_model_name", base));
  }

  @Test
  void models_adapter_hasItsParentAndAnswersUnderItsName() throws Exception {
    try (TestServer server = serve(false);
        Http http = Http.to(server)) {
      JsonNode list = Json.tree(http.get("/v1/models").body()).path("data");
      assertThat(list).extracting(model -> model.path("id").asString()).containsExactly("base", "other", "tuned");
      assertThat(list.get(2).path("parent").asString()).isEqualTo("base");
      assertThat(list.get(2).path("root").asString()).isEqualTo("base");
      assertThat(list.get(0).path("parent").isNull()).isTrue();
      assertThat(generated(http, "tuned")).isNotEqualTo(generated(http, "base")).isEqualTo(generated(http, "tuned"));
      assertThat(http.get("/metrics").body())
          .contains("vllm:generation_tokens_total{model_name=\"tuned\"}")
          .contains("vllm:num_requests_running{model_name=\"base\"}")
          .doesNotContain("vllm:num_requests_running{model_name=\"tuned\"}");
    }
  }

  @Test
  void load_notAllowed_isForbidden() throws Exception {
    try (TestServer server = serve(false);
        Http http = Http.to(server)) {
      HttpResponse<String> response = http.post(LOAD, load("more", "qwen2", "other"));
      assertThat(response.statusCode()).isEqualTo(403);
      assertThat(Http.error(response).path("message").asString()).contains("--allow-lora-updates");
      assertThat(http.post(UNLOAD, "{\"lora_name\":\"tuned\"}").statusCode()).isEqualTo(403);
    }
  }

  @Test
  void load_allowed_servesTheAdapterUntilItIsUnloaded() throws Exception {
    try (TestServer server = serve(true);
        Http http = Http.to(server)) {
      HttpResponse<String> loaded = http.post(LOAD, load("more", "qwen2", "other"));
      assertThat(loaded.statusCode()).as(loaded.body()).isEqualTo(200);
      assertThat(Json.tree(http.get("/v1/models/more").body()).path("parent").asString()).isEqualTo("other");
      assertThat(generated(http, "more")).isNotEqualTo(generated(http, "other"));
      assertThat(Http.error(http.post(LOAD, load("more", "qwen2", "other"))).path("message").asString()).contains("'more' is served already");
      assertThat(http.post(UNLOAD, "{\"lora_name\":\"more\"}").statusCode()).isEqualTo(200);
      assertThat(http.get("/v1/models/more").statusCode()).isEqualTo(404);
      assertThat(http.post("/v1/completions", "{\"model\":\"more\",\"prompt\":[1]}").statusCode()).isEqualTo(404);
      assertThat(http.post(UNLOAD, "{\"lora_name\":\"more\"}").statusCode()).isEqualTo(404);
      assertThat(http.post(LOAD, load("more", "qwen2", "other")).statusCode()).isEqualTo(200);
      assertThat(http.post(UNLOAD, "{\"lora_name\":\"more\"}").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void load_whatCannotBe_isRefusedWithTheReason() throws Exception {
    try (TestServer server = serve(true);
        Http http = Http.to(server)) {
      assertThat(message(http.post(LOAD, "{\"lora_name\":\"x\"}"))).contains("'lora_path' is missing");
      assertThat(message(http.post(LOAD, "{\"lora_path\":\"x\"}"))).contains("'lora_name' is missing");
      assertThat(message(http.post(LOAD, Json.write(Map.of("lora_name", "x", "lora_path", adapter("llama").toString())))))
          .contains("base_model_name")
          .contains("base, other");
      assertThat(message(http.post(LOAD, load("x", "nothing-here", "base")))).contains("does not exist");
      assertThat(message(http.post(LOAD, load("x", "gpt2", "base")))).contains("does not fit this model of family 'llama'");
      assertThat(message(http.post(UNLOAD, "{\"lora_name\":\"base\"}"))).contains("is a model and no adapter");
      assertThat(http.get("/v1/models/x").statusCode()).isEqualTo(404);
    }
  }

  private static String message(HttpResponse<String> response) {
    assertThat(response.statusCode()).isEqualTo(400);
    return Http.error(response).path("message").asString();
  }

  @Test
  void pooledModel_isListedWithWhetherItIsLoadedAndCounted() throws Exception {
    try (ModelPool pool = new ModelPool(10)) {
      ModelPool.Pooled pooled =
          pool.add(new ModelPool.Model("lazy", llama.spec(), llama.tokenizer(), 10, ServedAdaptersTest::withAdapter));
      Map<String, Generator> models = new LinkedHashMap<>();
      models.put("lazy", pooled);
      models.put("lazy-tuned", new Adapted(pooled, "tuned"));
      try (TestServer server = new TestServer(AthanorServer.start(ANY_PORT, models));
          Http http = Http.to(server)) {
        assertThat(Json.tree(http.get("/v1/models/lazy").body()).path("loaded").asBoolean(true)).isFalse();
        assertThat(http.get("/metrics").body()).contains("athanor:model_loads_total{model_name=\"lazy\"} 0");
        assertThat(generated(http, "lazy-tuned")).isNotEqualTo(generated(http, "lazy"));
        assertThat(Json.tree(http.get("/v1/models/lazy-tuned").body()).path("loaded").asBoolean(false)).isTrue();
        assertThat(http.get("/metrics").body())
            .contains("athanor:model_loads_total{model_name=\"lazy\"} 1")
            .contains("athanor:model_loaded{model_name=\"lazy\"} 1")
            .contains("athanor:model_evictions_total{model_name=\"lazy\"} 0");
      }
    }
  }

  private static Engine withAdapter() {
    Engine engine = engine("llama");
    engine.adapters().orElseThrow().load("tuned", adapter("llama"));
    return engine;
  }
}
