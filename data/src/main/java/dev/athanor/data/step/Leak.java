package dev.athanor.data.step;

import dev.athanor.data.Document;
import dev.athanor.data.SplitMix64;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// What held-out text still shares with train, line by line.
///
/// The share of a document is: the UTF-8 bytes of its lines that have at least ten characters and stand word for word in some
/// train document, over the bytes of all its lines that are not blank; lines are compared and counted without the space around
/// them. Lines are compared by 64-bit hashes.
public final class Leak {
  private static final int MIN_CHARACTERS = 10;
  private static final long SEED = 0x6c65616bL;
  private final long[] trainLines;

  public Leak(List<Document> train) {
    trainLines =
        train.stream()
            .flatMap(document -> document.text().lines())
            .map(String::strip)
            .filter(line -> line.length() >= MIN_CHARACTERS)
            .mapToLong(line -> SplitMix64.hash(line, SEED))
            .sorted()
            .distinct()
            .toArray();
  }

  /// @param duplicated bytes of lines that stand in train
  /// @param all bytes of all lines
  public record Bytes(long duplicated, long all) {
    /// From 0 to 1.
    public double share() {
      return all == 0 ? 0 : (double) duplicated / all;
    }

    Bytes plus(Bytes other) {
      return new Bytes(duplicated + other.duplicated, all + other.all);
    }
  }

  public Bytes of(Document heldOut) {
    return heldOut.text().lines().map(String::strip).map(this::ofLine).reduce(new Bytes(0, 0), Bytes::plus);
  }

  public Bytes of(List<Document> heldOut) {
    return heldOut.stream().map(this::of).reduce(new Bytes(0, 0), Bytes::plus);
  }

  private Bytes ofLine(String line) {
    int bytes = line.getBytes(StandardCharsets.UTF_8).length;
    boolean known =
        line.length() >= MIN_CHARACTERS && Arrays.binarySearch(trainLines, SplitMix64.hash(line, SEED)) >= 0;
    return new Bytes(known ? bytes : 0, bytes);
  }
}
