package dev.athanor.cli.model;

import dev.athanor.model.VisionLanguageSpec;
import dev.athanor.model.VisionSpec;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/// What models are held against each other on: short sequences of random tokens, and images of noise. Equal seeds give equal inputs.
final class RandomInputs {
  /// The longest sequence.
  private static final int LENGTH = 64;
  private static final int TEXT_AROUND_AN_IMAGE = 16;

  private final Random random;

  RandomInputs(long seed) {
    random = new Random(seed);
  }

  /// A long one, one of half its length and one of three tokens, as far as the context goes.
  List<int[]> sequences(int vocabulary, int context) {
    int longest = Math.min(LENGTH, context);
    return IntStream.of(longest, Math.max(1, longest / 2), Math.min(3, longest))
        .mapToObj(length -> random.ints(length, 0, vocabulary).toArray())
        .toList();
  }

  /// One image's positions with some text before and behind.
  int[] aroundAnImage(VisionLanguageSpec spec) {
    int image = spec.positionsPerImage();
    int around = Math.min(TEXT_AROUND_AN_IMAGE, Math.max(0, spec.contextLength() - image));
    int[] ids = new int[image + around];
    for (int i = 0; i < ids.length; i++) {
      boolean isImage = i >= around / 2 && i < around / 2 + image;
      int other = random.nextInt(spec.decoder().vocabSize() - 1);
      ids[i] = isImage ? spec.imageToken() : other < spec.imageToken() ? other : other + 1;
    }
    return ids;
  }

  /// Normalised pixels, [channels, height, width].
  float[] image(VisionSpec spec) {
    float[] pixels = new float[spec.channels() * spec.imageSize() * spec.imageSize()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    return pixels;
  }
}
