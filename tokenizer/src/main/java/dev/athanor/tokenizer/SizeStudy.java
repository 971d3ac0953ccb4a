package dev.athanor.tokenizer;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// What vocabularies of several sizes make of texts: exactly what each would, were it trained by itself, from one that holds them all.
///
/// @param rows by rising size
public record SizeStudy(List<Row> rows) {
  /// @param size ids in all
  /// @param merges the first so many
  /// @param byKind of the texts that are measured
  /// @param total of all kinds together
  /// @param rarity in the texts that are learned from
  public record Row(int size, int merges, Map<String, Packing> byKind, Packing total, Rarity rarity) {}

  public SizeStudy {
    rows = List.copyOf(rows);
  }

  /// @param tokenizer of the largest vocabulary
  /// @param sizes wanted; those beyond the tokenizer's are its own
  /// @param measured counted as the tokenizer cuts texts
  /// @param learned what its tokens' rarity is told of, counted likewise
  /// @throws UserException where a size is below what the tokenizer has without merges
  public static SizeStudy of(BpeTokenizer tokenizer, int[] sizes, KindCounts measured, KindCounts learned, Progress progress) {
    VocabularyCuts vocabularies = new VocabularyCuts(tokenizer);
    for (int size : sizes) {
      if (size < vocabularies.size(0)) {
        throw new UserException(
            "no vocabulary of " + size + ": bytes and special tokens alone are " + vocabularies.size(0));
      }
    }
    int[] cuts = IntStream.of(sizes).map(vocabularies::mergesOf).sorted().distinct().toArray();
    PieceCounts all = learned.all();
    long pieces = all.size() + measured.kinds().stream().mapToLong(kind -> measured.of(kind).size()).sum();
    try (Progress.Task task = progress.start("measure sizes", pieces, "piece")) {
      Map<String, PackingTally> tallies = tallies(vocabularies, cuts, measured, task);
      TokenCounts tokens = new TokenCounts(vocabularies, tokenizer.vocabSize(), cuts);
      all.forEach(tokens::add);
      task.advance(all.size());
      return new SizeStudy(rows(vocabularies, cuts, tallies, tokens));
    }
  }

  private static Map<String, PackingTally> tallies(VocabularyCuts vocabularies, int[] cuts, KindCounts texts, Progress.Task task) {
    Map<String, PackingTally> tallies = new LinkedHashMap<>();
    for (String kind : texts.kinds()) {
      PackingTally tally = new PackingTally(vocabularies, cuts);
      texts.of(kind).forEach(tally::add);
      tallies.put(kind, tally);
      task.advance(texts.of(kind).size());
    }
    return tallies;
  }

  private static List<Row> rows(VocabularyCuts vocabularies, int[] cuts, Map<String, PackingTally> tallies, TokenCounts tokens) {
    PackingTally together = new PackingTally(vocabularies, cuts);
    Map<String, List<Packing>> byKind = new LinkedHashMap<>();
    tallies.forEach(
        (kind, tally) -> {
          byKind.put(kind, tally.packings());
          together.addAll(tally);
        });
    List<Packing> total = together.packings();
    List<Row> rows = new ArrayList<>();
    for (int c = 0; c < cuts.length; c++) {
      Map<String, Packing> packings = new LinkedHashMap<>();
      for (Map.Entry<String, List<Packing>> kind : byKind.entrySet()) {
        packings.put(kind.getKey(), kind.getValue().get(c));
      }
      rows.add(new Row(vocabularies.size(cuts[c]), cuts[c], packings, total.get(c), tokens.rarity(c)));
    }
    return rows;
  }
}
