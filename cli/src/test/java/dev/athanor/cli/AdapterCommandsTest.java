package dev.athanor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.inference.Engine;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.SafeTensors;
import dev.athanor.model.StoredTensor;
import dev.athanor.tokenizer.BpeTrainer;
import dev.athanor.tokenizer.Tokenizers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Adapters and several models from the command line, with small real models.
@Timeout(120)
class AdapterCommandsTest {
  @TempDir static Path dir;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeAll
  static void make() throws IOException {
    Path tokenizer = dir.resolve("tokenizer");
    Tokenizers.save(
        new BpeTrainer(BpeTrainer.Options.of(300)).train(List.of("public class A {}"), Progress.silent()), tokenizer);
    for (String name : List.of("a", "b", "c")) {
      assertThat(
              new Program()
                  .run(
                      "model", "new", "--family", "llama", "--tokenizer", tokenizer.toString(), "--hidden-size", "32", "--layers", "2",
                      "--heads", "4", "--intermediate-size", "64", "--context", "256", "--seed", String.valueOf((int) name.charAt(0)), "--out",
                      dir.resolve(name).toString()))
          .isZero();
    }
    adapter(dir.resolve("tuned"));
  }

  /// Over the first block's values, so large that it decides the text.
  private static void adapter(Path folder) throws IOException {
    Files.createDirectories(folder);
    Random random = new Random(5);
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    for (String module : List.of("model.layers.0.self_attn.v_proj", "model.layers.1.self_attn.v_proj")) {
      tensors.put("base_model.model." + module + ".lora_A.weight", gaussians(random, 4, 32));
      tensors.put("base_model.model." + module + ".lora_B.weight", gaussians(random, 32, 4));
    }
    SafeTensors.write(folder.resolve("adapter_model.safetensors"), tensors);
    AtomicFile.writeString(
        folder.resolve("adapter_config.json"),
        Json.pretty(Map.of("peft_type", "LORA", "r", 4, "lora_alpha", 40, "target_modules", List.of("v_proj"))));
  }

  private static StoredTensor gaussians(Random random, int rows, int cols) {
    float[] values = new float[rows * cols];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return StoredTensor.of(values, rows, cols);
  }

  private int run(String... arguments) {
    out.reset();
    err.reset();
    Terminal terminal =
        new Terminal(new ByteArrayInputStream(new byte[0]), print(out), print(err), false);
    ModelOpener opener =
        new OpenModel((folder, launch) -> Engine.open(folder, Tokenizers.load(folder), launch.engine()), _ -> Optional.empty());
    return Athanor.commands(opener, terminal).execute(arguments);
  }

