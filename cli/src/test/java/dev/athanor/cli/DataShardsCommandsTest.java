package dev.athanor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.data.Document;
import dev.athanor.data.DocumentFile;
import dev.athanor.tokenizer.BpeTrainer;
import dev.athanor.tokenizer.Tokenizers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DataShardsCommandsTest {
  private static final List<Document> DOCUMENTS =
      IntStream.range(0, 400)
          .mapToObj(
              i -> {
                String text = (i % 3 == 0 ? "网页正文第" + i + "篇。" : "page " + i + " says hello. ").repeat(1 + i % 9);
                return new Document("d" + i, text, "o", "p" + i, "unknown", "text", Map.of("source", i % 4 == 0 ? "wiki" : "web"));
              })
          .toList();

  @TempDir Path dir;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
  private final Terminal terminal =
      new Terminal(
          new ByteArrayInputStream(new byte[0]), print, new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8), false);

  @BeforeEach
  void write() throws IOException {
    DocumentFile.write(dir.resolve("corpus/documents/00000.jsonl.gz"), DOCUMENTS.subList(0, 250).iterator());
    DocumentFile.write(dir.resolve("corpus/documents/00001.jsonl.gz"), DOCUMENTS.subList(250, 400).iterator());
    var texts = DOCUMENTS.stream().map(Document::text).iterator();
    Tokenizers.save(new BpeTrainer(BpeTrainer.Options.of(320)).train(texts, Progress.silent()), dir.resolve("tokenizer"));
    Files.writeString(dir.resolve("mixture.yaml"), "by: [source]\nweights: {wiki: 1, web: 1}\nmax_epochs: 3\n");
  }

  /// What a command printed; a mistake of the user as it is thrown.
  private String run(Object command, String... arguments) {
    out.reset();
    CommandLine line = command instanceof CommandLine made ? made : new CommandLine(command);
    var thrown = new AtomicReference<Exception>();
    line.setExecutionExceptionHandler(
        (e, _, _) -> {
          thrown.set(e);
          return 2;
        });
    int status = line.execute(arguments);
    if (thrown.get() instanceof RuntimeException mistake) {
      throw mistake;
    }
    assertThat(status).isZero();
    return out.toString(StandardCharsets.UTF_8);
  }

  private String tokenize(String... more) {
    String[] arguments = {
      dir.resolve("corpus").toString(),
      "--tokenizer", dir.resolve("tokenizer").toString(),
      "--output", dir.resolve("shards").toString(),
      "--shard-tokens", "5k"
    };
    return run(new DataTokenizeCommand(terminal), Stream.of(arguments, more).flatMap(Arrays::stream).toArray(String[]::new));
  }

  @Test
  void tokenize_corpus_isInspectedAndVerified() throws IOException {
    String made = tokenize("--context-length", "128", "--mixture", dir.resolve("mixture.yaml").toString());
    assertThat(made).contains("400 documents", "rows of 128 tokens, best fit", "wiki", "web", "50.00%");
    String shards = dir.resolve("shards").toString();
    assertThat(run(DataShardsCommand.with(terminal), "inspect", shards)).isEqualTo(made);
    assertThat(run(DataShardsCommand.with(terminal), "inspect", shards, "--json")).contains("\"rowsPerPass\"", "\"padding\"");
    assertThat(run(DataShardsCommand.with(terminal), "inspect", shards, "--row", "1")).startsWith("row 1: w").containsAnyOf("page", "网页");
    assertThat(run(DataShardsCommand.with(terminal), "verify", shards)).contains("are whole", "rows-128-best-fit.bin");
    assertThat(tokenize("--context-length", "128", "--mixture", dir.resolve("mixture.yaml").toString())).isEqualTo(made);

    Path shard = dir.resolve("shards/shard-000001.tokens");
    byte[] content = Files.readAllBytes(shard);
    content[100] ^= 1;
    Files.write(shard, content);
    assertThatThrownBy(() -> run(DataShardsCommand.with(terminal), "verify", shards))
        .hasStackTraceContaining("shard-000001.tokens is damaged");
  }

  @Test
  void tokenize_mistakes_areRefusedInWords() {
    assertThatThrownBy(() -> tokenize("--packing", "best")).hasStackTraceContaining("best-fit");
    assertThatThrownBy(() -> tokenize("--context-length", "4")).hasStackTraceContaining("context_length must be between 16 and");
    assertThatThrownBy(() -> tokenize("--threads", "0")).hasStackTraceContaining("--threads: at least 1").isInstanceOf(UserException.class);
  }
}
