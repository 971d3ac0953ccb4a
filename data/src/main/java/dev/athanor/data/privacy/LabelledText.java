package dev.athanor.data.privacy;

import dev.athanor.data.flow.Span;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// A text of the labelled set: what is personal in it, by hand. The set is made by `bench/peers/privacy_labelled.py`: templates
/// written by hand, values from fictional ranges or drawn with valid checksums.
///
/// @param language "en", "zh" or "code"
/// @param labels in order; none for a hard negative
public record LabelledText(String language, String text, List<Label> labels) {
  public static final List<String> LANGUAGES = List.of("en", "zh", "code");

  public LabelledText {
    labels = List.copyOf(labels);
  }

  /// A labelled part.
  public record Label(PiiKind kind, Span span) {}

  /// The whole set.
  public static List<LabelledText> all() {
    return LANGUAGES.stream().flatMap(language -> read(language).stream()).toList();
  }

  private static List<LabelledText> read(String language) {
    String file = "labelled-" + language + ".txt";
    try (InputStream in = Objects.requireNonNull(LabelledText.class.getResourceAsStream(file), file)) {
      String content = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return content.lines().map(line -> parse(language, line)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  /// A line with `⟦kind:text⟧`, `\n` for a new line and `\j` for nothing.
  static LabelledText parse(String language, String line) {
    String plain = line.replace("\\n", "\n").replace("\\j", "");
    var text = new StringBuilder(plain.length());
    var labels = new ArrayList<Label>();
    int at = 0;
    for (int open = plain.indexOf('⟦'); open >= 0; open = plain.indexOf('⟦', at)) {
      int colon = plain.indexOf(':', open);
      int close = plain.indexOf('⟧', colon);
      text.append(plain, at, open);
      int from = text.length();
      text.append(plain, colon + 1, close);
      labels.add(new Label(PiiKind.valueOf(plain.substring(open + 1, colon).toUpperCase(Locale.ROOT)), new Span(from, text.length())));
      at = close + 1;
    }
    return new LabelledText(language, text.append(plain, at, plain.length()).toString(), labels);
  }
}
