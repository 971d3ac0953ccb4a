package dev.athanor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.tokenizer.BpeTrainer;
import dev.athanor.tokenizer.Tokenizers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A GGUF file where a model's folder could be, with the engine that the program uses.
class GgufCommandsTest {
  @TempDir Path dir;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... arguments) {
    out.reset();
    err.reset();
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    PrintStream error = new PrintStream(err, true, StandardCharsets.UTF_8);
    return Athanor.commands(Wiring.opener(), new Terminal(new ByteArrayInputStream(new byte[0]), print, error, false))
        .execute(arguments);
  }

  private String generated(Path model, String... more) {
    String[] all = new String[more.length + 8];
    System.arraycopy(
        new String[] {"generate", "--model", model.toString(), "--prompt", "public class", "--greedy", "--max-tokens=12", "--json"}, 0, all, 0, 8);
    System.arraycopy(more, 0, all, 8, more.length);
    assertThat(run(all)).as(err.toString(StandardCharsets.UTF_8)).isZero();
    return Json.tree(out.toString(StandardCharsets.UTF_8)).path("ids").toString();
  }

  @Test
  void generate_ggufFile_writesWhatTheFolderDoes() {
    Path tokenizer = dir.resolve("tokenizer");
    Tokenizers.save(
        new BpeTrainer(BpeTrainer.Options.of(300)).train(List.of("public class A {}"), Progress.silent()), tokenizer);
    Path folder = dir.resolve("folder");
    assertThat(
            run(
                "model", "new", "--family", "llama", "--tokenizer", tokenizer.toString(), "--hidden-size", "64", "--layers", "2",
                "--heads", "4", "--intermediate-size", "64", "--out", folder.toString()))
        .isZero();
    for (String type : List.of("f32", "q8_0")) {
      Path file = dir.resolve(type + ".gguf");
      assertThat(run("model", "export", folder.toString(), file.toString(), "--type", type)).as(err.toString(StandardCharsets.UTF_8)).isZero();
      assertThat(generated(file)).as(type).isEqualTo(generated(folder, "--weights", type.equals("f32") ? "f32" : "int8"));
    }
    Path mute = dir.resolve("mute.gguf");
    assertThat(run("model", "convert", folder.toString(), mute.toString(), "--without-tokenizer")).as(err.toString(StandardCharsets.UTF_8)).isZero();
    assertThat(run("generate", "--model", mute.toString(), "--prompt", "a")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("holds no tokenizer");
  }
}
