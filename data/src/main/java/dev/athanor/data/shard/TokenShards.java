package dev.athanor.data.shard;

import dev.athanor.base.Progress;
import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import dev.athanor.data.TokenFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Tokenised documents in many memory-mapped files, numbered through as if they were one. Thread-safe until closed.
public final class TokenShards implements AutoCloseable {
  private final ShardIndex index;
  private final List<TokenFile> files;
  /// Of each shard the first token and document, and behind the last the totals.
  private final long[] firstToken;
  private final long[] firstDocument;

  private TokenShards(ShardIndex index, List<TokenFile> files) {
    this.index = index;
    this.files = files;
    firstToken = new long[files.size() + 1];
    firstDocument = new long[files.size() + 1];
    for (int i = 0; i < files.size(); i++) {
      firstToken[i + 1] = firstToken[i] + files.get(i).tokens();
      firstDocument[i + 1] = firstDocument[i] + files.get(i).documents();
    }
  }

  /// Maps all shards and checks their lengths. Their checksums are read by [#verify].
  ///
  /// @throws UserException when shards are missing, cut off, or not all written yet
  @SuppressWarnings("MustBeClosedChecker") // the files live as long as the shards, whose close() ends them
  public static TokenShards open(Path folder) {
    ShardIndex index = ShardIndex.read(folder);
    if (!index.complete()) {
      throw new UserException(folder + ": the shards are not complete; run the command that makes them again, it goes on where it was");
    }
    List<TokenFile> files = new ArrayList<>();
    try {
      for (ShardIndex.Shard shard : index.shards()) {
        TokenFile file = TokenFile.map(folder.resolve(shard.file()));
        files.add(file);
        if (file.tokens() != shard.tokens() || file.documents() != shard.documents()) {
          throw new UserException(folder.resolve(shard.file()) + " is not the shard that " + ShardIndex.FILE + " tells of");
        }
      }
    } catch (RuntimeException e) {
      files.forEach(TokenFile::close);
      throw e;
    }
    return new TokenShards(index, files);
  }

  /// Reads every shard and compares checksums.
  ///
  /// @return a sentence for each shard that is missing or damaged
  public static List<String> verify(Path folder, Progress progress) {
    ShardIndex index = ShardIndex.read(folder);
    List<String> problems = new ArrayList<>();
    try (Progress.Task task = progress.start("verify", index.shards().stream().mapToLong(ShardIndex.Shard::bytes).sum(), "B")) {
      for (ShardIndex.Shard shard : index.shards()) {
        Path file = folder.resolve(shard.file());
        if (!Files.exists(file)) {
          problems.add(file + " is missing");
        } else if (!isWhole(folder, shard)) {
          problems.add(file + " is damaged: its SHA-256 is not " + shard.sha256());
        }
        task.advance(shard.bytes());
      }
    }
    if (!index.complete()) {
      problems.add(folder + ": the shards are not complete; " + index.shards().size() + " are there so far");
    }
    return problems;
  }

  static boolean isWhole(Path folder, ShardIndex.Shard shard) {
    Path file = folder.resolve(shard.file());
    try {
      return Files.isRegularFile(file) && Files.size(file) == shard.bytes() && Sha256.of(file).equals(shard.sha256());
    } catch (IOException e) {
      throw new UserException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /// @throws UserException when the ids are another tokenizer's; names both
  public void require(ShardTokenizer tokenizer) {
    if (!index.tokenizer().sameIds(tokenizer)) {
      throw new UserException(
          "the token shards hold ids of " + index.tokenizer().tell() + ", which mean nothing to " + tokenizer.tell()
              + "; tokenise the documents with that one, or train with this");
    }
  }

  public ShardIndex index() {
    return index;
  }

  /// End-of-text tokens included.
  public long tokens() {
    return firstToken[files.size()];
  }

  public long documents() {
    return firstDocument[files.size()];
  }

  /// The first token of a document; `start(documents())` is `tokens()`.
  public long start(long document) {
    if (document == documents()) {
      return tokens();
    }
    int shard = last(firstDocument, document);
    return firstToken[shard] + files.get(shard).start(document - firstDocument[shard]);
  }

  /// The number of a document's group, as in [ShardIndex#groups].
  public int group(long document) {
    int shard = last(firstDocument, document);
    return files.get(shard).group(document - firstDocument[shard]);
  }

  /// The document that a token belongs to.
  public long documentAt(long token) {
    int shard = last(firstToken, token);
    TokenFile file = files.get(shard);
    long low = 0;
    long high = file.documents() - 1;
    while (low < high) {
      long middle = (low + high + 1) >>> 1;
      if (file.start(middle) <= token - firstToken[shard]) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return firstDocument[shard] + low;
  }

  public int get(long token) {
    int shard = last(firstToken, token);
    return files.get(shard).get(token - firstToken[shard]);
  }

  /// Copies tokens of one document: `length` of them, the first token `from`, to `into[at]` and on.
  public void copy(long from, int length, int[] into, int at) {
    int shard = last(firstToken, from);
    files.get(shard).copy(from - firstToken[shard], length, into, at);
  }

  /// The last place whose number is not greater; shards without anything do not exist.
  private static int last(long[] first, long number) {
    if (number < 0 || number >= first[first.length - 1]) {
      throw new IndexOutOfBoundsException(number + " of " + first[first.length - 1]);
    }
    int found = Arrays.binarySearch(first, number);
    return found >= 0 ? found : -found - 2;
  }

  @Override
  public void close() {
    files.forEach(TokenFile::close);
  }
}
