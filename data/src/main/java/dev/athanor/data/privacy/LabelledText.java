package dev.athanor.data.privacy;

import dev.athanor.base.UserException;
import dev.athanor.data.flow.Span;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/// A text of the labelled set: what is personal in it, by hand. The set is made by `bench/peers/privacy_labelled.py`: templates
/// written by hand, values from fictional ranges or drawn with valid checksums.
///
/// @param language "en", "zh" or "code"; "own" of a user's texts
/// @param labels in order; none for a hard negative
public record LabelledText(String language, String text, List<Label> labels) {
  public static final List<String> LANGUAGES = List.of("en", "zh", "code");

  /// What stands for the language of a user's own texts.
  private static final String OWN = "own";

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

  /// A file of one's own: a text a line, marked as the built-in ones are, `Call ⟦phone:212-555-0143⟧`.
  ///
  /// @throws UserException for a file that cannot be read or a mark that is not whole; names the line
  public static List<LabelledText> read(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new UserException("cannot read " + file + " as UTF-8: " + e.getMessage(), e);
    }
    var texts = new ArrayList<LabelledText>();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        requireWhole(lines.get(i), file + ":" + (i + 1));
        texts.add(parse(OWN, lines.get(i)));
      }
    }
    if (texts.isEmpty()) {
      throw new UserException(file + " holds no text");
    }
    return texts;
  }

  private static void requireWhole(String line, String place) {
    int at = 0;
    for (int open = line.indexOf('⟦'); open >= 0; open = line.indexOf('⟦', at)) {
      int colon = line.indexOf(':', open);
      int close = line.indexOf('⟧', open);
      String kind = colon < 0 || colon > close ? "" : line.substring(open + 1, colon);
      if (Arrays.stream(PiiKind.values()).noneMatch(known -> known.key().equals(kind))) {
        String kinds = Arrays.stream(PiiKind.values()).map(PiiKind::key).collect(Collectors.joining(", "));
        throw new UserException(place + ": a mark is ⟦kind:text⟧, and a kind is one of " + kinds);
      }
      at = close + 1;
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
