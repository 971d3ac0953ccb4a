package dev.athanor.data.shard;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import dev.athanor.data.mixture.GroupSize;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What a folder of token shards holds: `shards.json`. It is written anew after every shard, so that whoever is interrupted goes on from
/// the last one.
///
/// @param version of this layout
/// @param input fingerprint of the documents
/// @param by what groups them
/// @param shardTokens a shard ends with the document that reaches so many
/// @param complete false while shards are missing at the end
/// @param groups by their numbers, with all that the shards hold of them
public record ShardIndex(
    int version,
    ShardTokenizer tokenizer,
    String input,
    List<String> by,
    long shardTokens,
    boolean complete,
    List<Group> groups,
    List<Shard> shards) {
  public static final String FILE = "shards.json";
  static final int VERSION = 1;

  public ShardIndex {
    by = List.copyOf(by);
    groups = List.copyOf(groups);
    shards = List.copyOf(shards);
  }

  /// @param tokens end-of-text tokens included
  /// @param utf8Bytes of the text
  public record Group(String name, long documents, long tokens, long utf8Bytes) {
    Group plus(long moreTokens, long moreBytes) {
      return new Group(name, documents + 1, tokens + moreTokens, utf8Bytes + moreBytes);
    }
  }

  /// @param file its name in the folder: a [dev.athanor.data.TokenFile] with groups
  /// @param sha256 of the whole file
  /// @param end where its documents end in the input
  public record Shard(String file, long bytes, String sha256, long documents, long tokens, long utf8Bytes, Position end) {}

  /// @param document so many documents into the part
  public record Position(int part, long document) {
    static final Position BEGIN = new Position(0, 0);
  }

  public long documents() {
    return shards.stream().mapToLong(Shard::documents).sum();
  }

  public long tokens() {
    return shards.stream().mapToLong(Shard::tokens).sum();
  }

  public long utf8Bytes() {
    return shards.stream().mapToLong(Shard::utf8Bytes).sum();
  }

  /// For a mixture's plan, by the groups' numbers.
  public List<GroupSize> groupSizes() {
    return groups.stream().map(group -> new GroupSize(group.name, group.documents, group.tokens)).toList();
  }

  /// Of the tokens and their order, wherever they lie.
  public String fingerprint() {
    return Sha256.of(tokenizer.fingerprint() + shards.stream().map(Shard::sha256).collect(Collectors.joining()));
  }

  boolean sameWork(ShardIndex other) {
    return tokenizer.sameIds(other.tokenizer) && input.equals(other.input) && by.equals(other.by) && shardTokens == other.shardTokens;
  }

  static Optional<ShardIndex> find(Path folder) {
    return Files.exists(folder.resolve(FILE)) ? Optional.of(read(folder)) : Optional.empty();
  }

  /// @throws UserException when there is none, or one of another version
  public static ShardIndex read(Path folder) {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      throw new UserException("no token shards in " + folder + ": it holds no " + FILE + "; athanor data tokenize makes them");
    }
    int version = Json.readFile(file).path("version").asInt(0);
    if (version != VERSION) {
      throw new UserException(file + ": version " + version + " of token shards; this program reads version " + VERSION);
    }
    return Json.readFile(file, ShardIndex.class);
  }

  void write(Path folder) {
    AtomicFile.writeString(folder.resolve(FILE), Json.pretty(this));
  }
}
