package dev.athanor.data.shard;

import dev.athanor.base.Progress;
import dev.athanor.data.BytesTokenizer;
import dev.athanor.data.Document;
import dev.athanor.data.mixture.Grouping;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/// Small token shards for tests.
final class Shards {
  static final BytesTokenizer BYTES = new BytesTokenizer(1);

  private Shards() {}

  static ShardTokenizer identity(BytesTokenizer tokenizer) {
    String name = "bytes+" + tokenizer.shift();
    return new ShardTokenizer(name, "f".repeat(12) + tokenizer.shift(), tokenizer.vocabSize(), tokenizer.endOfText());
  }

  static TokenShardWriter.Settings settings(long shardTokens, int threads) {
    return new TokenShardWriter.Settings(shardTokens, new Grouping(List.of("source", "language")), threads);
  }

  /// Documents of three groups, a few of them empty, long, or Chinese.
  static List<Document> documents(int count, int longest, long seed) {
    Random random = new Random(seed);
    List<Document> documents = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int group = random.nextInt(10);
      int letter = random.nextInt(5) == 0 ? '字' : 'a' + i % 26;
      String text = Character.toString(letter).repeat(random.nextInt(longest)) + (i % 50 == 0 ? "" : i);
      String source = group < 6 ? "web" : "code";
      documents.add(new Document("d" + i, text, "o", "p", "unknown", group % 2 == 0 ? "zh" : "en", Map.of("source", source)));
    }
    return documents;
  }

  /// Cut into parts of so many documents, the last one empty.
  static DocumentParts parts(List<Document> documents, int each) {
    return new DocumentParts() {
      @Override
      public int count() {
        return Math.ceilDiv(documents.size(), each) + 1;
      }

      @Override
      public Stream<Document> open(int part) {
        return documents.subList(Math.min(documents.size(), part * each), Math.min(documents.size(), (part + 1) * each)).stream();
      }

      @Override
      public String fingerprint() {
        return "documents " + documents.hashCode();
      }
    };
  }

  static ShardIndex write(Path folder, List<Document> documents, long shardTokens) {
    return TokenShardWriter.write(folder, identity(BYTES), BYTES, parts(documents, 37), settings(shardTokens, 2), Progress.silent());
  }
}
