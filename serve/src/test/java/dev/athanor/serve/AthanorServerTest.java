package dev.athanor.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.inference.GenerationEvent.FinishReason;
import dev.athanor.inference.GenerationRequest;
import dev.athanor.inference.Generator;
import dev.athanor.inference.Sampling;
import dev.athanor.inference.grammar.Constraint;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// The wire format, byte for byte, with a plain HTTP client.
@Timeout(60)
class AthanorServerTest {
  private static final ServerOptions ANY_PORT = ServerOptions.DEFAULTS.withPort(0);
  private static final String CHAT = "/v1/chat/completions";
  private static final String HELLO = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";
  private static final String HELLO_STREAM =
      "{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";

  private static TestServer serve(Generator generator) {
    return serve(ANY_PORT, generator);
  }

  private static TestServer serve(ServerOptions options, Generator generator) {
    return TestServer.start(options, "m", generator);
  }

  @Test
  void chat_streamed_followsTheProtocol() throws Exception {
    var generator = ScriptedGenerator.steppedThrough("丹", "炉");
    try (var server = serve(generator); var http = Http.to(server)) {
      String body =
          """
          {"model":"m","stream":true,"stream_options":{"include_usage":true},
           "messages":[{"role":"user","content":"hi"}]}""";
      HttpResponse<InputStream> response = http.open(CHAT, body);
      assertThat(response.headers().firstValue("content-type").orElse("")).startsWith("text/event-stream");
      try (var events = new SseLines(response.body())) {
        JsonNode opening = Json.tree(events.next());
        assertThat(opening.at("/object").asString()).isEqualTo("chat.completion.chunk");
        assertThat(opening.at("/choices/0/delta/role").asString()).isEqualTo("assistant");
        assertThat(opening.at("/usage").isNull()).isTrue();
        // One step at a time, so that the pieces are not gathered into one chunk.
        generator.steps.release();
        assertThat(Json.tree(events.next()).at("/choices/0/delta/content").asString()).isEqualTo("丹");
        generator.steps.release();
        assertThat(Json.tree(events.next()).at("/choices/0/delta/content").asString()).isEqualTo("炉");
        assertThat(Json.tree(events.next()).at("/choices/0/finish_reason").asString()).isEqualTo("stop");
        JsonNode usage = Json.tree(events.next());
        assertThat(usage.get("choices").isEmpty()).isTrue();
        assertThat(usage.at("/usage/completion_tokens").asInt()).isEqualTo(2);
        assertThat(usage.at("/usage/prompt_tokens").asInt()).isEqualTo("user: hi\nassistant: ".length());
        assertThat(events.next()).isEqualTo("[DONE]");
      }
    }
  }

  @Test
  void chat_streamedWithoutUsageAsked_neverMentionsIt() throws Exception {
    try (var server = serve(ScriptedGenerator.saying("a", "b")); var http = Http.to(server)) {
      List<String> events = Http.events(http.post(CHAT, HELLO_STREAM).body());
      assertThat(events).last().isEqualTo("[DONE]");
      assertThat(events).noneMatch(event -> event.contains("usage"));
    }
  }

