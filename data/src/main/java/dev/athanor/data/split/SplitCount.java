package dev.athanor.data.split;

import dev.athanor.data.Document;
import java.util.BitSet;
import java.util.SortedMap;
import java.util.TreeMap;

/// A `SplitReport.Split` while it is being counted.
final class SplitCount {
  private final SortedMap<String, Long> bytesByOrigin = new TreeMap<>();
  private final SortedMap<String, SplitReport.Size> docLanguages = new TreeMap<>();
  private final BitSet units = new BitSet();
  private long documents;
  private long bytes;
  private Leak.Bytes leak = Leak.Bytes.NONE;

  void add(Document document, int unit) {
    long size = document.utf8Bytes();
    documents++;
    bytes += size;
    units.set(unit);
    bytesByOrigin.merge(document.origin(), size, Long::sum);
    docLanguages.merge(
        document.metadata().getOrDefault("docLanguage", "none"), new SplitReport.Size(1, size), SplitReport.Size::plus);
  }

  void add(Leak.Bytes shared) {
    leak = leak.plus(shared);
  }

  /// @param part train shares all with itself
  SplitReport.Split told(Part part) {
    double share = part == Part.TRAIN ? 1 : leak.share();
    return new SplitReport.Split(documents, bytes, units.cardinality(), bytesByOrigin, docLanguages, share);
  }
}
