package dev.athanor.cli.tokenizer;

import dev.athanor.base.UserException;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Footprint;
import dev.athanor.model.ModelSpec;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a vocabulary costs a decoder: its matrices' parameters, and the work of a token.
///
/// A token takes two operations for each parameter of a matrix that it meets, the head's `vocabulary · width` among them, and three
/// times that in training; attention over a sequence adds `heads · headDim` for each position, as in [ModelSpec#trainingFlopsPerToken].
///
/// @param body parameters of matrices that a token meets, without the vocabulary's
/// @param width of the hidden states
/// @param tied whether the head is the embedding's matrix
/// @param mixing parameters that attention's work is worth, at `length`
/// @param cacheNumbers keys and values of a token, of all layers
/// @param length of a sequence, in tokens
public record StudyModel(String name, double body, int width, boolean tied, double mixing, long cacheNumbers, int length) {
  private static final int CACHE_BYTES = 2;
  private static final int DEFAULT_LENGTH = 2048;
  private static final Pattern SIZE = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([KMBT])?", Pattern.CASE_INSENSITIVE);

  /// Of widths and depths as they are usual: a decoder is about so many times as wide as it has layers.
  private static final int WIDTH_PER_LAYER = 80;

  /// @throws UserException where it is no decoder
  public static StudyModel of(String name, ModelSpec spec) {
    if (!(spec instanceof DecoderSpec decoder)) {
      throw new UserException(name + " is of kind '" + spec.kind() + "'; the cost of a vocabulary is told of decoders");
    }
    int length = Math.min(DEFAULT_LENGTH, decoder.contextLength());
    double perToken = decoder.trainingFlopsPerToken(length) / 6;
    return new StudyModel(
        name,
        (double) (decoder.matmulParameters() - (long) decoder.vocabSize() * decoder.hiddenSize()),
        decoder.hiddenSize(),
        decoder.tiedHead(),
        perToken - decoder.matmulParameters(),
        Footprint.cache(decoder).map(Footprint.Cache::perToken).orElse(0L),
        length);
  }

  /// A plain decoder of so many parameters without the vocabulary's: layers of `12 · width²`, 80 times as wide as deep, keys and values
  /// for a quarter of the heads, a tied head.
  ///
  /// @param size such as "500M" or "7B"
  public static StudyModel ofSize(String size) {
    Matcher matcher = SIZE.matcher(size.strip());
    if (!matcher.matches()) {
      throw new UserException("--model-size: '" + size + "' is no number of parameters such as 125M or 7B");
    }
    String unit = matcher.group(2) == null ? "" : matcher.group(2).toUpperCase(Locale.ROOT);
    double parameters = Double.parseDouble(matcher.group(1)) * Math.pow(1000, unit.isEmpty() ? 0 : "KMBT".indexOf(unit) + 1);
    if (parameters < 1e5 || parameters > 1e14) {
      throw new UserException("--model-size: %s is not between 100K and 100T".formatted(size));
    }
    int width = Math.max(64, Math.toIntExact(Math.round(Math.cbrt(parameters * WIDTH_PER_LAYER / 12) / 64) * 64));
    double layers = Math.max(1, Math.rint(parameters / (12.0 * width * width)));
    return new StudyModel(
        "a decoder of " + size.strip() + " parameters without its vocabulary's",
        parameters,
        width,
        true,
        layers * width * DEFAULT_LENGTH,
        (long) (layers * width / 2),
        DEFAULT_LENGTH);
  }

  public long embeddingParameters(int vocabulary) {
    return (long) vocabulary * width * (tied ? 1 : 2);
  }

  /// Of forward and backward.
  public double trainingFlops(int vocabulary) {
    return 6 * (body + mixing + (double) vocabulary * width);
  }

  public double inferenceFlops(int vocabulary) {
    return trainingFlops(vocabulary) / 3;
  }

  /// Keys and values of a token in 16 bits.
  public long cacheBytes() {
    return cacheNumbers * CACHE_BYTES;
  }
}
