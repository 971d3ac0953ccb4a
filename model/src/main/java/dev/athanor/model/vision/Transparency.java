package dev.athanor.model.vision;

/// What becomes of an image's transparency, as a vision tower sees none.
public enum Transparency {
  /// It lies on a white ground. So the published processors have it (transformers 5.23).
  ON_WHITE,
  /// It is dropped, and what was hidden shows: often black. So the older ones had it, and the original LLaVA, by Pillow's
  /// `convert("RGB")`.
  DROPPED
}
