package dev.athanor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.Json;
import dev.athanor.inference.EngineOptions;
import dev.athanor.inference.KvFormat;
import dev.athanor.inference.Sampling;
import dev.athanor.inference.WeightFormat;
import dev.athanor.inference.WeightFormats;
import dev.athanor.tensor.Device;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class CommandsTest {
  private final ParrotGenerator parrot = new ParrotGenerator(80);
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String stdin, String... arguments) {
    return run((reference, _) -> new ModelOpener.Opened("parrot", parrot), stdin, arguments);
  }

  private int run(ModelOpener opener, String stdin, String... arguments) {
    Terminal terminal =
        new Terminal(
            new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)), print(out), print(err), false);
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

  @Test
  void help_namesEveryCommand() {
    assertThat(run("", "--help")).isZero();
    assertThat(out()).contains("generate", "chat", "serve", "Examples:");
  }

  @Test
  void version_isTheBuilds() {
    assertThat(run("", "--version")).isZero();
    assertThat(out()).startsWith("athanor 0.").doesNotContain("${");
  }

  @Test
  void command_unknown_exits2WithASuggestion() {
    assertThat(run("", "serv")).isEqualTo(2);
    assertThat(err()).contains("serv").contains("serve");
  }

  @Test
  void command_thatFindsABug_exits1WithATrace() {
    ModelOpener broken = (reference, _) -> {
      throw new IllegalStateException("broken invariant");
    };
    assertThat(run(broken, "", "generate", "--prompt", "a")).isEqualTo(1);
    assertThat(err()).contains("broken invariant").contains("at dev.athanor");
  }

  @Test
  void generate_prompt_printsTheText() {
    assertThat(run("", "generate", "--prompt", "丹炉xyz", "--max-tokens", "9", "--greedy", "--stop", "q")).isZero();
    assertThat(out()).isEqualTo("zyx炉" + System.lineSeparator());
    var request = parrot.seen.remove();
    assertThat(request.sampling()).isEqualTo(Sampling.GREEDY);
    assertThat(request.stop()).containsExactly("q");
    assertThat(parrot.closed()).isTrue();
  }

  @Test
  void generate_samplingAndSyntax_reachTheGenerator(@TempDir Path dir) throws IOException {
    Path schema = Files.writeString(dir.resolve("s.json"), "{\"type\": \"integer\"}");
    assertThat(
            run(
                "", "generate", "--prompt", "a", "--max-tokens", "2", "--min-p", "0.1", "--typical-p", "0.9", "--repetition-penalty", "1.1",
                "--frequency-penalty", "0.2", "--presence-penalty", "0.3", "--logit-bias", "65=-5", "--logit-bias", "66=1", "--seed", "4",
                "--json-schema", schema.toString()))
        .isZero();
    var request = parrot.seen.remove();
    assertThat(request.sampling())
        .isEqualTo(new Sampling(0.8, 1, 0, 0.1, 0.9, 1.1, 0.2, 0.3, Map.of(65, -5f, 66, 1f), 4));
    assertThat(request.constraint()).isNotNull();
    assertThat(request.constraint().matches("12")).isTrue();
  }

  @Test
  void generate_wrongSyntax_isToldInASentence(@TempDir Path dir) {
    assertThat(run("", "generate", "--prompt", "a", "--regex", "(a")).isEqualTo(2);
    assertThat(err()).contains("a ( without its )");
    assertThat(run("", "generate", "--prompt", "a", "--grammar", dir.resolve("none").toString())).isEqualTo(2);
    assertThat(err()).contains("no such file");
    assertThat(run("", "generate", "--prompt", "a", "--regex", "a", "--json-object")).isEqualTo(2);
    assertThat(run("", "generate", "--prompt", "a", "--min-p", "2")).isEqualTo(2);
    assertThat(err()).contains("min_p must be between");
  }

  @Test
  void generate_ids_printsTokenIds() {
    assertThat(run("", "generate", "--prompt", "ABC", "--ids", "--max-tokens", "2")).isZero();
    assertThat(out().strip()).isEqualTo("67 66");
  }

  @Test
  void generate_json_printsOneObject() {
    assertThat(run("ABC", "generate", "--prompt-file", "-", "--json", "--max-tokens", "2")).isZero();
    JsonNode answer = Json.tree(out());
    assertThat(answer.get("text").asString()).isEqualTo("CB");
    assertThat(answer.get("ids").toString()).isEqualTo("[67,66]");
    assertThat(answer.get("finishReason").asString()).isEqualTo("length");
    assertThat(answer.get("promptTokens").asInt()).isEqualTo(3);
  }

  @Test
  void generate_severalTexts_printsEachUnderItsNumber() {
    assertThat(run("", "generate", "--prompt", "ABC", "--n", "2", "--seed", "7", "--timeout", "5", "--max-tokens", "2")).isZero();
    assertThat(out().lines()).containsExactly("--- 1", "CB", "--- 2", "CB");
    var first = parrot.seen.remove();
    assertThat(first.sampling().seed()).isEqualTo(7);
    assertThat(first.timeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(parrot.seen.remove().sampling().seed()).isEqualTo(8);
    assertThat(run("", "generate", "--prompt", "ABC", "--n", "2", "--json", "--max-tokens", "2")).isZero();
    assertThat(out().lines().skip(4)).hasSize(2).allSatisfy(line -> assertThat(Json.tree(line).get("text").asString()).isEqualTo("CB"));
  }

  @Test
  void generate_impossibleSearch_exits2() {
    assertThat(run("", "generate", "--prompt", "a", "--beams", "2", "--n", "3")).isEqualTo(2);
    assertThat(err()).contains("--beams 2 cannot give --n 3 texts");
    assertThat(run("", "generate", "--prompt", "a", "--beams", "0")).isEqualTo(2);
    assertThat(run("", "generate", "--prompt", "a", "--length-penalty", "2")).isEqualTo(2);
    assertThat(err()).contains("--length-penalty needs --beams");
    assertThat(run("", "generate", "--prompt", "a", "--n", "0")).isEqualTo(2);
    assertThat(run("", "generate", "--prompt", "a", "--timeout", "-1")).isEqualTo(2);
    assertThat(run("", "generate", "--prompt", "a", "--draft-model", "x", "--no-speculation")).isEqualTo(2);
    assertThat(err()).contains("leave one out");
  }

  @Test
  void generate_promptFile_isRead(@TempDir Path dir) throws IOException {
    Path file = Files.writeString(dir.resolve("prompt.txt"), "完");
    assertThat(run("", "generate", "--prompt-file", file.toString())).isZero();
    assertThat(out().strip()).isEqualTo("完");
  }

  @Test
  void generate_mistakes_exit2WithoutATrace() {
    assertThat(run("", "generate", "--prompt", "a", "--top-p", "2")).isEqualTo(2);
    assertThat(run("", "generate", "--prompt-file", "no-such-file")).isEqualTo(2);
    assertThat(run("", "generate", "--prompt", "x".repeat(99))).isEqualTo(2);
    assertThat(err()).contains("top_p", "no such file: no-such-file", "too long: 99").doesNotContain("\tat ");
  }

  @Test
  void chat_piped_keepsTheConversation() {
    assertThat(run("ab\n/system S\ncd\n/reset\nef\n/nonsense\n/exit\nnever\n", "chat")).isZero();
    assertThat(out().lines()).containsExactly(";ba:", ";dc:", ";fe:");
    assertThat(err()).contains("unknown command /nonsense");
    assertThat(parrot.seen.stream().map(ParrotGenerator::prompt))
        .containsExactly("user:ab;", "system:S;user:ab;assistant:;ba:;user:cd;", "system:S;user:ef;");
  }

  @Test
  void chat_outgrowingTheContext_dropsTheOldestAndSaysSo() {
    assertThat(run("x".repeat(40) + "\nsecond\nthird, and long enough\n", "chat", "--max-tokens", "4")).isZero();
    assertThat(err()).contains("oldest messages are forgotten");
    assertThat(parrot.seen.stream().map(ParrotGenerator::prompt).toList().getLast()).isEqualTo("user:second;assistant:;dno;user:third, and long enough;");
  }

  @Test
  void chat_messageThatIsTooLong_isSaidAndForgotten() {
    assertThat(run("x".repeat(99) + "\nhi\n", "chat")).isZero();
    assertThat(err()).contains("too long");
    assertThat(ParrotGenerator.prompt(parrot.seen.remove())).isEqualTo("user:hi;");
  }

  @Test
  void serve_untilInterrupted_answersAndClosesTheModel() throws Exception {
    Thread server = Thread.ofPlatform().start(() -> run("", "serve", "--port", "0"));
    Pattern url = Pattern.compile("at (http://127\\.0\\.0\\.1:\\d+) ");
    Matcher found = url.matcher(out());
    while (!found.find()) {
      Thread.onSpinWait();
      found = url.matcher(out());
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(URI.create(found.group(1) + "/v1/models")).build();
      assertThat(client.send(request, BodyHandlers.ofString()).body()).contains("\"parrot\"");
    }
    server.interrupt();
    server.join();
    assertThat(parrot.closed()).isTrue();
  }

  @Test
  void engineFlags_formatsAndLimits_reachTheEngine() {
    List<Launch> asked = new ArrayList<>();
    ModelOpener opener =
        (reference, launch) -> {
          asked.add(launch);
          return new ModelOpener.Opened("parrot", parrot);
        };
    assertThat(run(opener, "", "generate", "--prompt", "a", "--weights", "INT4", "--kv", "int8", "--kv-tokens", "512",
            "--threads", "3", "--no-speculation")).isZero();
    EngineOptions options = asked.getFirst().engine();
    assertThat(options.runner().weights()).isEqualTo(WeightFormats.of(WeightFormat.INT4));
    assertThat(options.runner().kv()).isEqualTo(KvFormat.INT8);
    assertThat(options.runner().kvTokens()).isEqualTo(512);
    assertThat(options.runner().threads()).isEqualTo(3);
    assertThat(options.speculation()).isFalse();
    assertThat(options.prefixCaching()).isTrue();
    assertThat(run(opener, "", "generate", "--prompt", "a", "--weights", "int5")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("f32, f16, bf16, int8, int4", "int5");
    assertThat(run(opener, "", "generate", "--prompt", "a", "--threads", "0")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("--threads must be at least 1");
    assertThat(asked).hasSize(1);
  }

  @Test
  void engineFlags_placement_isTheRunnerThatIsAskedFor() {
    assertThat(placement()).isEqualTo(new Placement.Kernels());
    assertThat(placement("--runner", "cpu")).isEqualTo(new Placement.Kernels());
    assertThat(placement("--runner", "torch")).isEqualTo(new Placement.Torch(Device.CPU));
    assertThat(placement("--device", "cuda")).isEqualTo(new Placement.Torch(Device.CUDA));
    assertThat(placement("--gpu-layers", "3")).isEqualTo(new Placement.Hybrid(Device.CUDA, 3));
    assertThat(placement("--gpu-layers", "3", "--device", "cpu")).isEqualTo(new Placement.Hybrid(Device.CPU, 3));
  }

  private Placement placement(String... flags) {
    List<Launch> asked = new ArrayList<>();
    List<String> arguments = new ArrayList<>(List.of("generate", "--prompt", "a"));
    arguments.addAll(List.of(flags));
    ModelOpener opener =
        (reference, launch) -> {
          asked.add(launch);
          return new ModelOpener.Opened("parrot", parrot);
        };
    assertThat(run(opener, "", arguments.toArray(String[]::new))).isZero();
    return asked.getFirst().placement();
  }

  @ParameterizedTest
  @CsvSource({
    "--runner gpu, 'cpu, torch'",
    "--device tpu, 'cpu, cuda'",
    "--gpu-layers 0, at least 1",
    "--threads 100000000, at most 1024",
    "--runner cpu --device cuda, leave one out",
    "--runner cpu --gpu-layers 2, leave one out",
  })
  void engineFlags_placementThatCannotBe_isRefused(String flags, String message) {
    List<String> arguments = new ArrayList<>(List.of("generate", "--prompt", "a"));
    arguments.addAll(List.of(flags.split(" ")));
    assertThat(run("", arguments.toArray(String[]::new))).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains(message);
  }

  @Test
  void openModel_missing_saysWhatWouldWork(@TempDir Path dir) {
    ModelOpener opener = new OpenModel((path, _) -> parrot, name -> Optional.empty());
    assertThat(messageOf(opener, null)).contains("./athanor run");
    assertThat(messageOf(opener, "nobody")).contains("no model 'nobody': there is no folder or file of this name, and no released model");
    assertThat(messageOf(opener, dir.toString())).contains("has no config.json");
  }

  @Test
  void openModel_folder_isCalledByItsName(@TempDir Path dir) throws IOException {
    Path model = Files.createDirectory(dir.resolve("tiny"));
    Files.writeString(model.resolve("config.json"), "{}");
    Files.writeString(model.resolve("tokenizer.json"), "{}");
    ModelOpener opener = new OpenModel((path, _) -> parrot, name -> name.isPresent() ? Optional.of(model) : Optional.empty());
    assertThat(opener.open(model.toString(), Launch.DEFAULT).name()).isEqualTo("tiny");
    assertThat(opener.open("released", Launch.DEFAULT).name()).isEqualTo("released");
  }

  @Test
  void openModel_ggufFile_isCalledByItsNameAndOtherFilesAreRefused(@TempDir Path dir) throws IOException {
    Path file = Files.writeString(dir.resolve("tiny.q8_0.gguf"), "any");
    List<Path> asked = new ArrayList<>();
    ModelOpener opener =
        new OpenModel(
            (path, _) -> {
              asked.add(path);
              return parrot;
            },
            name -> Optional.empty());
    assertThat(opener.open(file.toString(), Launch.DEFAULT).name()).isEqualTo("tiny.q8_0");
    assertThat(asked).containsExactly(file);
    assertThat(messageOf(opener, Files.writeString(dir.resolve("model.bin"), "x").toString())).contains("model.bin is no model", ".gguf");
  }

  private String messageOf(ModelOpener opener, @Nullable String reference) {
    err.reset();
    assertThat(reference == null ? run(opener, "", "chat") : run(opener, "", "chat", reference)).isEqualTo(2);
    return err();
  }
}
