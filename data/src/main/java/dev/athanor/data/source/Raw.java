package dev.athanor.data.source;

import dev.athanor.data.source.Partition.RawRecord;
import java.util.function.Supplier;

/// A record with what makes a document of it.
record Raw(long bytes, Supplier<Extracted> how) implements RawRecord {
  /// A record of which it is known already that no document will come.
  static Raw aside(String place, String reason, String detail) {
    return new Raw(0, () -> new Extracted.SetAside(place, reason, detail));
  }

  @Override
  public Extracted extract() {
    return how.get();
  }
}
