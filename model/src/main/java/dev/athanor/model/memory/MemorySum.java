package dev.athanor.model.memory;

import java.util.List;

/// What is in memory at the moment that needs most of it, part by part.
public record MemorySum(List<Part> parts) {
  /// @param note how it comes about, for people; may be empty
  public record Part(String label, long bytes, String note) {
    public Part {
      if (bytes < 0) {
        throw new IllegalArgumentException(label + " takes " + bytes + " bytes");
      }
    }
  }

  public MemorySum {
    parts = List.copyOf(parts);
  }

  /// All parts together.
  public long bytes() {
    return parts.stream().mapToLong(Part::bytes).sum();
  }

  /// The bytes of the part of this name; 0 where there is none.
  public long bytes(String label) {
    return parts.stream().filter(part -> part.label().equals(label)).mapToLong(Part::bytes).sum();
  }
}
