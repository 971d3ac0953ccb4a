package dev.athanor.cli.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.data.Document;
import dev.athanor.data.DocumentFile;
import dev.athanor.data.mixture.Mixture;
import dev.athanor.data.shard.DocumentParts;
import dev.athanor.data.shard.Packing;
import dev.athanor.data.shard.ShardTokenizer;
import dev.athanor.data.shard.TokensRecipe;
import dev.athanor.data.shard.TrainingShards;
import dev.athanor.registry.Registry;
import dev.athanor.tokenizer.BpeTokenizer;
import dev.athanor.tokenizer.BpeTrainer;
import dev.athanor.tokenizer.Tokenizers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A life whose model is pre-trained on shards that were made before.
class ShardsLifeTest {
  private static final String RECIPE =
      """
      name: sharded
      collect:
        sources:
          - files: ["src"]
      curate: {validation_share: 0.2, test_share: 0.2}
      pretrain:
        tokens: 60k
        shards: shards
        model: {hidden_size: 32, layers: 1, heads: 2}
        context_length: 128
        batch_tokens: 1024
      evaluate: {methods: 1, documentations: 1, max_pairs: 1, max_new_tokens: 2}
      """;

  @TempDir Path dir;
  private BpeTokenizer tokenizer;

  @BeforeEach
  void writeShards() throws IOException {
    DemoSources.write(dir.resolve("src"));
    Files.writeString(dir.resolve("sharded.yaml"), RECIPE);
    List<Document> documents;
    try (Stream<Path> files = Files.walk(dir.resolve("src"))) {
      documents = files.filter(Files::isRegularFile).sorted().map(ShardsLifeTest::document).toList();
    }
    var texts = documents.stream().map(Document::text).iterator();
    tokenizer = new BpeTrainer(BpeTrainer.Options.of(350)).train(texts, Progress.silent());
    DocumentFile.write(dir.resolve("documents.jsonl.gz"), documents.iterator());
    TrainingShards.make(
        new TrainingShards.Request(
            dir.resolve("shards"), "mine", new TokensRecipe("mine", 4000, Packing.BEST_FIT, 128), Mixture.NATURAL, 2, 1),
        tokenizer,
        DocumentParts.ofFiles(List.of(dir.resolve("documents.jsonl.gz"))),
        Progress.silent());
  }

  private static Document document(Path file) {
    try {
      return new Document(file.toString(), Files.readString(file), "src", file.toString(), "unknown", "java", Map.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JsonNode live(String... overrides) throws InterruptedException {
    Path registry = dir.resolve("registry.db");
    new Life(dir.resolve("sharded.yaml"), List.of(overrides), dir.resolve("run"), () -> Registry.open(registry), Progress.silent()).live();
    return Json.readFile(dir.resolve("run/report.json"));
  }

  @Test
  void live_shards_trainTheModelOnTheirTokensAndTokenizer() throws Exception {
    List<Double> validation = live().at("/pretrain/curves/validation_loss/value").valueStream().map(JsonNode::asDouble).toList();
    assertThat(validation.getLast()).isLessThan(0.8 * validation.getFirst());
    BpeTokenizer used = Tokenizers.load(dir.resolve("run/model"));
    assertThat(ShardTokenizer.of("used", used).sameIds(ShardTokenizer.of("made", tokenizer))).isTrue();
  }

  @Test
  void live_rowsOfAnotherLength_areRefused() {
    assertThatThrownBy(() -> live("pretrain.context_length=64"))
        .hasStackTraceContaining("the shards' rows have 128 tokens")
        .hasStackTraceContaining("--context-length 64");
    assertThatThrownBy(() -> live("pretrain.shards=nowhere")).hasStackTraceContaining("nothing to train on in").isInstanceOf(UserException.class);
  }
}
