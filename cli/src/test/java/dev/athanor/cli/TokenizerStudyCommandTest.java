package dev.athanor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.Json;
import dev.athanor.tokenizer.BpeTokenizer;
import dev.athanor.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class TokenizerStudyCommandTest {
  private static final String ENGLISH = "the cat sat on the mat and the other cat sat on the hat of the rat\n";
  private static final String CHINESE = "中文文本和中文的文本，国家的人民和人民的国家。\n";
  private static final String JAVA = "public static void main(String[] args) { return the.cat(args); }\n";

  @TempDir Path dir;
  private final Program program = new Program();

  @BeforeEach
  void corpus() throws IOException {
    Files.writeString(dir.resolve("e.txt"), ENGLISH.repeat(30));
    Files.writeString(dir.resolve("z.jsonl"), ("{\"text\":\"" + CHINESE.strip() + "\"}\n").repeat(20));
    Files.writeString(dir.resolve("A.java"), JAVA.repeat(10));
  }

  private JsonNode study(String... arguments) {
    String[] all = {"tokenizer", "study", "--json", "-"};
    String[] joined = Arrays.copyOf(all, all.length + arguments.length);
    System.arraycopy(arguments, 0, joined, all.length, arguments.length);
    assertThat(program.run(joined)).as(program.err()).isZero();
    return Json.tree(program.out());
  }

  private BpeTokenizer trained(int size) {
    String out = dir.resolve("t" + size).toString();
    assertThat(
            program.run(
                "tokenizer", "train", "--corpus", dir + "/*.{txt,jsonl,java}", "--vocab-size", "" + size, "--output", out, "--force"))
        .as(program.err())
        .isZero();
    return Tokenizers.load(Path.of(out));
  }

  @Test
  void study_unnamedCorpus_findsKindsAndAgreesWithSmallerTokenizersTrainedByThemselves() {
    JsonNode json = study("--corpus", dir + "/*.{txt,jsonl,java}", "--sizes", "270,290,310", "--threads", "2");
    assertThat(json.path("rows")).hasSize(3);
    for (JsonNode row : json.path("rows")) {
      BpeTokenizer by = trained(row.path("size").asInt());
      assertThat(by.vocabSize()).isEqualTo(row.path("size").asInt());
      assertThat(row.path("byKind").propertyNames()).containsExactly("code", "other", "zh");
      long chinese = 20L * by.encode(CHINESE.strip()).length;
      assertThat(row.path("byKind").path("zh").path("counts").path("tokens").asLong()).isEqualTo(chinese);
      assertThat(row.path("byKind").path("code").path("counts").path("tokens").asLong()).isEqualTo(by.encode(JAVA.repeat(10)).length);
      long english = by.encode(ENGLISH.repeat(30)).length;
      assertThat(row.path("byKind").path("other").path("counts").path("tokens").asLong()).isEqualTo(english);
      double perByte = row.path("trainingFlopsPerByte").asDouble() * row.path("packing").path("bytesPerToken").asDouble();
      assertThat(perByte / 6).isBetween(5e8, 6.5e8);
    }
  }

  @Test
  void study_namedKindsAndHeldOutTexts_printsTablesAndAPage() throws IOException {
    Files.writeString(dir.resolve("held"), "a cat on a hat\n");
    Path page = dir.resolve("page.html");
    assertThat(
            program.run(
                "tokenizer", "study", "--corpus", "words=" + dir + "/e.txt", "--corpus", "han=" + dir + "/z.jsonl", "--eval",
                "new=" + dir.resolve("held"), "--max-vocab-size", "300", "--sizes", "262,270,280,300", "--shape", "qwen3-0.6b",
                "--html", page.toString()))
        .as(program.err())
        .isZero();
    assertThat(program.out()).contains("new B/token", "recommended: ", "knee of bytes per token", "qwen3-0.6b", "words whole");
    assertThat(page).content().contains("<svg", "recommended ", "Vocabulary sizes");
  }

  @Test
  void study_aTokenizerThatIsThere_readsItsSmallerVocabularies() {
    BpeTokenizer whole = trained(310);
    JsonNode json =
        study("--corpus", "all=" + dir + "/e.txt", "--tokenizer", dir.resolve("t310").toString(), "--sizes", "280,400", "--model-size", "7B");
    JsonNode last = json.path("rows").path(1);
    assertThat(last.path("size").asInt()).isEqualTo(310);
    assertThat(last.path("packing").path("counts").path("tokens").asLong()).isEqualTo(whole.encode(ENGLISH.repeat(30)).length);
    long smaller = json.path("rows").path(0).path("packing").path("counts").path("tokens").asLong();
    assertThat(smaller).isEqualTo(trained(280).encode(ENGLISH.repeat(30)).length);
    assertThat(json.path("model").path("body").asDouble()).isEqualTo(7e9);
  }

  @Test
  void study_mistakes_areTold() {
    String corpus = dir + "/e.txt";
    assertThat(program.run("tokenizer", "study", "--corpus", dir + "/none")).isEqualTo(2);
    assertThat(program.err()).contains("none");
    assertThat(program.run("tokenizer", "study", "--corpus", corpus, "--model-size", "big")).isEqualTo(2);
    assertThat(program.err()).contains("125M");
    assertThat(program.run("tokenizer", "study", "--corpus", corpus, "--model-size", "1B", "--shape", "gpt2")).isEqualTo(2);
    assertThat(program.err()).contains("one of them");
    assertThat(program.run("tokenizer", "study", "--corpus", corpus, "--sizes", "100,300")).isEqualTo(2);
    assertThat(program.err()).contains("259");
    assertThat(program.run("tokenizer", "study", "--corpus", corpus, "--html", dir.toString())).isEqualTo(2);
    assertThat(program.err()).contains("is a folder");
    trained(300);
    assertThat(program.run("tokenizer", "study", "--corpus", corpus, "--tokenizer", dir.resolve("t300").toString(), "--preset", "gpt2")).isEqualTo(2);
    assertThat(program.err()).contains("trained already");
  }
}
