package dev.athanor.tokenizer;

import java.util.Arrays;

/// How often each token comes in counted texts, for several vocabularies of one row of merges at once.
final class TokenCounts {
  private final VocabularyCuts vocabularies;
  private final int[] cuts;

  /// By vocabulary and id.
  private final long[][] counts;

  /// @param cuts numbers of merges, rising
  TokenCounts(VocabularyCuts vocabularies, int vocabSize, int[] cuts) {
    this.vocabularies = vocabularies;
    this.cuts = cuts.clone();
    counts = new long[cuts.length][vocabSize];
  }

  void add(String piece, long count) {
    vocabularies.tokens(
        Utf8.bytes(piece, 0, piece.length()),
        (id, from, to) -> {
          int first = Arrays.binarySearch(cuts, from);
          for (int c = first >= 0 ? first : -first - 1; c < cuts.length && cuts[c] < to; c++) {
            counts[c][id] += count;
          }
        });
  }

  /// By id.
  long[] of(int cut) {
    return counts[cut].clone();
  }

  Rarity rarity(int cut) {
    int merges = cuts[cut];
    long[] made = vocabularies.madeBy(merges).mapToLong(id -> counts[cut][id]).sorted().toArray();
    int rare = 0;
    while (rare < made.length && made[rare] < Rarity.OFTEN) {
      rare++;
    }
    return made.length == 0
        ? new Rarity(0, 0, 0, 0)
        : new Rarity(made.length, rare, made[(int) ((made.length - 1) * 0.05)], made[(made.length - 1) / 2]);
  }
}
