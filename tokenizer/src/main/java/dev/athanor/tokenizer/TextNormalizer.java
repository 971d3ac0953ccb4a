package dev.athanor.tokenizer;

import dev.athanor.base.UserException;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// Unicode's normal forms, as a step before a tokenizer.
public enum TextNormalizer {
  NONE(Integer.MAX_VALUE),
  NFC(0x300),
  NFKC(0xA0);

  /// Text of smaller characters alone is in normal form.
  private final int firstChanging;

  TextNormalizer(int firstChanging) {
    this.firstChanging = firstChanging;
  }

  /// @throws UserException listing those there are
  public static TextNormalizer named(String name) {
    return Arrays.stream(values())
        .filter(normalizer -> normalizer.key().equals(name.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new UserException(
                    "there is no normalizer '" + name + "'; there are "
                        + Arrays.stream(values()).map(TextNormalizer::key).collect(Collectors.joining(", "))));
  }

  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The same object where nothing changes.
  public String apply(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= firstChanging) {
        return Normalizer.normalize(text, this == NFC ? Normalizer.Form.NFC : Normalizer.Form.NFKC);
      }
    }
    return text;
  }
}
