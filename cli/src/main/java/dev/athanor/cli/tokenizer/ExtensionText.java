package dev.athanor.cli.tokenizer;

import dev.athanor.cli.bench.TextTable;
import dev.athanor.cli.model.Amounts;
import dev.athanor.tokenizer.BpeExtension;
import dev.athanor.tokenizer.KindCounts;
import dev.athanor.tokenizer.Packing;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What an extension of a tokenizer came to, in lines for people.
public final class ExtensionText {
  private ExtensionText() {}

  /// @param texts to compare on, counted as the base cuts them
  /// @param alphabet characters that had to become tokens; may be empty
  public static List<String> of(BpeExtension extension, KindCounts texts, String alphabet) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s new tokens, ids %s to %s; the base has %s"
            .formatted(
                Amounts.exact(extension.count()),
                Amounts.exact(extension.first()),
                Amounts.exact(extension.extended().vocabSize() - 1L),
                Amounts.exact(extension.first())));
    lines.add("");
    List<List<String>> rows = new ArrayList<>();
    extension
        .gains(texts)
        .forEach(
            (kind, gain) ->
                rows.add(
                    List.of(
                        kind,
                        figures("%.3f", 1, gain, Packing::bytesPerToken),
                        figures("%.3f", 1, gain, Packing::charactersPerToken),
                        figures("%.1f %%", 100, gain, Packing::wordCoverage),
                        figures("%.1f %%", 100, gain, Packing::hanCoverage),
                        figures("%.1f %%", 100, gain, Packing::distinctHanCoverage))));
    lines.addAll(
        new TextTable(
                List.of(
                    "texts", "bytes/token", "characters/token", "words in one token", "Chinese characters in one token",
                    "different ones that are tokens"),
                rows)
            .lines());
    if (!alphabet.isEmpty()) {
      double[] shares = extension.shareOfOne(alphabet);
      lines.add("");
      lines.add(
          String.format(
              Locale.ROOT, "the alphabet's %,d characters: %.1f %% → %.1f %% are one token each",
              alphabet.codePoints().distinct().count(), 100 * shares[0], 100 * shares[1]));
    }
    return lines;
  }

  private interface Of {
    double of(Packing packing);
  }

  private static String figures(String format, double unit, BpeExtension.Gain gain, Of value) {
    return figure(format, unit * value.of(gain.before())) + " → " + figure(format, unit * value.of(gain.after()));
  }

  private static String figure(String format, double value) {
    return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, format, value);
  }
}
