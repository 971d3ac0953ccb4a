package dev.athanor.data.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.data.BytesTokenizer;
import dev.athanor.data.Document;
import dev.athanor.data.DocumentFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenShardsTest {
  private static final List<Document> DOCUMENTS = Shards.documents(500, 60, 1);

  @TempDir Path folder;

  private static void write(Path place, DocumentParts parts, TokenShardWriter.Settings settings, Progress progress) {
    TokenShardWriter.write(place, Shards.identity(Shards.BYTES), Shards.BYTES, parts, settings, progress);
  }

  private static Map<String, List<Byte>> bytes(Path folder) throws IOException {
    Map<String, List<Byte>> all = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        byte[] content = Files.readAllBytes(file);
        Byte[] boxed = new Byte[content.length];
        for (int i = 0; i < content.length; i++) {
          boxed[i] = content[i];
        }
        all.put(file.getFileName().toString(), List.of(boxed));
      }
    }
    return all;
  }

  /// Narrow ids and wide ones.
  @ParameterizedTest
  @ValueSource(ints = {1, 70_000})
  void open_writtenDocuments_givesTokensGroupsAndStarts(int shift) {
    var tokenizer = new BytesTokenizer(shift);
    ShardIndex index =
        TokenShardWriter.write(
            folder, Shards.identity(tokenizer), tokenizer, Shards.parts(DOCUMENTS, 37), Shards.settings(2000, 2), Progress.silent());
    assertThat(index.shards()).hasSizeGreaterThan(5);
    assertThat(index.shards().subList(0, index.shards().size() - 1))
        .allSatisfy(shard -> assertThat(shard.tokens()).isBetween(2000L, 2000L + 60 * 3 + 10));
    try (TokenShards shards = TokenShards.open(folder)) {
      assertThat(shards.documents()).isEqualTo(500);
      assertThat(shards.tokens()).isEqualTo(index.tokens()).isEqualTo(index.utf8Bytes() + 500);
      assertThat(index.groups()).extracting(ShardIndex.Group::name).containsExactlyInAnyOrder("web/zh", "web/en", "code/zh", "code/en");
      assertThat(index.groups().stream().mapToLong(ShardIndex.Group::tokens).sum()).isEqualTo(index.tokens());
      assertThat(shards.start(500)).isEqualTo(shards.tokens());
      for (int d = 0; d < 500; d++) {
        Document document = DOCUMENTS.get(d);
        int length = (int) (shards.start(d + 1L) - shards.start(d));
        int[] ids = new int[length];
        shards.copy(shards.start(d), length, ids, 0);
        assertThat(ids[length - 1]).isZero();
        assertThat(Arrays.copyOf(ids, length - 1)).isEqualTo(tokenizer.encode(document.text()));
        assertThat(index.groups().get(shards.group(d)).name()).isEqualTo(document.metadata().get("source") + "/" + document.language());
        assertThat(shards.documentAt(shards.start(d))).isEqualTo(d);
        assertThat(shards.documentAt(shards.start(d) + length - 1)).isEqualTo(d);
      }
    }
    assertThat(TokenShards.verify(folder, Progress.silent())).isEmpty();
  }

  @Test
  void write_anyThreads_givesEqualBytes() throws IOException {
    Path one = folder.resolve("one");
    Path four = folder.resolve("four");
    write(one, Shards.parts(DOCUMENTS, 37), Shards.settings(2000, 1), Progress.silent());
    write(four, Shards.parts(DOCUMENTS, 37), Shards.settings(2000, 4), Progress.silent());
    assertThat(bytes(four)).isEqualTo(bytes(one)).hasSizeGreaterThan(6);
  }

  /// Stops the work when it has come along so many times.
  private static Progress cutAfter(int advances) {
    var left = new AtomicInteger(advances);
    Progress silent = Progress.silent();
    return new Progress() {
      @Override
      public Task start(String name, long total, String unit) {
        Task task = silent.start(name, total, unit);
        return new Task() {
          @Override
          public void advance(long units) {
            if (left.getAndDecrement() == 0) {
              throw new IllegalStateException("cut");
            }
          }

          @Override
          public void note(String text) {
            task.note(text);
          }

          @Override
          public void close() {
            task.close();
          }
        };
      }

      @Override
      public void say(String line) {
        silent.say(line);
      }
    };
  }

  @Test
  void write_interruptedAnywhere_goesOnToEqualBytes() throws IOException {
    Path whole = folder.resolve("whole");
    Shards.write(whole, DOCUMENTS, 1000);
    Map<String, List<Byte>> expected = bytes(whole);
    Random random = new Random(5);
    int cuts = 0;
    for (int trial = 0; trial < 8; trial++) {
      Path place = folder.resolve("cut" + trial);
      for (int attempt = 0; attempt < 100; attempt++) {
        try {
          write(place, Shards.parts(DOCUMENTS, 37), Shards.settings(1000, 2), cutAfter(random.nextInt(250)));
          break;
        } catch (IllegalStateException e) {
          cuts++;
          // What a killed process leaves: a part of a file, and a shard that the index does not tell of.
          if (Files.exists(place.resolve(ShardIndex.FILE))) {
            assertThatThrownBy(() -> TokenShards.open(place)).isInstanceOf(UserException.class).hasMessageContaining("not complete");
            int next = ShardIndex.read(place).shards().size();
            Files.write(place.resolve(".shard-%06d.tokens.part".formatted(next)), new byte[10]);
            Files.write(place.resolve("shard-%06d.tokens".formatted(next)), new byte[20]);
          }
        }
      }
      assertThat(bytes(place)).isEqualTo(expected);
    }
    assertThat(cuts).isGreaterThan(8);
  }

  @Test
  void write_again_makesOnlyTheDamagedShard() throws IOException {
    ShardIndex index = Shards.write(folder, DOCUMENTS, 1000);
    Map<String, List<Byte>> expected = bytes(folder);
    FileTime old = FileTime.fromMillis(1_000_000_000_000L);
    for (ShardIndex.Shard shard : index.shards()) {
      Files.setLastModifiedTime(folder.resolve(shard.file()), old);
    }
    Path damaged = folder.resolve(index.shards().get(4).file());
    byte[] content = Files.readAllBytes(damaged);
    content[content.length / 2] ^= 1;
    Files.write(damaged, content);
    Files.delete(folder.resolve(index.shards().get(7).file()));
    assertThat(TokenShards.verify(folder, Progress.silent()))
        .satisfiesExactly(
            problem -> assertThat(problem).contains("shard-000004.tokens is damaged"),
            problem -> assertThat(problem).contains("shard-000007.tokens is missing"));

    assertThat(Shards.write(folder, DOCUMENTS, 1000)).isEqualTo(index);
    assertThat(bytes(folder)).isEqualTo(expected);
    for (int i = 0; i < index.shards().size(); i++) {
      FileTime time = Files.getLastModifiedTime(folder.resolve(index.shards().get(i).file()));
      assertThat(time.equals(old)).as("shard %d", i).isEqualTo(i != 4 && i != 7);
    }
  }

  @Test
  void write_otherWork_isRefusedWithWhatIsThere() {
    Shards.write(folder, DOCUMENTS, 1000);
    var other = new BytesTokenizer(3);
    assertThatThrownBy(
            () ->
                TokenShardWriter.write(
                    folder, Shards.identity(other), other, Shards.parts(DOCUMENTS, 37), Shards.settings(1000, 1), Progress.silent()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("another tokenizer, bytes+1 (257 tokens")
        .hasMessageContaining("not bytes+3 (259 tokens");
    assertThatThrownBy(() -> Shards.write(folder, Shards.documents(500, 60, 2), 1000))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("other documents");
    assertThatThrownBy(() -> Shards.write(folder, DOCUMENTS, 999))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("shard_tokens 1000");
  }

  @Test
  void require_anotherTokenizer_isRefusedWithBothNames() {
    Shards.write(folder, DOCUMENTS, 1000);
    try (TokenShards shards = TokenShards.open(folder)) {
      shards.require(Shards.identity(Shards.BYTES));
      assertThatThrownBy(() -> shards.require(Shards.identity(new BytesTokenizer(2))))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("bytes+1")
          .hasMessageContaining("bytes+2");
    }
  }

  @Test
  void open_cutShardOrNone_isRefused() throws IOException {
    assertThatThrownBy(() -> TokenShards.open(folder)).isInstanceOf(UserException.class).hasMessageContaining("no token shards");
    ShardIndex index = Shards.write(folder, DOCUMENTS, 1000);
    Path shard = folder.resolve(index.shards().get(2).file());
    byte[] content = Files.readAllBytes(shard);
    Files.write(shard, Arrays.copyOf(content, content.length - 100));
    assertThatThrownBy(() -> TokenShards.open(folder)).isInstanceOf(UserException.class).hasMessageContaining("shard-000002.tokens");
  }

  @Test
  void write_noDocuments_isCompleteAndEmpty() {
    ShardIndex index = Shards.write(folder, List.of(), 1000);
    assertThat(index.complete()).isTrue();
    try (TokenShards shards = TokenShards.open(folder)) {
      assertThat(shards.tokens()).isZero();
    }
  }

  @Test
  void ofFiles_documentFiles_areTheirDocuments() {
    Path one = folder.resolve("one.jsonl.gz");
    Path two = folder.resolve("two.jsonl.gz");
    DocumentFile.write(one, DOCUMENTS.subList(0, 200).iterator());
    DocumentFile.write(two, DOCUMENTS.subList(200, 500).iterator());
    DocumentParts parts = DocumentParts.ofFiles(List.of(one, two));
    Path place = folder.resolve("shards");
    write(place, parts, Shards.settings(1000, 2), Progress.silent());
    try (TokenShards shards = TokenShards.open(place)) {
      assertThat(shards.documents()).isEqualTo(500);
    }
    assertThat(parts.fingerprint()).isNotEqualTo(DocumentParts.ofFiles(List.of(two, one)).fingerprint());
  }
}