  @Test
  void chat_whole_hasTextReasonAndUsage() throws Exception {
    try (var server = serve(ScriptedGenerator.saying("Hel", "lo", " 世界")); var http = Http.to(server)) {
      JsonNode body = Json.tree(http.post(CHAT, HELLO).body());
      assertThat(body.at("/object").asString()).isEqualTo("chat.completion");
      assertThat(body.at("/choices/0/message/content").asString()).isEqualTo("Hello 世界");
      assertThat(body.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
      assertThat(body.at("/choices/0/logprobs").isNull()).isTrue();
      assertThat(body.at("/usage/completion_tokens").asInt()).isEqualTo(3);
    }
  }

  @Test
  void parameters_given_reachTheGenerator() throws Exception {
    var generator = ScriptedGenerator.saying("a");
    try (var server = serve(generator); var http = Http.to(server)) {
      http.post("/v1/completions",
          """
          {"prompt":[104,105],"max_tokens":7,"temperature":0.5,"top_p":0.9,"top_k":3,"seed":11,"stop":"x","logprobs":2,
           "user":"someone","never_heard_of":{}}""");
      GenerationRequest request = generator.seen.take();
      assertThat(request.promptIds()).containsExactly(104, 105);
      assertThat(request.maxTokens()).isEqualTo(7);
      assertThat(request.sampling()).isEqualTo(new Sampling(0.5, 0.9, 3, 11));
      assertThat(request.stop()).containsExactly("x");
      assertThat(request.stopIds()).containsExactly(ByteTokenizer.END);
      assertThat(request.topLogprobs()).isEqualTo(2);
    }
  }

  @Test
  void parameters_ofSampling_reachTheGenerator() throws Exception {
    var generator = ScriptedGenerator.saying("a");
    try (var server = serve(generator); var http = Http.to(server)) {
      http.post("/v1/completions",
          """
          {"prompt":"a","min_p":0.1,"typical_p":0.9,"repetition_penalty":1.2,"frequency_penalty":-0.5,"presence_penalty":1,
           "logit_bias":{"65":-100,"66":2.5},"seed":3,"guided_choice":["yes","no"]}""");
      GenerationRequest request = generator.seen.take();
      assertThat(request.sampling())
          .isEqualTo(new Sampling(1, 1, 0, 0.1, 0.9, 1.2, -0.5, 1, Map.of(65, -100f, 66, 2.5f), 3));
      assertThat(request.constraint()).isNotNull();
      assertThat(request.constraint().matches("yes")).isTrue();
      assertThat(request.constraint().matches("maybe")).isFalse();
    }
  }

  @Test
  void responseFormat_jsonSchema_isCompiledOnceForItsModel() throws Exception {
    var generator = ScriptedGenerator.saying("a");
    try (var server = serve(generator); var http = Http.to(server)) {
      String body =
          """
          {"messages":[{"role":"user","content":"hi"}],"response_format":{"type":"json_schema","json_schema":{"name":"x","strict":true,
           "schema":{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"],"additionalProperties":false}}}}""";
      http.post(CHAT, body);
      Constraint first = generator.seen.take().constraint();
      http.post(CHAT, body);
      assertThat(first).isNotNull().isSameAs(generator.seen.take().constraint());
      assertThat(first.matches("{\"a\": 1}")).isTrue();
      assertThat(first.matches("{}")).isFalse();
      http.post(CHAT, body.replace("\"type\":\"json_schema\",", "\"type\":\"json_object\","));
      Constraint any = generator.seen.take().constraint();
      assertThat(any).isNotNull();
      assertThat(any.matches("{}")).isTrue();
    }
  }

  @Test
  void parameters_absent_areOpenAis() throws Exception {
    var generator = ScriptedGenerator.saying("a");
    try (var server = serve(generator); var http = Http.to(server)) {
      http.post("/v1/completions", "{\"model\":null,\"prompt\":[\"hi\"],\"max_tokens\":null}");
      GenerationRequest completion = generator.seen.take();
      assertThat(completion.promptIds()).containsExactly('h', 'i');
      assertThat(completion.maxTokens()).isEqualTo(16);
      assertThat(completion.sampling().temperature()).isEqualTo(1);
      assertThat(completion.topLogprobs()).isEqualTo(-1);
      http.post(CHAT, HELLO);
      GenerationRequest chat = generator.seen.take();
      assertThat(chat.maxTokens()).isEqualTo(ScriptedGenerator.CONTEXT - chat.promptIds().length);
      assertThat(chat.sampling().seed()).isNotEqualTo(completion.sampling().seed());
    }
  }

  @Test
  void completion_withLogprobs_listsTokensAndOffsets() throws Exception {
    try (var server = serve(ScriptedGenerator.saying("丹炉", "ok")); var http = Http.to(server)) {
      JsonNode logprobs =
          Json.tree(http.post("/v1/completions", "{\"prompt\":\"p\",\"logprobs\":2}").body()).at("/choices/0/logprobs");
      assertThat(logprobs.get("tokens").toString()).isEqualTo("[\"丹炉\",\"ok\"]");
      assertThat(logprobs.get("token_logprobs").toString()).isEqualTo("[-0.25,-0.5]");
      assertThat(logprobs.get("text_offset").toString()).isEqualTo("[0,2]");
      assertThat(logprobs.at("/top_logprobs/0").get("bytes:\\xe4").asDouble()).isEqualTo(-9999);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/v1/completions | {\"prompt\":              | 400 | null       | null | not valid JSON",
        "/v1/completions | [1]                       | 400 | null       | null | must be a JSON object",
        "/v1/completions | {\"prompt\":5}            | 400 | prompt     | null | 'prompt' must be a string, not 5",
        "/v1/completions | {\"prompt\":[\"a\",\"b\"]} | 400 | prompt    | null | holds 2 prompts",
        "/v1/completions | {\"prompt\":[]}           | 400 | prompt     | null | empty list",
        "/v1/completions | {\"prompt\":[1,9999]}     | 400 | prompt     | null | token ids go from 0 to 257",
        "/v1/completions | {\"temperature\":\"1\"}   | 400 | temperature | null | must be a number",
        "/v1/completions | {\"temperature\":2.5}     | 400 | temperature | null | between 0 and 2, not 2.5",
        "/v1/completions | {\"top_p\":0}             | 400 | top_p      | null | must be between",
        "/v1/completions | {\"max_tokens\":0}        | 400 | max_tokens | null | at least 1, not 0",
        "/v1/completions | {\"timeout\":-1}          | 400 | timeout    | null | between 0.001 and 1000000000, not -1",
        "/v1/completions | {\"max_tokens\":1.5}      | 400 | max_tokens | null | a whole number, not 1.5",
        "/v1/completions | {\"n\":0}                 | 400 | n          | null | between 1 and 64",
        "/v1/completions | {\"best_of\":2}           | 400 | best_of    | null | not supported",
        "/v1/completions | {\"beam_width\":2}        | 400 | beam_width | null | use_beam_search",
        "/v1/completions | {\"n\":3,\"use_beam_search\":true,\"beam_width\":2} | 400 | beam_width | null | less than the 3",
        "/v1/completions | {\"timeout\":0}           | 400 | timeout    | null | between",
        "/v1/completions | {\"echo\":true}           | 400 | echo       | null | not supported",
        "/v1/completions | {\"logprobs\":6}          | 400 | logprobs   | null | between 0 and 5",
        "/v1/completions | {\"stop\":[\"\"]}         | 400 | stop       | null | empty text",
        "/v1/completions | {\"stop\":[1]}            | 400 | stop       | null | must be a string",
        "/v1/completions | {\"stream\":\"yes\"}      | 400 | stream     | null | true or false",
        "/v1/completions | {\"model\":\"gpt\"}       | 404 | model      | model_not_found | there is: m",
        "/v1/chat/completions | {\"model\":\"m\"}    | 400 | messages   | null | is missing",
        "/v1/chat/completions | {\"messages\":[]}    | 400 | messages   | null | empty",
        "/v1/chat/completions | {\"messages\":[{\"role\":\"robot\",\"content\":\"a\"}]} | 400 | messages[0].role | null | not 'robot'",
        "/v1/chat/completions | {\"messages\":[{\"role\":\"user\",\"content\":7}]} | 400 | messages[0].content | null | a string",
        "/v1/chat/completions | {\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]} | 400 | messages[0].content | null | only parts",
        "/v1/chat/completions | {\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"top_logprobs\":2} | 400 | top_logprobs | null | needs 'logprobs'",
        "/v1/chat/completions | {\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"tools\":[{}]} | 400 | tools | null | not supported",
        "/v1/chat/completions | {\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"response_format\":{\"type\":\"xml\"}} | 400 | response_format | null | must be text, json_object or json_schema",
        "/v1/completions | {\"response_format\":{\"type\":\"json_schema\"}} | 400 | response_format | null | is missing",
        "/v1/completions | {\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"schema\":{\"not\":{}}}}} | 400 | response_format | null | the keyword 'not' is not supported",
        "/v1/completions | {\"guided_regex\":\"(a\"} | 400 | guided_regex | null | character 3: a ( without its )",
        "/v1/completions | {\"guided_regex\":\"(a{9999}){9999}\"} | 400 | guided_regex | null | too large",
        "/v1/completions | {\"guided_grammar\":\"root ::= x\"} | 400 | guided_grammar | null | there is no rule 'x'",
        "/v1/completions | {\"guided_json\":{},\"guided_regex\":\"a\"} | 400 | guided_regex | null | exclude each other",
        "/v1/completions | {\"min_p\":2} | 400 | min_p | null | between",
        "/v1/completions | {\"typical_p\":0} | 400 | typical_p | null | between",
        "/v1/completions | {\"repetition_penalty\":-1} | 400 | repetition_penalty | null | between",
        "/v1/completions | {\"presence_penalty\":3} | 400 | presence_penalty | null | between",
        "/v1/completions | {\"logit_bias\":{\"x\":1}} | 400 | logit_bias | null | names the token id 'x'",
        "/v1/completions | {\"logit_bias\":{\"5\":101}} | 400 | logit_bias | null | between -100 and 100",
        "/v1/nothing          | {}                   | 404 | null       | null | no such route",
      })
  void request_wrong_saysWhatAndWhere(String path, String body, int status, String param, String code, String message)
      throws Exception {
    try (var server = serve(ScriptedGenerator.saying("a")); var http = Http.to(server)) {
      HttpResponse<String> response = http.post(path, body);
      assertThat(response.statusCode()).isEqualTo(status);
      JsonNode error = Http.error(response);
      assertThat(error.get("message").asString()).contains(message);
      assertThat(error.get("type").asString()).isEqualTo("invalid_request_error");
      assertThat(error.get("param").isNull() ? "null" : error.get("param").asString()).isEqualTo(param);
      assertThat(error.get("code").isNull() ? "null" : error.get("code").asString()).isEqualTo(code);
    }
  }

  @Test
  void prompt_longerThanTheContext_isRefusedWithBothCounts() throws Exception {
    try (var server = serve(ScriptedGenerator.saying("a")); var http = Http.to(server)) {
      HttpResponse<String> response = http.post("/v1/completions", "{\"prompt\":\"" + "x".repeat(321) + "\"}");
      assertThat(response.statusCode()).isEqualTo(400);
      assertThat(Http.error(response).get("code").asString()).isEqualTo("context_length_exceeded");
      assertThat(Http.error(response).get("message").asString()).contains("321").contains("200");
    }
  }

  @Test
  void body_notDeclaredAsJson_isRefused() throws Exception {
    try (var server = serve(ScriptedGenerator.saying("a")); var http = Http.to(server)) {
      var request =
          java.net.http.HttpRequest.newBuilder(java.net.URI.create(server.url() + CHAT))
              .header("Content-Type", "text/plain")
              .POST(java.net.http.HttpRequest.BodyPublishers.ofString(HELLO))
              .build();
      assertThat(http.client().send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(415);
    }
  }

  @Test
  void body_tooLong_isRefused() throws Exception {
    var options = new ServerOptions("127.0.0.1", 0, null, 8, 1000, 1000, false, Duration.ofSeconds(1));
    try (var server = serve(options, ScriptedGenerator.saying("a")); var http = Http.to(server)) {
      HttpResponse<String> response = http.post("/v1/completions", "{\"prompt\":\"" + "x".repeat(2000) + "\"}");
      assertThat(response.statusCode()).isEqualTo(413);
      assertThat(Http.error(response).get("message").asString()).contains("1000 bytes");
    }
  }

  @Test
  void generation_thatFails_givesAnErrorAndTheServerLivesOn() throws Exception {
    try (var server = serve(ScriptedGenerator.saying("a", "<fail>")); var http = Http.to(server)) {
      HttpResponse<String> whole = http.post(CHAT, HELLO);
      assertThat(whole.statusCode()).isEqualTo(500);
      assertThat(Http.error(whole).get("type").asString()).isEqualTo("server_error");
      List<String> events = Http.events(http.post(CHAT, HELLO_STREAM).body());
      assertThat(Json.tree(events.getLast()).has("error")).isTrue();
      assertThat(http.post("/v1/completions", "{\"max_tokens\":1}").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void client_thatLeavesAStream_cancelsItsGeneration() throws Exception {
    var generator = ScriptedGenerator.steppedThrough("a", "b", "c");
    try (var server = serve(generator); var http = Http.to(server)) {
      InputStream body = http.open(CHAT, HELLO_STREAM).body();
      generator.steps.release();
      assertThat(body.readNBytes(6)).isEqualTo("data: ".getBytes(StandardCharsets.UTF_8));
      body.close();
      assertThat(generator.ended.poll(20, TimeUnit.SECONDS)).isEqualTo(FinishReason.CANCELLED);
    }
  }

  @Test
  void client_thatLeavesBeforeAWholeAnswer_cancelsItsGeneration() throws Exception {
    var generator = ScriptedGenerator.steppedThrough("a", "b", "c");
    try (var server = serve(generator); var http = Http.to(server)) {
      var pending = http.client().sendAsync(http.request(CHAT, HELLO), BodyHandlers.ofString());
      generator.seen.take();
      pending.cancel(true);
      assertThat(generator.ended.poll(20, TimeUnit.SECONDS)).isEqualTo(FinishReason.CANCELLED);
    }
  }

  @Test
  void queue_full_answers429UntilThereIsRoom() throws Exception {
    var generator = ScriptedGenerator.steppedThrough("a");
    try (var server = serve(ANY_PORT.withLimits(1, 1000), generator); var http = Http.to(server)) {
      var first = http.client().sendAsync(http.request(CHAT, HELLO), BodyHandlers.ofString());
      generator.seen.take();
      HttpResponse<String> refused = http.post(CHAT, HELLO);
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.headers().firstValue("retry-after")).hasValue("1");
      assertThat(Http.error(refused).get("code").asString()).isEqualTo("queue_full");
      generator.steps.release(2);
      assertThat(first.get().statusCode()).isEqualTo(200);
      assertThat(http.post(CHAT, HELLO).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void queue_fullOfPromptTokens_answers429() throws Exception {
    var generator = ScriptedGenerator.steppedThrough("a", "b");
    try (var server = serve(ANY_PORT.withLimits(10, 5), generator); var http = Http.to(server)) {
      // Alone, a prompt above the cap is let in: nothing waits before it.
      var first = http.open("/v1/completions", "{\"prompt\":\"sixsix\",\"stream\":true}");
      HttpResponse<String> refused = http.post("/v1/completions", "{\"prompt\":\"x\"}");
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(Http.error(refused).get("message").asString()).contains("6 prompt tokens");
      generator.steps.release(1);
      try (var lines = new SseLines(first.body())) {
        lines.next();
        generator.steps.release(3);
        assertThat(http.post("/v1/completions", "{\"prompt\":\"x\"}").statusCode()).isEqualTo(200);
      }
    }
  }

  @Test
  void close_whileAnAnswerStreams_drainsIt() throws Exception {
    var generator = ScriptedGenerator.steppedThrough("a", "b");
    try (var server = serve(generator); var http = Http.to(server)) {
      HttpResponse<InputStream> response = http.open(CHAT, HELLO_STREAM);
      CompletableFuture<Void> closing = CompletableFuture.runAsync(server.server()::close);
      while (http.get("/health").statusCode() != 503) {
        Thread.onSpinWait();
      }
      assertThat(http.post(CHAT, HELLO).statusCode()).isEqualTo(503);
      assertThat(closing).isNotDone();
      generator.steps.release(2);
      String rest = new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(Http.events(rest)).last().isEqualTo("[DONE]");
      closing.get();
    }
  }

  @Test
  void close_whenTheDrainTimeoutIsOver_cancelsWhatStillRuns() throws Exception {
    var generator = ScriptedGenerator.steppedThrough("a", "b");
    try (var server = serve(ANY_PORT.withDrainTimeout(Duration.ZERO), generator); var http = Http.to(server)) {
      HttpResponse<InputStream> response = http.open(CHAT, HELLO_STREAM);
      server.server().close();
      assertThat(generator.ended.take()).isEqualTo(FinishReason.CANCELLED);
      String rest = new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(Http.events(rest)).last().asString().contains("shutting down");
    }
  }

  @Test
  void apiKey_missingOrWrong_is401ExceptForHealthMetricsAndPage() throws Exception {
    try (var server = serve(ANY_PORT.withApiKey("sesame"), ScriptedGenerator.saying("a")); var http = Http.to(server)) {
      HttpResponse<String> refused = http.get("/v1/models");
      assertThat(refused.statusCode()).isEqualTo(401);
      assertThat(Http.error(refused).get("code").asString()).isEqualTo("invalid_api_key");
      assertThat(http.post(CHAT, HELLO).statusCode()).isEqualTo(401);
      var wrong = java.net.http.HttpRequest.newBuilder(java.net.URI.create(server.url() + "/v1/models"));
      wrong.header("Authorization", "Bearer sesam");
      assertThat(http.client().send(wrong.build(), BodyHandlers.ofString()).statusCode()).isEqualTo(401);
      var right = java.net.http.HttpRequest.newBuilder(java.net.URI.create(server.url() + "/v1/models"));
      right.header("Authorization", "Bearer sesame");
      assertThat(http.client().send(right.build(), BodyHandlers.ofString()).statusCode()).isEqualTo(200);
      assertThat(http.get("/health").statusCode()).isEqualTo(200);
      assertThat(http.get("/metrics").statusCode()).isEqualTo(200);
      assertThat(http.get("/").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void model_withASlashInItsName_isFound() throws Exception {
    try (var server = TestServer.start(ANY_PORT, "org/m", ScriptedGenerator.saying("a"));
        var http = Http.to(server)) {
      assertThat(Json.tree(http.get("/v1/models/org/m").body()).get("id").asString()).isEqualTo("org/m");
      assertThat(http.get("/v1/models/org").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void page_isSelfContained() throws Exception {
    try (var server = serve(ScriptedGenerator.saying("a")); var http = Http.to(server)) {
      HttpResponse<String> page = http.get("/");
      assertThat(page.headers().firstValue("content-type")).hasValue("text/html; charset=utf-8");
      assertThat(page.body()).contains("Athanor").doesNotContain("http://").doesNotContain("https://");
    }
  }

  /// The names are a contract: dashboards and autoscalers break when one changes (notes: Serving, metric names).
  @Test
  void metrics_keepTheirNames() throws Exception {
    try (var server = serve(ScriptedGenerator.saying("a", "b", "c")); var http = Http.to(server)) {
      http.post(CHAT, HELLO);
      String metrics = http.get("/metrics").body();
      assertThat(metrics.lines().filter(line -> line.startsWith("vllm:")))
          .contains(
              "vllm:num_requests_running{model_name=\"m\"} 0.0",
              "vllm:num_requests_waiting{model_name=\"m\"} 0.0",
              "vllm:prompt_tokens_total{model_name=\"m\"} 23.0",
              "vllm:generation_tokens_total{model_name=\"m\"} 3.0",
              "vllm:time_to_first_token_seconds_count{model_name=\"m\"} 1",
              "vllm:inter_token_latency_seconds_count{model_name=\"m\"} 2",
              "vllm:e2e_request_latency_seconds_count{model_name=\"m\"} 1",
              "vllm:e2e_request_latency_seconds_bucket{model_name=\"m\",le=\"960.0\"} 1",
              "vllm:kv_cache_usage_perc{model_name=\"m\"} 0.5",
              "vllm:num_preemptions_total{model_name=\"m\"} 2.0",
              "vllm:prefix_cache_hits_total{model_name=\"m\"} 64.0",
              "vllm:spec_decode_num_draft_tokens_total{model_name=\"m\"} 30.0",
              "vllm:spec_decode_num_accepted_tokens_total{model_name=\"m\"} 20.0",
              "vllm:request_success_total{finished_reason=\"stop\",model_name=\"m\"} 1.0");
      assertThat(metrics).contains("# TYPE vllm:prompt_tokens_total counter", "# TYPE vllm:inter_token_latency_seconds histogram");
    }
  }

  @Test
  void start_portInUse_saysWhichAndWhatToDo() {
    try (var server = serve(ScriptedGenerator.saying("a"))) {
      assertThatThrownBy(() -> serve(ANY_PORT.withPort(server.server().port()), ScriptedGenerator.saying("a")))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("port " + server.server().port())
          .hasMessageContaining("--port");
    }
  }

  @Test
  void start_hostOfAnotherMachine_saysSo() {
    assertThatThrownBy(() -> serve(ANY_PORT.withHost("192.0.2.1"), ScriptedGenerator.saying("a")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("192.0.2.1");
  }
}
