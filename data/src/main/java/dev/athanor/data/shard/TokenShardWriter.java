package dev.athanor.data.shard;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.data.ParallelEncoding;
import dev.athanor.data.TokenFileWriter;
import dev.athanor.data.mixture.Grouping;
import dev.athanor.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Documents → token shards. Each shard appears whole or not at all, then the index with it; a second call goes on behind the last shard
/// that is whole, and makes a damaged one again. What is written depends on the documents, the tokenizer and the settings alone, not on
/// threads or interruptions. Memory: some millions of characters under way, and 12 bytes for each document of the shard that is written.
public final class TokenShardWriter {
  /// More are a mistake, such as the address of each document as its group.
  private static final int MOST_GROUPS = 10_000;

  private final Path folder;
  private final Tokenizer tokenizer;
  private final DocumentParts parts;
  private final Settings settings;
  private final Progress progress;
  private ShardIndex index;
  private final Map<String, Integer> groupNumbers = new HashMap<>();
  private final List<ShardIndex.Group> groups;

  /// @param shardTokens a shard ends with the document that reaches so many
  /// @param threads that tokenise
  public record Settings(long shardTokens, Grouping grouping, int threads) {
    public Settings {
      if (shardTokens < 1) {
        throw new IllegalArgumentException("shard_tokens must be positive, not " + shardTokens);
      }
      if (threads < 1) {
        throw new IllegalArgumentException("threads must be at least 1, not " + threads);
      }
    }
  }

  private TokenShardWriter(
      Path folder, Tokenizer tokenizer, DocumentParts parts, Settings settings, Progress progress, ShardIndex index) {
    this.folder = folder;
    this.tokenizer = tokenizer;
    this.parts = parts;
    this.settings = settings;
    this.progress = progress;
    this.index = index;
    groups = new ArrayList<>(index.groups());
    groups.forEach(group -> groupNumbers.put(group.name(), groupNumbers.size()));
  }

  /// @param identity of the tokenizer
  /// @throws UserException when the folder holds shards of other documents, another tokenizer or other settings
  public static ShardIndex write(
      Path folder, ShardTokenizer identity, Tokenizer tokenizer, DocumentParts parts, Settings settings, Progress progress) {
    ShardIndex fresh =
        new ShardIndex(
            ShardIndex.VERSION, identity, parts.fingerprint(), settings.grouping.by(), settings.shardTokens, false, List.of(), List.of());
    ShardIndex found = ShardIndex.find(folder).orElse(fresh);
    if (!found.sameWork(fresh)) {
      throw new UserException(folder + " holds token shards of " + difference(found, fresh) + "; name another folder, or remove this one");
    }
    return new TokenShardWriter(folder, tokenizer, parts, settings, progress, found).write();
  }

  private static String difference(ShardIndex found, ShardIndex wanted) {
    if (!found.tokenizer().sameIds(wanted.tokenizer())) {
      return "another tokenizer, " + found.tokenizer().tell() + ", not " + wanted.tokenizer().tell();
    }
    if (!found.input().equals(wanted.input())) {
      return "other documents";
    }
    return "other settings: by " + found.by() + ", shard_tokens " + found.shardTokens();
  }

  private ShardIndex write() {
    try (Progress.Task task = progress.start("tokenise", -1, "tok")) {
      for (int i = 0; i < index.shards().size(); i++) {
        if (!TokenShards.isWhole(folder, index.shards().get(i))) {
          writeAgain(i, task);
        }
        task.advance(index.shards().get(i).tokens());
      }
      if (!index.complete()) {
        writeRest(task);
      }
    }
    return index;
  }

  private void writeAgain(int number, Progress.Task task) {
    ShardIndex.Shard lost = index.shards().get(number);
    progress.say(folder.resolve(lost.file()) + " is missing or damaged and is made again");
    ShardIndex.Position from = number == 0 ? ShardIndex.Position.BEGIN : index.shards().get(number - 1).end();
    try (var cursor = new DocumentCursor(parts, from);
        var encoding = encoding(cursor)) {
      // Its documents have been counted already.
      List<ShardIndex.Group> counted = List.copyOf(groups);
      ShardIndex.Shard again = shard(number, encoding, task);
      groups.clear();
      groups.addAll(counted);
      if (!again.equals(lost)) {
        throw new UserException(
            folder.resolve(lost.file()) + " was made again and is another: the documents or the tokenizer have changed; remove the folder");
      }
    }
  }

  private void writeRest(Progress.Task task) {
    ShardIndex.Position from = index.shards().isEmpty() ? ShardIndex.Position.BEGIN : index.shards().getLast().end();
    List<ShardIndex.Shard> shards = new ArrayList<>(index.shards());
    try (var cursor = new DocumentCursor(parts, from);
        var encoding = encoding(cursor)) {
      while (encoding.hasNext()) {
        shards.add(shard(shards.size(), encoding, task));
        publish(shards, false);
      }
    }
    publish(shards, true);
  }

  private ParallelEncoding<PlacedDocument> encoding(DocumentCursor cursor) {
    return new ParallelEncoding<>(cursor, PlacedDocument::text, tokenizer, settings.threads);
  }

  private void publish(List<ShardIndex.Shard> shards, boolean complete) {
    index =
        new ShardIndex(
            index.version(), index.tokenizer(), index.input(), index.by(), index.shardTokens(), complete, groups, shards);
    index.write(folder);
  }

  private ShardIndex.Shard shard(int number, ParallelEncoding<PlacedDocument> documents, Progress.Task task) {
    String name = "shard-%06d.tokens".formatted(number);
    var made = new ArrayList<ShardIndex.Shard>();
    AtomicFile.write(
        folder.resolve(name),
        out -> {
          var writer = new TokenFileWriter(out, index.tokenizer().vocabSize(), index.tokenizer().endOfText(), true);
          ShardIndex.Position end = ShardIndex.Position.BEGIN;
          while (writer.tokens() < settings.shardTokens && documents.hasNext()) {
            ParallelEncoding.Encoded<PlacedDocument> next = documents.next();
            writer.add(next.ids(), next.utf8Bytes(), count(next));
            end = next.item().after();
            task.advance(next.ids().length + 1L);
          }
          String sha256 = writer.finish();
          made.add(new ShardIndex.Shard(name, writer.fileBytes(), sha256, writer.documents(), writer.tokens(), writer.utf8Bytes(), end));
        });
    return made.getFirst();
  }

  private int count(ParallelEncoding.Encoded<PlacedDocument> document) {
    String name = settings.grouping.of(document.item().document());
    int number = groupNumbers.computeIfAbsent(name, _ -> groups.size());
    ShardIndex.Group group = number == groups.size() ? new ShardIndex.Group(name, 0, 0, 0) : groups.get(number);
    ShardIndex.Group more = group.plus(document.ids().length + 1L, document.utf8Bytes());
    if (number == groups.size()) {
      if (number == MOST_GROUPS) {
        throw new UserException(
            "by " + index.by() + " makes more than " + MOST_GROUPS + " groups, the last of them " + name + "; group by less");
      }
      groups.add(more);
    } else {
      groups.set(number, more);
    }
    return number;
  }
}
