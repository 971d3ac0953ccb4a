package dev.athanor.data.step;

import dev.athanor.data.Document;
import dev.athanor.data.dedup.MinHash;
import dev.athanor.data.dedup.Shingles;
import dev.athanor.data.dedup.Tokens;
import dev.athanor.data.dedup.UnionFind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// Groups documents that say almost the same: Jaccard similarity of at least `threshold` between their sets of shingles (five
/// tokens in a row; a token is a run of letters and digits, a character of a script without spaces or any other single character).
///
/// MinHash signatures of 128 values in 32 bands of 4 find the candidates: a pair of similarity s meets in some band with
/// probability 1 − (1 − s⁴)³², which is 0.9998 at 0.7. Each candidate is then verified on the full sets, so there are no false
/// groups. Groups are the connected components; the smallest id leads. The outcome depends on the documents only, not on
/// their order or on threads. Broder, "On the resemblance and containment of documents", 1997; Leskovec, Rajaraman and Ullman,
/// "Mining of Massive Datasets", chapter 3.
///
/// All shingles are held in memory: about twice the size of the text.
public record NearDuplicates(double threshold) {
  private static final Shingles SHINGLES = new Shingles(new Tokens(Tokens.Cut.AUTO, false, true), 5);
  private static final int BANDS = 32;
  /// Four values of two bytes: a band is a long.
  private static final int ROWS = 4;
  private static final MinHash MIN_HASH = new MinHash(BANDS * ROWS, 0x41746861_6e6f7231L);

  public static final NearDuplicates DEFAULT = new NearDuplicates(0.7);

  public NearDuplicates {
    if (!(threshold > 0 && threshold <= 1)) {
      throw new IllegalArgumentException("the similarity must be above 0 and at most 1, not " + threshold);
    }
  }

  /// Every document's id with the id that leads its group; a document without near-duplicates leads itself.
  public Map<String, String> groups(List<Document> documents) {
    long[][] shingles = new long[documents.size()][];
    long[][] bands = new long[documents.size()][];
    IntStream.range(0, documents.size())
        .parallel()
        .forEach(
            i -> {
              shingles[i] = shingles(documents.get(i).text());
              bands[i] = bands(shingles[i]);
            });
    try (var components = new UnionFind(documents.size())) {
      for (int band = 0; band < BANDS; band++) {
        joinBand(band, bands, shingles, components);
      }
      return leaders(documents, components);
    }
  }

  private void joinBand(int band, long[][] bands, long[][] shingles, UnionFind components) {
    var buckets = new HashMap<Long, List<Integer>>();
    for (int i = 0; i < bands.length; i++) {
      if (shingles[i].length > 0) {
        buckets.computeIfAbsent(bands[i][band], key -> new ArrayList<>()).add(i);
      }
    }
    for (List<Integer> bucket : buckets.values()) {
      for (int i = 1; i < bucket.size(); i++) {
        for (int j = 0; j < i; j++) {
          int a = bucket.get(i);
          int b = bucket.get(j);
          if (components.leader(a) != components.leader(b) && jaccard(shingles[a], shingles[b]) >= threshold) {
            components.join(a, b);
          }
        }
      }
    }
  }

  private static Map<String, String> leaders(List<Document> documents, UnionFind components) {
    var smallest = new HashMap<Long, String>();
    for (int i = 0; i < documents.size(); i++) {
      smallest.merge(components.leader(i), documents.get(i).id(), (a, b) -> a.compareTo(b) <= 0 ? a : b);
    }
    var leaders = new HashMap<String, String>();
    for (int i = 0; i < documents.size(); i++) {
      leaders.put(documents.get(i).id(), smallest.getOrDefault(components.leader(i), documents.get(i).id()));
    }
    return leaders;
  }

  /// The hashes of all shingles, sorted, each once. A text of fewer than five tokens has none.
  static long[] shingles(String text) {
    LongStream.Builder hashes = LongStream.builder();
    long tokens = SHINGLES.forEach(text, 0, text.length(), hashes);
    return tokens < SHINGLES.size() ? new long[0] : hashes.build().sorted().distinct().toArray();
  }

  /// One hash for each band of the signature.
  private static long[] bands(long[] shingles) {
    MinHash.Signer signer = MIN_HASH.signer();
    for (long shingle : shingles) {
      signer.accept(shingle);
    }
    ByteBuffer signature = ByteBuffer.allocate(MIN_HASH.bytes());
    signer.sign(signature);
    var bands = new long[BANDS];
    for (int band = 0; band < BANDS; band++) {
      bands[band] = signature.getLong(band * ROWS * MinHash.BYTES);
    }
    return bands;
  }

  /// The share of two sorted sets' union that both hold.
  static double jaccard(long[] a, long[] b) {
    int both = 0;
    int i = 0;
    int j = 0;
    while (i < a.length && j < b.length) {
      if (a[i] == b[j]) {
        both++;
        i++;
        j++;
      } else if (a[i] < b[j]) {
        i++;
      } else {
        j++;
      }
    }
    int union = a.length + b.length - both;
    return union == 0 ? 0 : (double) both / union;
  }
}
