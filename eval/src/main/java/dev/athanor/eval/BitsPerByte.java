package dev.athanor.eval;

import dev.athanor.data.Document;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/// How many bits a predictor needs for a byte of held-out text: comparable between tokenizers, models and compressors. See
/// [HeldOut] for what is counted.
///
/// @param overall all documents
/// @param byOrigin keyed by coordinate or folder
/// @param byDocLanguage keyed by the documentation's language: "zh", "en", "none", "unknown"
/// @param byDuplicatedShare keyed by how much of a document stands word for word in train: "0-10%", "10-50%", "50-100%",
///     "unknown"
public record BitsPerByte(
    Score overall,
    Map<String, Score> byOrigin,
    Map<String, Score> byDocLanguage,
    Map<String, Score> byDuplicatedShare) {

  /// A sum over some documents.
  ///
  /// @param bitsPerByte bits / bytes
  public record Score(double bitsPerByte, double bits, long bytes, int documents) {
    static Score of(double bits, long bytes, int documents) {
      return new Score(bits / bytes, bits, bytes, documents);
    }
  }

  /// @param logProbs for each item the natural-log probabilities of its tokens after the leading `endOfText`
  public static BitsPerByte of(HeldOut heldOut, List<float[]> logProbs) {
    List<Measured> measured = new ArrayList<>();
    for (int i = 0; i < heldOut.items().size(); i++) {
      HeldOut.Item item = heldOut.items().get(i);
      measured.add(new Measured(item, bits(item, logProbs.get(i))));
    }
    return grouped(measured, m -> m.item().document(), BitsPerByte::sum);
  }

  private record Measured(HeldOut.Item item, double bits) {}

  private static double bits(HeldOut.Item item, float[] logProbs) {
    if (logProbs.length != item.ids().length - 1) {
      throw new IllegalArgumentException(
          item.document().id() + ": " + logProbs.length + " scores for " + (item.ids().length - 1) + " tokens");
    }
    double nats = 0;
    for (float logProb : logProbs) {
      nats -= logProb;
    }
    return nats / Math.log(2);
  }

  private static Score sum(List<Measured> measured) {
    double bits = measured.stream().mapToDouble(Measured::bits).sum();
    long bytes = measured.stream().mapToLong(m -> m.item().bytes()).sum();
    return Score.of(bits, bytes, measured.size());
  }

  /// The same measure over all and over every group.
  static <T> BitsPerByte grouped(List<T> all, Function<T, Document> document, Function<List<T>, Score> measure) {
    return new BitsPerByte(
        measure.apply(all),
        groups(all, item -> Groups.origin(document.apply(item)), measure),
        groups(all, item -> Groups.docLanguage(document.apply(item)), measure),
        groups(all, item -> Groups.duplicatedShare(document.apply(item)), measure));
  }

  private static <T> Map<String, Score> groups(
      List<T> all, Function<T, String> key, Function<List<T>, Score> measure) {
    Map<String, Score> scores = new TreeMap<>();
    Groups.by(all, key).forEach((name, some) -> scores.put(name, measure.apply(some)));
    return scores;
  }
}
