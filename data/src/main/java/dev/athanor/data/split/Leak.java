package dev.athanor.data.split;

import dev.athanor.data.Document;
import dev.athanor.data.SplitMix64;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.LongStream;

/// What held-out text still shares with train, line by line.
///
/// The share of a document is: the UTF-8 bytes of its lines that have at least ten characters and stand word for word in some
/// train document, over the bytes of all its lines that are not blank; lines are compared and counted without the space around
/// them. Lines are compared by 64-bit hashes; those of the held-out text, of which there is little, are in memory while the
/// documents of train pass by.
final class Leak {
  private static final int MIN_CHARACTERS = 10;
  private static final long SEED = 0x6c65616bL;
  private final long[] heldOut;
  private final BitSet inTrain = new BitSet();

  /// @param heldOut `lines` of all held-out documents, in any order
  Leak(LongStream heldOut) {
    this.heldOut = heldOut.sorted().distinct().toArray();
  }

  /// The hashes of a document's lines that are compared.
  static LongStream lines(Document document) {
    return document.text().lines().map(String::strip).filter(Leak::isCompared).mapToLong(Leak::hash);
  }

  private static boolean isCompared(String line) {
    return line.length() >= MIN_CHARACTERS;
  }

  private static long hash(String line) {
    return SplitMix64.hash(line, SEED);
  }

  /// Notes what a document of train says.
  void train(Document document) {
    lines(document)
        .forEach(
            hash -> {
              int place = Arrays.binarySearch(heldOut, hash);
              if (place >= 0) {
                inTrain.set(place);
              }
            });
  }

  /// @param duplicated bytes of lines that stand in train
  /// @param all bytes of all lines
  record Bytes(long duplicated, long all) {
    static final Bytes NONE = new Bytes(0, 0);

    /// From 0 to 1.
    double share() {
      return all == 0 ? 0 : (double) duplicated / all;
    }

    Bytes plus(Bytes other) {
      return new Bytes(duplicated + other.duplicated, all + other.all);
    }
  }

  /// Of a held-out document, once train has passed.
  Bytes of(Document document) {
    return document.text().lines().map(String::strip).map(this::ofLine).reduce(Bytes.NONE, Bytes::plus);
  }

  private Bytes ofLine(String line) {
    int bytes = line.getBytes(StandardCharsets.UTF_8).length;
    boolean known = isCompared(line) && isInTrain(hash(line));
    return new Bytes(known ? bytes : 0, bytes);
  }

  private boolean isInTrain(long hash) {
    int place = Arrays.binarySearch(heldOut, hash);
    return place >= 0 && inTrain.get(place);
  }
}
