package dev.athanor.data.split;

import dev.athanor.data.dedup.UnionFind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Which package each document of a corpus is in and how long it is: 12 bytes a document, and the packages' names.
final class Packages {
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> names = new ArrayList<>();
  private final List<String> origins = new ArrayList<>();
  private int[] unitOf = new int[1024];
  private long[] bytesOf = new long[1024];
  private int documents;
  private long bytes;

  /// Takes the next document.
  void add(String origin, String unit, long utf8Bytes) {
    if (documents == unitOf.length) {
      int more = Math.toIntExact(2L * documents);
      unitOf = Arrays.copyOf(unitOf, more);
      bytesOf = Arrays.copyOf(bytesOf, more);
    }
    Integer number = numbers.get(unit);
    if (number == null) {
      number = names.size();
      numbers.put(unit, number);
      names.add(unit);
      origins.add(origin);
    }
    unitOf[documents] = number;
    bytesOf[documents++] = utf8Bytes;
    bytes += utf8Bytes;
  }

  int documents() {
    return documents;
  }

  long bytes() {
    return bytes;
  }

  /// The package of a document, from 0.
  int unit(int document) {
    return unitOf[document];
  }

  /// The documents that have a near-duplicate in another package.
  BitSet spread(UnionFind groups) {
    var leaders = new BitSet();
    for (int document = 0; document < documents; document++) {
      int leader = (int) groups.leader(document);
      if (unitOf[leader] != unitOf[document]) {
        leaders.set(leader);
      }
    }
    var spread = new BitSet();
    for (int document = 0; document < documents; document++) {
      spread.set(document, leaders.get((int) groups.leader(document)));
    }
    return spread;
  }

  /// The part that each package is drawn into.
  ///
  /// @param spread documents that cannot be held out
  List<Part> assign(PackageSplit split, BitSet spread) {
    var clean = new long[names.size()];
    var totals = new HashMap<String, Long>();
    for (int document = 0; document < documents; document++) {
      totals.merge(origins.get(unitOf[document]), bytesOf[document], Long::sum);
      clean[unitOf[document]] += spread.get(document) ? 0 : bytesOf[document];
    }
    List<PackageSplit.Unit> units = new ArrayList<>();
    for (int unit = 0; unit < clean.length; unit++) {
      units.add(new PackageSplit.Unit(origins.get(unit), names.get(unit), clean[unit]));
    }
    Map<String, Part> parts = split.assign(units, totals);
    return names.stream().map(name -> parts.getOrDefault(name, Part.TRAIN)).toList();
  }
}
