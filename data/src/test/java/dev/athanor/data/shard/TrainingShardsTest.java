package dev.athanor.data.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import dev.athanor.base.recipe.Recipes;
import dev.athanor.data.Document;
import dev.athanor.data.DocumentFile;
import dev.athanor.data.Rows;
import dev.athanor.data.mixture.Mixture;
import dev.athanor.tokenizer.BpeTokenizer;
import dev.athanor.tokenizer.BpeTrainer;
import dev.athanor.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingShardsTest {
  private static final List<Document> DOCUMENTS = Shards.documents(600, 60, 3);
  private static final BpeTokenizer TOKENIZER = tokenizer(300);

  @TempDir Path folder;

  private static BpeTokenizer tokenizer(int size) {
    var texts = DOCUMENTS.stream().map(Document::text).iterator();
    return new BpeTrainer(BpeTrainer.Options.of(size)).train(texts, Progress.silent());
  }

  private static Mixture mixture(String yaml) {
    return Recipes.parse("recipe", yaml, Mixture.class, List.of());
  }

  private TrainingShards.Description make(BpeTokenizer tokenizer, Mixture mixture) {
    String yaml = "{tokenizer: mine, shard_tokens: 2k, packing: best_fit, context_length: 64}";
    TokensRecipe recipe = Recipes.parse("recipe", yaml, TokensRecipe.class, List.of());
    var request = new TrainingShards.Request(folder.resolve("made"), "mine", recipe, mixture, 2, 5);
    return TrainingShards.make(request, tokenizer, Shards.parts(DOCUMENTS, 100), Progress.silent());
  }

  @Test
  void open_whatWasMade_givesRowsThatDecodeToDocuments() {
    TrainingShards.Description made = make(TOKENIZER, mixture("{by: [source], weights: {web: 3, code: 1}, tokens: 20k}"));
    try (TrainingShards training = TrainingShards.open(folder.resolve("made"))) {
      assertThat(training.description()).isEqualTo(made);
      assertThat(made.mixture().tokens()).isEqualTo(20_000);
      Rows rows = training.rows();
      assertThat(Math.abs(training.rows().rowsPerPass() * 64 * (1 - made.rows().padding()) - 20_000)).isLessThan(200);
      BpeTokenizer saved = Tokenizers.load(folder.resolve("made").resolve(TrainingShards.TOKENIZER));
      training.shards().require(ShardTokenizer.of("saved", saved));
      List<String> texts = DOCUMENTS.stream().map(Document::text).toList();
      for (long row = 0; row < 50; row++) {
        int[] tokens = new int[65];
        int[] segments = new int[64];
        rows.row(row, tokens, segments);
        int used = Rows.used(segments);
        int[] second =
            IntStream.range(1, used)
                .filter(i -> segments[i] == segments[1] && tokens[i] != saved.endOfText())
                .map(i -> tokens[i])
                .toArray();
        String text = saved.decode(second, true);
        assertThat(texts).anyMatch(document -> document.contains(text));
      }
    }
    assertThat(made.lines()).anyMatch(line -> line.contains("best fit")).anyMatch(line -> line.startsWith("web"));
  }

  @Test
  void make_anotherMixture_keepsShardsAndRows() throws IOException {
    make(TOKENIZER, mixture("{by: [source]}"));
    FileTime old = FileTime.fromMillis(1_000_000_000_000L);
    List<Path> kept = List.of(folder.resolve("made/shard-000000.tokens"), folder.resolve("made/rows-64-best-fit.bin"));
    for (Path file : kept) {
      Files.setLastModifiedTime(file, old);
    }
    TrainingShards.Description changed = make(TOKENIZER, mixture("{by: [source], weights: {web: 1, code: 1}}"));
    assertThat(changed.mixture().groups()).extracting(group -> Math.round(100 * group.share())).containsExactly(50L, 50L);
    for (Path file : kept) {
      assertThat(Files.getLastModifiedTime(file)).isEqualTo(old);
    }
    assertThatThrownBy(() -> make(tokenizer(290), mixture("{by: [source]}")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("another tokenizer");
    assertThatThrownBy(() -> make(TOKENIZER, mixture("{by: [language]}")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("other settings: by [source]");
  }

  @Test
  void describe_emptyFolder_isRefused() {
    assertThatThrownBy(() -> TrainingShards.describe(folder))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("nothing to train on");
  }

  @Test
  void ofFolder_manifestOrFiles_areTheDocumentsInOrder() throws IOException {
    DocumentFile.write(folder.resolve("00001.jsonl.gz"), DOCUMENTS.subList(100, 150).iterator());
    DocumentFile.write(folder.resolve("00000.jsonl.gz"), DOCUMENTS.subList(0, 100).iterator());
    DocumentParts found = DocumentParts.ofFolder(folder);
    assertThat(IntStream.range(0, found.count()).mapToLong(part -> documents(found, part)).toArray()).containsExactly(100, 50);
    String sha256 = Sha256.of(folder.resolve("00001.jsonl.gz"));
    Map<String, Object> shards = Map.of("00001.jsonl.gz", Map.of("bytes", 1, "sha256", sha256));
    Files.writeString(folder.resolve("manifest.json"), Json.pretty(Map.of("name", "x", "shards", shards)));
    DocumentParts told = DocumentParts.ofFolder(folder);
    assertThat(IntStream.range(0, told.count()).mapToLong(part -> documents(told, part)).toArray()).containsExactly(50);
    Files.delete(folder.resolve("00001.jsonl.gz"));
    assertThatThrownBy(() -> DocumentParts.ofFolder(folder))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("00001.jsonl.gz is missing");
    Path none = Files.createDirectories(folder.resolve("none"));
    assertThatThrownBy(() -> DocumentParts.ofFolder(none)).isInstanceOf(UserException.class).hasMessageContaining("no documents in");
  }

  private static long documents(DocumentParts parts, int part) {
    try (var stream = parts.open(part)) {
      return stream.count();
    }
  }
}
