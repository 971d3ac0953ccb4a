package dev.athanor.model.vision;

/// A size that an image is brought to: `size` and `crop_size` of `preprocessor_config.json`.
public sealed interface Size {
  /// The shorter edge gets this length and the longer one keeps the proportion, rounded down.
  record ShortestEdge(int length) implements Size {
    public ShortestEdge {
      if (length <= 0) {
        throw new IllegalArgumentException("an edge of " + length + " pixels");
      }
    }
  }

  /// Exactly so many pixels, whatever the proportion.
  record Exact(int height, int width) implements Size {
    public Exact {
      if (height <= 0 || width <= 0) {
        throw new IllegalArgumentException("a size of " + height + " x " + width + " pixels");
      }
    }

    public static Exact square(int edge) {
      return new Exact(edge, edge);
    }

    long pixels() {
      return (long) height * width;
    }
  }

  /// What an image of this size gets. An edge beyond an `int` stays at its limit.
  default Exact of(int height, int width) {
    return switch (this) {
      case Exact exact -> exact;
      case ShortestEdge shortest when width <= height ->
          new Exact(longEdge(shortest.length, height, width), shortest.length);
      case ShortestEdge shortest -> new Exact(shortest.length, longEdge(shortest.length, width, height));
    };
  }

  /// As the published processors work it out: the quotient in double precision, then cut off.
  private static int longEdge(int newShort, int oldLong, int oldShort) {
    return (int) ((double) ((long) newShort * oldLong) / oldShort);
  }
}
