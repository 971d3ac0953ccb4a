package dev.athanor.inference.quantize;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// How whole numbers are found for a matrix.
public enum Method {
  /// Each group of columns by itself, to the nearest: what the engine does with `--weights`.
  RTN(false, false),
  /// Columns whose inputs are large are made large before rounding, and what comes before them small by as much. Lin et al.,
  /// https://arxiv.org/abs/2306.00978
  AWQ(true, false),
  /// What the rounding of a column does to the outputs is made up for by those that are still to be rounded. Frantar et al.,
  /// https://arxiv.org/abs/2210.17323
  GPTQ(false, true),
  /// Both: the columns' scales, then the rounding that makes up for itself.
  AWQ_GPTQ(true, true);

  private final boolean folds;
  private final boolean corrects;

  Method(boolean folds, boolean corrects) {
    this.folds = folds;
    this.corrects = corrects;
  }

  /// Whether columns are scaled.
  boolean folds() {
    return folds;
  }

  /// Whether errors are made up for.
  boolean corrects() {
    return corrects;
  }

  /// Whether it needs to see what the matrices read.
  public boolean calibrates() {
    return folds || corrects;
  }

  /// As options and reports name it.
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public static Optional<Method> of(String key) {
    return Arrays.stream(values()).filter(method -> method.key().equals(key)).findFirst();
  }
}
