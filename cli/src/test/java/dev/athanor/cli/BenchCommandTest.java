package dev.athanor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.athanor.base.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class BenchCommandTest {
  private static final Path MODEL = ModelInspectCommandTest.CHECKPOINTS.resolve("llama");

  private final Program program = new Program();
  @TempDir Path dir;

  private int bench(String... options) {
    List<String> all = new ArrayList<>(List.of("bench"));
    all.addAll(List.of(options));
    return program.run(all.toArray(String[]::new));
  }

  /// A folder as the commands want it; what the tokenizer's file says is not read.
  private String model() throws IOException {
    Path folder = Files.createDirectories(dir.resolve("model"));
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(MODEL.resolve(file), folder.resolve(file));
    }
    Files.writeString(folder.resolve("tokenizer.json"), "{}");
    return folder.toString();
  }

  @Test
  void decode_model_hasARowForEachBatchInTableJsonAndPage() throws IOException {
    Path json = dir.resolve("d.json");
    Path html = dir.resolve("d.html");
    assertThat(
            bench(
                "decode", model(), "--batch", "1,3", "--prompt", "4", "--tokens", "3", "--repeats", "3", "--weights", "int8", "--threads", "1",
                "--json", json.toString(), "--html", html.toString()))
        .as(program.err())
        .isZero();
    assertThat(program.out()).contains("sequences", "tokens/s in all", "weights int8, head int8", "GB/s read");
    JsonNode report = Json.readFile(json);
    assertThat(report.at("/measured").asString()).isEqualTo("decode");
    assertThat(report.at("/interrupted").asBoolean(true)).isFalse();
    assertThat(report.path("decode")).hasSize(2);
    JsonNode row = report.at("/decode/1");
    assertThat(row.path("batch").asInt()).isEqualTo(3);
    assertThat(row.at("/millisPerToken/count").asInt()).isEqualTo(3);
    // Three tokens in the time of a pass.
    assertThat(row.at("/tokensPerSecond/max").asDouble() * row.at("/millisPerToken/min").asDouble()).isBetween(2999.0, 3001.0);
    assertThat(row.path("weightBytesPerSecond").asDouble()).isPositive();
    assertThat(Files.readString(html)).contains("<svg", "sequences together", "benchmark, decode").doesNotContain("src=", "href=\"http", "step ");
  }

  @Test
  void prefill_jsonToStandardOutput_isNothingElse() throws IOException {
    assertThat(bench("prefill", model(), "--prompt", "2,9", "--repeats", "2", "--step-tokens", "4", "--json", "-")).as(program.err()).isZero();
    JsonNode report = Json.tree(program.out());
    assertThat(report.path("prefill")).hasSize(2);
    assertThat(report.at("/prefill/1/promptTokens").asInt()).isEqualTo(9);
    assertThat(report.at("/prefill/1/tokensPerSecond/min").asDouble()).isPositive();
  }

  @Test
  void serve_url_drivesAServerAndFitsTheLaw() throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    List<JsonNode> asked = new ArrayList<>();
    server.createContext(
        "/v1/models",
        exchange -> {
          byte[] body = "{\"data\":[{\"id\":\"theirs\"}]}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
    server.createContext(
        "/v1/completions",
        exchange -> {
          JsonNode request = Json.tree(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          synchronized (asked) {
            asked.add(request);
          }
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream out = exchange.getResponseBody()) {
            int n = request.path("max_tokens").asInt();
            for (int i = 0; i < n; i++) {
              out.write("data: {\"choices\":[{\"text\":\"a\"}]}\n\n".getBytes(StandardCharsets.UTF_8));
            }
            out.write(("data: {\"choices\":[],\"usage\":{\"completion_tokens\":" + n + "}}\n\ndata: [DONE]\n\n").getBytes(StandardCharsets.UTF_8));
          }
        });
    server.start();
    try {
      String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
      assertThat(bench("serve", "--url", url, "--concurrency", "1,2", "--requests", "5", "--prompt", "3", "--tokens", "6", "--json", "-"))
          .as(program.err())
          .isZero();
      JsonNode report = Json.tree(program.out());
      assertThat(report.path("serve")).hasSize(2);
      JsonNode row = report.at("/serve/1");
      assertThat(row.path("requests").asInt()).isEqualTo(5);
      assertThat(row.path("failed").asInt()).isZero();
      assertThat(row.path("completionTokens").asInt()).isBetween(5 * 3, 5 * 9);
      assertThat(row.at("/firstTokenMs/p50").asDouble()).isPositive();
      assertThat(row.at("/endToEndMs/p99").asDouble()).isGreaterThanOrEqualTo(row.at("/firstTokenMs/p50").asDouble());
      assertThat(row.at("/law/perTokenMs").isNumber()).isTrue();
      assertThat(asked.getFirst().path("model").asString()).isEqualTo("theirs");
      assertThat(asked.getFirst().path("prompt").asString().strip().split(" ")).hasSize(3);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void bench_mistakes_areToldBeforeAnythingIsMeasured() throws IOException {
    assertThat(bench()).isEqualTo(2);
    assertThat(program.err()).contains("serve, decode, prefill");
    assertThat(bench("decode", "--shape", "gpt5")).isEqualTo(2);
    assertThat(program.err()).contains("no shape 'gpt5'", "qwen2.5-0.5b");
    assertThat(bench("decode", "x", "--shape", "gpt2")).isEqualTo(2);
    assertThat(program.err()).contains("one of them");
    assertThat(bench("decode", dir.resolve("none").toString())).isEqualTo(2);
    assertThat(program.err()).contains("neither a folder nor a file");
    assertThat(bench("decode", "--shape", "gpt2", "--batch", "0")).isEqualTo(2);
    assertThat(program.err()).contains("--batch must be between 1");
    assertThat(bench("prefill", model(), "--prompt", "9999")).isEqualTo(2);
    assertThat(program.err()).contains("--prompt must be between 1 and");
    assertThat(bench("serve", "--shape", "gpt2", "--concurrency", "1", "--rate", "2")).isEqualTo(2);
    assertThat(program.err()).contains("--concurrency or --rate");
    assertThat(bench("serve", "--shape", "gpt2", "--shared-prefix", "64")).isEqualTo(2);
    assertThat(program.err()).contains("--shared-prefix must be less than --prompt");
    assertThat(bench("serve", "--url", "http://127.0.0.1:1")).isEqualTo(2);
    assertThat(program.err()).contains("no server answers");
    assertThat(bench("decode", "--shape", "gpt2", "--html", dir.toString())).isEqualTo(2);
    assertThat(program.err()).contains("is a folder");
  }
}
