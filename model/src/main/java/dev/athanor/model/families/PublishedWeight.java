package dev.athanor.model.families;

import java.util.List;

/// A tensor of a published checkpoint and the weights of ours that it holds.
///
/// @param name in the published file
/// @param transposed it is stored [in, out], as GPT-2's
/// @param parts our names; where there are several, they lie one below the other ([out, in] rows)
/// @param asRow a vector that is stored as a matrix of one row
public record PublishedWeight(String name, boolean transposed, List<String> parts, boolean asRow) {
  public PublishedWeight {
    parts = List.copyOf(parts);
  }

  public PublishedWeight(String name, boolean transposed, List<String> parts) {
    this(name, transposed, parts, false);
  }

  /// The same numbers under another name.
  public static PublishedWeight same(String name, String ours) {
    return new PublishedWeight(name, false, List.of(ours));
  }
}