  private static PrintStream print(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private static String path(String name) {
    return dir.resolve(name).toString();
  }

  private String generated(String... more) {
    List<String> arguments = new ArrayList<>(List.of("generate", "--prompt", "public ", "--greedy", "--max-tokens", "12", "--ids"));
    arguments.addAll(List.of(more));
    assertThat(run(arguments.toArray(String[]::new))).as(err()).isZero();
    return out();
  }

  @Test
  void generate_lora_writesWhatTheMergedModelWrites() throws IOException {
    String base = generated("--model", path("a"));
    String tuned = generated("--model", path("a"), "--lora", path("tuned"));
    assertThat(tuned).isNotEqualTo(base);
    assertThat(run("model", "merge", path("a"), path("tuned"), "--output", path("merged"))).as(err()).isZero();
    assertThat(out()).contains("wrote").contains("2 matrices changed by 512 parameters");
    assertThat(generated("--model", path("merged"))).isEqualTo(tuned);
    assertThat(dir.resolve("merged/tokenizer.json")).hasSameTextualContentAs(dir.resolve("a/tokenizer.json"));
    assertThat(run("model", "merge", path("a"), path("tuned"), "--output", path("merged"))).isEqualTo(2);
    assertThat(err()).contains("is there already; --force replaces it");
    assertThat(run("model", "merge", path("a"), path("tuned"), "--output", path("merged"), "--force", "--dtype", "bf16")).isZero();
    try (CheckpointDir merged = CheckpointDir.open(dir.resolve("merged"))) {
      assertThat(merged.tensor("model.layers.0.self_attn.v_proj.weight").dtype().name()).isEqualTo("BF16");
    }
  }

  @Test
  void lora_thatIsNone_isRefusedWithTheFolder() {
    assertThat(run("generate", "--model", path("a"), "--lora", path("b"), "--prompt", "x")).isEqualTo(2);
    assertThat(err()).contains("no adapter in " + path("b"));
    assertThat(run("serve", path("a"), "--port", "0", "--lora", path("tuned"))).isEqualTo(2);
    assertThat(err()).contains("--lora is <name>=<folder>");
    assertThat(run("serve", path("a"), path("b"), "--port", "0", "--lora", "t=" + path("tuned"))).isEqualTo(2);
    assertThat(err()).contains("say which one it is for: --lora t=" + path("tuned") + ",a");
    assertThat(run("serve", path("a"), "--port", "0", "--lora", "t=" + path("tuned") + ",z")).isEqualTo(2);
    assertThat(err()).contains("no model 'z' is served; there is: a");
    assertThat(run("serve", path("a"), "--port", "0", "--lora", "a=" + path("tuned"))).isEqualTo(2);
    assertThat(err()).contains("two models are called 'a'");
  }

  @Test
  void serve_lora_isAModelOfItsOwn() throws Exception {
    serving(
        List.of("serve", path("a"), path("b"), "--port", "0", "--lora", "t=" + path("tuned") + ",a"),
        url -> {
          JsonNode models = Json.tree(get(url + "/v1/models")).path("data");
          assertThat(models).extracting(model -> model.path("id").asString()).containsExactly("a", "b", "t");
          assertThat(models.get(2).path("parent").asString()).isEqualTo("a");
          assertThat(complete(url, "t")).isNotEqualTo(complete(url, "a"));
        });
  }

  @Test
  void serve_memoryForTwoOfThree_answersForAllAndClosesWhatIsIdle() throws Exception {
    long[] each = {0};
    assertThat(run("serve", path("a"), "--port", "0", "--memory", "1KB")).isEqualTo(2);
    Matcher takes = Pattern.compile("a takes (\\S+) KB: weights .* keys and values of 256 tokens .* working room").matcher(err());
    assertThat(takes.find()).as(err()).isTrue();
    each[0] = (long) (Double.parseDouble(takes.group(1)) * 1000);
    serving(
        List.of(
            "serve", path("a"), path("b"), path("c"), "--port", "0", "--kv-tokens", "256", "--memory", each[0] * 5 / 2 + "B", "--lora",
            "t=" + path("tuned") + ",a"),
        url -> {
          assertThat(loaded(url)).containsExactly(false, false, false, false);
          String base = complete(url, "a");
          assertThat(loaded(url)).containsExactly(true, false, false, true);
          complete(url, "b");
          complete(url, "c");
          assertThat(loaded(url)).containsExactly(false, true, true, false);
          assertThat(complete(url, "t")).isNotEqualTo(base);
          assertThat(complete(url, "a")).isEqualTo(base);
          assertThat(get(url + "/metrics"))
              .contains("athanor:model_loads_total{model_name=\"a\"} 2")
              .contains("athanor:model_evictions_total{model_name=\"b\"} 1");
        });
    assertThat(out()).contains("models open when they are asked for");
  }

  @Test
  void serve_memoryBeyondTheProgramsOrUnknownModel_isRefusedAtStart() {
    assertThat(run("serve", path("a"), "--port", "0", "--memory", "900TB")).isEqualTo(2);
    assertThat(err()).contains("more than the program's memory");
    assertThat(run("serve", path("a"), path("zz"), "--port", "0", "--memory", "1MB")).isEqualTo(2);
    assertThat(err()).contains("no model '" + path("zz") + "'");
  }

  private interface Client {
    void use(String url) throws Exception;
  }

  private void serving(List<String> arguments, Client client) throws Exception {
    Thread server = Thread.ofPlatform().start(() -> run(arguments.toArray(String[]::new)));
    Pattern url = Pattern.compile("at (http://127\\.0\\.0\\.1:\\d+) ");
    Matcher found = url.matcher(out());
    while (!found.find()) {
      assertThat(server.isAlive()).as(err()).isTrue();
      Thread.sleep(5);
      found = url.matcher(out());
    }
    try {
      client.use(found.group(1));
    } finally {
      server.interrupt();
      server.join();
    }
  }

  private static List<Boolean> loaded(String url) throws Exception {
    List<Boolean> loaded = new ArrayList<>();
    Json.tree(get(url + "/v1/models")).path("data").forEach(model -> loaded.add(model.path("loaded").asBoolean()));
    return loaded;
  }

  private static String get(String url) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString()).body();
    }
  }

  private static String complete(String url, String model) throws Exception {
    String body = Json.write(Map.of("model", model, "prompt", "public ", "max_tokens", 12, "temperature", 0, "logprobs", 0));
    try (HttpClient client = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create(url + "/v1/completions"))
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build();
      var response = client.send(request, BodyHandlers.ofString());
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      return Json.tree(response.body()).at("/choices/0/logprobs/token_logprobs").toString();
    }
  }
}
