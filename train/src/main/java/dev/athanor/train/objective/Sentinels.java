package dev.athanor.train.objective;

import dev.athanor.base.UserException;
import dev.athanor.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/// The tokens that stand for what was taken out of a text: the first for the first gap, and so on.
///
/// @param ids all different
public record Sentinels(int[] ids) {
  public Sentinels {
    Set<Integer> distinct = new HashSet<>();
    if (!Arrays.stream(ids).allMatch(id -> id >= 0 && distinct.add(id))) {
      throw new IllegalArgumentException("sentinels must be different tokens: " + Arrays.toString(ids));
    }
  }

  /// T5's: `<extra_id_0>`, `<extra_id_1>`, … as far as the tokenizer has them. There `<extra_id_0>` has the highest id and the
  /// others count down from it.
  ///
  /// @throws UserException where it has none
  public static Sentinels of(Tokenizer tokenizer) {
    IntStream.Builder ids = IntStream.builder();
    for (int i = 0; ; i++) {
      OptionalInt id = tokenizer.id(name(i));
      if (id.isEmpty()) {
        break;
      }
      ids.add(id.getAsInt());
    }
    Sentinels found = new Sentinels(ids.build().toArray());
    if (found.count() == 0) {
      throw new UserException(
          "the tokenizer has no sentinels; train it with the special tokens " + name(0) + ", " + name(1)
              + ", … or give the model a vocabulary larger than the tokenizer's");
    }
    return found;
  }

  /// The highest ids of a model's vocabulary, counting down.
  ///
  /// @param vocabSize the model's
  /// @param used ids that the tokenizer uses, the lowest of the vocabulary
  /// @throws UserException where so many do not fit above those
  public static Sentinels atTop(int vocabSize, int used, int count) {
    if (vocabSize - used < count) {
      throw new UserException(
          "a vocabulary of " + vocabSize + " has no room for " + count + " sentinels above the tokenizer's " + used
              + " tokens; a vocabulary of " + (used + count) + " has");
    }
    return new Sentinels(IntStream.range(0, count).map(i -> vocabSize - 1 - i).toArray());
  }

  public int count() {
    return ids.length;
  }

  private static String name(int i) {
    return "<extra_id_" + i + ">";
  }
}
