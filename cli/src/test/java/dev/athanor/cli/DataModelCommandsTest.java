package dev.athanor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class DataModelCommandsTest {
  @TempDir Path dir;
  private final Program program = new Program();

  @BeforeEach
  void texts() throws IOException {
    var good = new StringBuilder();
    var bad = new StringBuilder();
    for (int i = 0; i < 120; i++) {
      good.append("{\"text\":\"今天我们研究第").append(i).append("种方法，结果很好。\"}\n");
      bad.append("{\"text\":\"点击下载免费领取优惠 ").append(i * 7).append(" click now\"}\n");
    }
    Files.writeString(dir.resolve("good.jsonl"), good);
    Files.writeString(dir.resolve("bad.jsonl"), bad);
  }

  private String path(String name) {
    return dir.resolve(name).toString();
  }

  @Test
  void trainNgramThenScore_usualTextIsLessPerplexing() {
    assertThat(program.run("data", "train-ngram", "--corpus", path("good.jsonl"), "--order", "3", "--hold-out", "0.1", "--output", path("m.ngram"), "--arpa", path("m.arpa")))
        .as(program.err())
        .isZero();
    assertThat(program.out()).contains("n-grams by order").contains("with percentiles");
    assertThat(program.run("data", "score", "--model", path("m.ngram"), "--json", path("good.jsonl"), path("bad.jsonl"))).as(program.err()).isZero();
    List<JsonNode> scores = program.out().lines().map(Json::tree).toList();
    assertThat(scores).hasSize(240);
    assertThat(scores.getFirst().path("perplexity").asDouble()).isLessThan(scores.getLast().path("perplexity").asDouble() / 5);
    assertThat(scores.getLast().path("percentile").asDouble()).isEqualTo(100);

    assertThat(program.run("data", "train-ngram", "--from-arpa", path("m.arpa"), "--output", path("again.ngram"))).as(program.err()).isZero();
    assertThat(program.run("data", "score", "--model", path("again.ngram"), "--json", path("good.jsonl"))).isZero();
    assertThat(Json.tree(program.out().lines().findFirst().orElseThrow()).path("perplexity").asDouble())
        .isEqualTo(scores.getFirst().path("perplexity").asDouble());
  }

  @Test
  void trainClassifierThenScore_labelsAreToldApart() {
    assertThat(
            program.run(
                "data", "train-classifier", "--label", "good=" + path("good.jsonl"), "--label", "bad=" + path("bad.jsonl"), "--buckets", "4096", "--output", path("q.bin")))
        .as(program.err())
        .isZero();
    assertThat(program.out()).contains("held out").contains("precision 1.000, recall 1.000, AUC 1.000");
    assertThat(program.run("data", "score", "--model", path("q.bin"), "--best", "1", path("bad.jsonl"))).isZero();
    assertThat(program.out().lines()).hasSize(120).allMatch(line -> line.startsWith("bad 0.9") || line.startsWith("bad 1"));
  }

  @Test
  void mistakes_areToldBeforeAnyWork() {
    assertThat(program.run("data", "train-ngram", "--output", path("x"))).isEqualTo(2);
    assertThat(program.err()).contains("either --corpus").contains("--from-arpa");
    assertThat(program.run("data", "train-ngram", "--corpus", path("good.jsonl"), "--prune", "0,2,1", "--output", path("x"))).isEqualTo(2);
    assertThat(program.err()).contains("--prune must");
    assertThat(program.run("data", "train-ngram", "--corpus", path("good.jsonl"), "--output", path("bad.jsonl"))).isEqualTo(2);
    assertThat(program.err()).contains("--force");
    assertThat(program.run("data", "train-ngram", "--corpus", path("good.jsonl"), "--units", "letters", "--output", path("x"))).isEqualTo(2);
    assertThat(program.err()).contains("words, auto, tokenizer");
    assertThat(program.run("data", "train-classifier", "--label", "good", "--output", path("x"))).isEqualTo(2);
    assertThat(program.err()).contains("good=wiki.jsonl");
    assertThat(program.run("data", "score", "--model", path("good.jsonl"), path("bad.jsonl"))).isEqualTo(2);
    assertThat(program.err()).contains("good.jsonl");
    assertThat(program.run("data")).isEqualTo(2);
    assertThat(program.err()).contains("train-ngram");
    assertThat(dir.resolve("x")).doesNotExist();
  }
}
