package dev.athanor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.model.gguf.GgufArray;
import dev.athanor.model.gguf.GgufFile;
import dev.athanor.model.gguf.GgufValue;
import dev.athanor.model.gguf.GgufWriter;
import dev.athanor.tokenizer.BpeTrainer;
import dev.athanor.tokenizer.Tokenizers;
import dev.athanor.tokenizer.sentencepiece.SentencePieceModel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  /// A Llama with SentencePiece's `tokenizer.model`, as a folder and as the GGUF file that llama.cpp's converter would make.
  @Test
  void generate_llamaVocabulary_writesWhatTheFolderDoes() throws IOException {
    Path tokenizer = Files.createDirectory(dir.resolve("sentencepiece"));
    Path golden = Path.of("../tokenizer/src/test/resources/golden/sentencepiece/bpe_llama.model");
    Files.copy(golden, tokenizer.resolve(Tokenizers.MODEL_FILE));
    Path folder = dir.resolve("llama");
    assertThat(
            run(
                "model", "new", "--family", "llama", "--tokenizer", tokenizer.toString(), "--hidden-size", "64", "--layers", "2",
                "--heads", "4", "--intermediate-size", "64", "--out", folder.toString()))
        .as(err.toString(StandardCharsets.UTF_8))
        .isZero();
    Path mute = dir.resolve("mute.gguf");
    assertThat(run("model", "convert", folder.toString(), mute.toString(), "--without-tokenizer")).as(err.toString(StandardCharsets.UTF_8)).isZero();
    Path whole = dir.resolve("llama.gguf");
    try (GgufFile file = GgufFile.open(mute)) {
      Map<String, GgufValue> metadata = new LinkedHashMap<>(file.metadata());
      metadata.putAll(vocabulary(SentencePieceModel.read(Files.readAllBytes(golden), "golden")));
      List<GgufWriter.Tensor> tensors = new ArrayList<>();
      file.tensors().values().forEach(tensor -> tensors.add(new GgufWriter.Copied(tensor)));
      GgufWriter.write(whole, new LinkedHashMap<>(metadata), tensors);
    }
    assertThat(generated(whole)).isEqualTo(generated(folder, "--weights", "f32"));
    assertThat(run("model", "convert", whole.toString(), dir.resolve("back").toString())).as(err.toString(StandardCharsets.UTF_8)).isZero();
    assertThat(generated(dir.resolve("back"), "--weights", "f32")).isEqualTo(generated(whole));
    assertThat(run("model", "convert", folder.toString(), dir.resolve("no.gguf").toString())).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("only byte-level BPE is written into GGUF");
  }

  private static Map<String, GgufValue> vocabulary(SentencePieceModel model) {
    int size = model.pieces().size();
    float[] scores = new float[size];
    int[] types = new int[size];
    for (int id = 0; id < size; id++) {
      scores[id] = model.pieces().get(id).score();
      types[id] =
          switch (model.pieces().get(id).type()) {
            case NORMAL -> 1;
            case UNKNOWN -> 2;
            case CONTROL -> 3;
            case USER_DEFINED -> 4;
            case UNUSED -> 5;
            case BYTE -> 6;
          };
    }
    return Map.of(
        "tokenizer.ggml.model", GgufValue.of("llama"),
        "tokenizer.ggml.tokens", GgufArray.ofTexts(model.pieces().stream().map(SentencePieceModel.Piece::text).toList()),
        "tokenizer.ggml.scores", GgufArray.ofF32(scores),
        "tokenizer.ggml.token_type", GgufArray.ofI32(types),
        "tokenizer.ggml.bos_token_id", GgufValue.u32(1),
        "tokenizer.ggml.eos_token_id", GgufValue.u32(2),
        "tokenizer.ggml.unknown_token_id", GgufValue.u32(0));
  }
}
