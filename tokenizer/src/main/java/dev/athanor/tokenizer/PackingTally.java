package dev.athanor.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// Sums a [Packing] over pieces, for several vocabularies of one row of merges at once.
///
/// What is whole from a number of merges on is whole in all larger vocabularies, so it is counted once, at the first that has so many;
/// running sums give the rest.
final class PackingTally {
  private final VocabularyCuts vocabularies;

  /// Numbers of merges, rising.
  private final int[] cuts;

  private long bytes;
  private long characters;
  private long words;
  private long han;

  /// By vocabulary, those that are new with it.
  private final long[] joined;
  private final long[] wholeWords;
  private final long[] wordJoins;
  private final long[] wholeHan;

  /// Bytes of words after their first.
  private long wordInside;

  private final BitSet distinctHan = new BitSet();

  PackingTally(VocabularyCuts vocabularies, int[] cuts) {
    this.vocabularies = vocabularies;
    this.cuts = cuts.clone();
    joined = new long[cuts.length + 1];
    wholeWords = new long[cuts.length + 1];
    wordJoins = new long[cuts.length + 1];
    wholeHan = new long[cuts.length + 1];
  }

  void add(String piece, long count) {
    byte[] utf8 = Utf8.bytes(piece, 0, piece.length());
    int[] joins = vocabularies.joins(utf8);
    bytes += count * utf8.length;
    for (int at = 1; at < joins.length; at++) {
      joined[first(joins[at])] += count;
    }
    int wordStart = -1;
    int at = 0;
    for (int i = 0; i < piece.length(); ) {
      int character = piece.codePointAt(i);
      int end = at + utf8Length(character);
      characters += count;
      if (Letters.isHan(character)) {
        han += count;
        wholeHan[first(latest(joins, at, end))] += count;
        distinctHan.set(character);
      }
      boolean letter = Letters.isOfWord(character);
      if (!letter && wordStart >= 0) {
        addWord(joins, wordStart, at, count);
      }
      wordStart = letter ? (wordStart < 0 ? at : wordStart) : -1;
      i += Character.charCount(character);
      at = end;
    }
    if (wordStart >= 0) {
      addWord(joins, wordStart, at, count);
    }
  }

  private void addWord(int[] joins, int start, int end, long count) {
    words += count;
    wholeWords[first(latest(joins, start, end))] += count;
    wordInside += count * (end - start - 1);
    for (int at = start + 1; at < end; at++) {
      wordJoins[first(joins[at])] += count;
    }
  }

  /// The number of merges from which on no token begins inside.
  private static int latest(int[] joins, int start, int end) {
    int latest = 0;
    for (int at = start + 1; at < end; at++) {
      latest = Math.max(latest, joins[at]);
    }
    return latest;
  }

  /// The first vocabulary with at least so many merges; one past the last where none has.
  private int first(int merges) {
    int found = Arrays.binarySearch(cuts, merges);
    return found >= 0 ? found : -found - 1;
  }

  /// Of the same vocabularies.
  void addAll(PackingTally other) {
    bytes += other.bytes;
    characters += other.characters;
    words += other.words;
    han += other.han;
    wordInside += other.wordInside;
    distinctHan.or(other.distinctHan);
    for (int c = 0; c <= cuts.length; c++) {
      joined[c] += other.joined[c];
      wholeWords[c] += other.wholeWords[c];
      wordJoins[c] += other.wordJoins[c];
      wholeHan[c] += other.wholeHan[c];
    }
  }

  private static int utf8Length(int character) {
    return character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
  }

  /// One for each vocabulary.
  List<Packing> packings() {
    long[] distinctWhole = new long[cuts.length + 1];
    distinctHan.stream()
        .forEach(
            character -> {
              String alone = Character.toString(character);
              byte[] utf8 = Utf8.bytes(alone, 0, alone.length());
              distinctWhole[first(latest(vocabularies.joins(utf8), 0, utf8.length))]++;
            });
    List<Packing> packings = new ArrayList<>();
    long tokens = bytes;
    long wholes = 0;
    long wordTokens = words + wordInside;
    long characterWholes = 0;
    long distinct = 0;
    for (int c = 0; c < cuts.length; c++) {
      tokens -= joined[c];
      wholes += wholeWords[c];
      wordTokens -= wordJoins[c];
      characterWholes += wholeHan[c];
      distinct += distinctWhole[c];
      packings.add(
          new Packing(bytes, characters, tokens, words, wholes, wordTokens, han, characterWholes, distinctHan.cardinality(), distinct));
    }
    return packings;
  }
}
