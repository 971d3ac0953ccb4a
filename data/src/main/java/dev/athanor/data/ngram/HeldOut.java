package dev.athanor.data.ngram;

import dev.athanor.base.Progress;
import dev.athanor.data.SplitMix64;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/// Texts for training, from which some are put aside to measure perplexities on: a share of them, chosen by their content alone, until
/// they fill 16 million characters.
public final class HeldOut implements Iterator<String> {
  private static final long MOST_CHARS = 1 << 24;
  private static final long SEED = 0x4865_6c64_4f75_7421L;

  private final Iterator<String> texts;
  private final double share;
  private final List<String> documents = new ArrayList<>();
  private long chars;
  private @Nullable String next;

  /// @param share 0 ≤ share < 1
  public HeldOut(Iterator<String> texts, double share) {
    this.texts = texts;
    this.share = share;
  }

  @Override
  public boolean hasNext() {
    while (next == null && texts.hasNext()) {
      String text = texts.next();
      if (isChosen(text) && chars + text.length() <= MOST_CHARS) {
        documents.add(text);
        chars += text.length();
      } else {
        next = text;
      }
    }
    return next != null;
  }

  private boolean isChosen(String text) {
    return share > 0 && (SplitMix64.hash(text, SEED) >>> 11) * 0x1p-53 < share;
  }

  @Override
  public String next() {
    String text = hasNext() ? next : null;
    if (text == null) {
      throw new NoSuchElementException("there is no further text");
    }
    next = null;
    return text;
  }

  /// Those that were put aside, when all texts are read.
  public List<String> documents() {
    return documents;
  }

  /// The perplexity of each text that has units.
  public static double[] perplexities(WordModel model, Iterator<String> texts, Progress.Task task) {
    double[] all = new double[1 << 10];
    int count = 0;
    while (texts.hasNext()) {
      WordModel.Likelihood likelihood = model.likelihood(texts.next());
      task.advance(1);
      if (likelihood.units() > 0) {
        if (count == all.length) {
          all = Arrays.copyOf(all, 2 * count);
        }
        all[count++] = likelihood.perplexity();
      }
    }
    return Arrays.copyOf(all, count);
  }
}
