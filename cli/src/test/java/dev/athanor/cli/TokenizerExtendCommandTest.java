package dev.athanor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.inference.CpuRunner;
import dev.athanor.inference.EngineOptions;
import dev.athanor.inference.KvCache;
import dev.athanor.inference.Logits;
import dev.athanor.inference.Slice;
import dev.athanor.model.CheckpointDir;
import dev.athanor.tokenizer.BpeTokenizer;
import dev.athanor.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenizerExtendCommandTest {
  private static final String ENGLISH = "the cat sat on the mat and the other cat sat on the hat of the rat\n";
  private static final String CHINESE = "中文文本和中文的文本，国家的人民和人民的国家。\n";

  @TempDir Path dir;
  private final Program program = new Program();

  @BeforeEach
  void base() throws IOException {
    Files.writeString(dir.resolve("e.txt"), ENGLISH.repeat(30));
    Files.writeString(dir.resolve("z.txt"), CHINESE.repeat(20));
    Files.writeString(dir.resolve("letters"), "中文国家人民\n的和");
    run("tokenizer", "train", "--corpus", dir + "/e.txt", "--vocab-size", "275", "--output", dir + "/base");
  }

  private void run(String... arguments) {
    assertThat(program.run(arguments)).as(program.err()).isZero();
  }

  private static float[] logits(CheckpointDir model, int[] ids) {
    int vocabulary = model.decoder().vocabSize();
    try (CpuRunner runner = CpuRunner.of(model, EngineOptions.DEFAULT.runner())) {
      KvCache cache = runner.newCache();
      cache.expect(ids.length);
      Logits logits = runner.forward(List.of(new Slice(cache, ids, 0, ids.length, ids.length)));
      float[] values = new float[logits.rows() * vocabulary];
      for (int row = 0; row < logits.rows(); row++) {
        System.arraycopy(logits.data(), logits.row(row), values, row * vocabulary, vocabulary);
      }
      return values;
    }
  }

  @ParameterizedTest
  @CsvSource({"llama, 275, false", "llama, 320, true", "qwen3, 300, true", "gpt2, 275, true"})
  void extend_aModel_keepsItsLogitsToTheBitAndGuessesNewTokensByTheirParts(String family, int rows, boolean tied) {
    run(
        "model", "new", "--family", family, "--tokenizer", dir + "/base", "--vocab-size", "" + rows, "--hidden-size", "32", "--layers", "2",
        "--heads", "4", "--intermediate-size", "64", "--context", "128", tied ? "--tied" : "--no-tied", "--out", dir + "/model");
    run(
        "tokenizer", "extend", "--model", dir + "/model", "--corpus", "zh=" + dir + "/z.txt", "--corpus", "en=" + dir + "/e.txt", "--add",
        "60", "--alphabet", dir + "/letters", "--pad-to-multiple-of", "128", "--output", dir + "/more");
    assertThat(program.out()).contains("rows for 384 tokens", "→ 100.0 % are one token each", "ids 275 to ");
    BpeTokenizer before = Tokenizers.load(dir.resolve("base"));
    BpeTokenizer after = Tokenizers.load(dir.resolve("more"));
    assertThat(after.encode("国家的人民").length).isLessThan(before.encode("国家的人民").length);
    assertThat(after.decode(after.encode(CHINESE), false)).isEqualTo(CHINESE);
    try (CheckpointDir old = CheckpointDir.open(dir.resolve("model"));
        CheckpointDir grown = CheckpointDir.open(dir.resolve("more"))) {
      assertThat(grown.decoder().vocabSize()).isEqualTo(384);
      assertThat(grown.special()).isEqualTo(old.special());
      int[] ids = before.encodeWithSpecials("the cat of the mat<|im_end|>x y z");
      assertThat(after.encodeWithSpecials("the x y z<|im_end|>q v w")).isEqualTo(before.encodeWithSpecials("the x y z<|im_end|>q v w"));
      float[] first = logits(old, ids);
      float[] second = logits(grown, ids);
      int guessed = 0;
      for (int position = 0; position < ids.length; position++) {
        float[] was = Arrays.copyOfRange(first, position * rows, position * rows + before.vocabSize());
        float[] is = Arrays.copyOfRange(second, position * 384, position * 384 + before.vocabSize());
        assertThat(is).isEqualTo(was);
        for (int id = before.vocabSize(); id < after.vocabSize(); id++) {
          // A new token is valid text or a part of a character; the base's encoding of its bytes is known where it is text.
          String text = after.decode(new int[] {id}, false);
          if (text.indexOf('\uFFFD') < 0 && before.encode(text).length > 1 && after.encode(text).length == 1) {
            double mean = Arrays.stream(before.encode(text)).mapToDouble(part -> was[part]).average().orElseThrow();
            assertThat(second[position * 384 + id]).isCloseTo((float) mean, within(1e-4f));
            guessed++;
          }
        }
      }
      assertThat(guessed).isGreaterThan(ids.length);
    }
  }

  @Test
  void extend_aTokenizer_writesBesideTheBaseAndLeavesIt() throws IOException {
    String json = Files.readString(dir.resolve("base").resolve(Tokenizers.FILE));
    run("tokenizer", "extend", "--base", dir + "/base/tokenizer.json", "--corpus", dir + "/z.txt", "--add", "20", "--eval", "held=" + dir + "/e.txt");
    assertThat(program.out()).contains("base-extended", "20 new tokens, ids 275 to 294", "held");
    assertThat(dir.resolve("base").resolve(Tokenizers.FILE)).content().isEqualTo(json);
    BpeTokenizer extended = Tokenizers.load(dir.resolve("base-extended"));
    assertThat(extended.vocabSize()).isEqualTo(295);
    assertThat(extended.encode(ENGLISH)).isEqualTo(Tokenizers.load(dir.resolve("base")).encode(ENGLISH));
    assertThat(program.run("tokenizer", "extend", "--base", dir + "/base", "--corpus", dir + "/z.txt", "--add", "20")).isEqualTo(2);
    assertThat(program.err()).contains("--force");
  }

  @Test
  void extend_mistakes_areTold() throws IOException {
    String corpus = dir + "/z.txt";
    assertThat(program.run("tokenizer", "extend", "--corpus", corpus, "--add", "5")).isEqualTo(2);
    assertThat(program.err()).contains("--base");
    assertThat(program.run("tokenizer", "extend", "--base", dir + "/base", "--corpus", corpus, "--add", "0")).isEqualTo(2);
    assertThat(program.run("tokenizer", "extend", "--base", dir + "/base", "--corpus", corpus, "--add", "5", "--min-frequency", "999999")).isEqualTo(2);
    assertThat(program.err()).contains("nothing to add");
    assertThat(program.run("tokenizer", "extend", "--base", dir + "/base", "--corpus", corpus, "--add", "5", "--output", dir + "/base", "--force"))
        .isEqualTo(2);
    assertThat(program.err()).contains("the output is the base");
    Files.createDirectories(dir.resolve("unigram"));
    Files.writeString(
        dir.resolve("unigram").resolve(Tokenizers.FILE), "{\"model\":{\"type\":\"Unigram\",\"unk_id\":0,\"vocab\":[[\"<unk>\",0.0],[\"a\",-1.0]]}}");
    assertThat(program.run("tokenizer", "extend", "--base", dir + "/unigram", "--corpus", corpus, "--add", "5")).isEqualTo(2);
    assertThat(program.err()).contains("unigram", "only such can be extended");
    run(
        "model", "new", "--family", "llama", "--vocab-size", "270", "--hidden-size", "32", "--layers", "1", "--heads", "4",
        "--intermediate-size", "64", "--out", dir + "/small");
    assertThat(
            program.run(
                "tokenizer", "extend", "--base", dir + "/base", "--model", dir + "/small", "--corpus", corpus, "--add", "5", "--output", dir + "/x"))
        .isEqualTo(2);
    assertThat(program.err()).contains("another model's");
    run("tokenizer", "train", "--corpus", corpus, "--vocab-size", "290", "--output", dir + "/other");
    run(
        "model", "new", "--family", "llama", "--tokenizer", dir + "/other", "--hidden-size", "32", "--layers", "1", "--heads", "4",
        "--intermediate-size", "64", "--out", dir + "/othermodel");
    assertThat(
            program.run(
                "tokenizer", "extend", "--base", dir + "/base", "--model", dir + "/othermodel", "--corpus", corpus, "--add", "5", "--output",
                dir + "/x"))
        .isEqualTo(2);
    assertThat(program.err()).contains("another tokenizer");
    assertThat(dir.resolve("x")).doesNotExist();
  }
}
