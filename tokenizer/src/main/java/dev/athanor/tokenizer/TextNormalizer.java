package dev.athanor.tokenizer;

import dev.athanor.base.UserException;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Unicode's normal forms, as a step before a tokenizer.
public enum TextNormalizer {
  NONE(null),
  NFC(Normalizer.Form.NFC),
  NFKC(Normalizer.Form.NFKC);

  /// What each character becomes by itself, where it does so in any text whose characters all have an entry; 0 of the others.
  // Filled once, then read.
  @SuppressWarnings("ImmutableEnumChecker")
  private final char[] alone;

  private final Normalizer.@Nullable Form form;

  TextNormalizer(Normalizer.@Nullable Form form) {
    this.form = form;
    this.alone = form == null ? new char[0] : alone(form);
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
    Normalizer.Form to = form;
    if (to == null) {
      return text;
    }
    int same = 0;
    while (same < text.length() && text.charAt(same) != 0 && alone[text.charAt(same)] == text.charAt(same)) {
      same++;
    }
    if (same == text.length()) {
      return text;
    }
    char[] chars = text.toCharArray();
    for (int i = same; i < chars.length; i++) {
      chars[i] = alone[chars[i]];
      if (chars[i] == 0) {
        return Normalizer.normalize(text, to);
      }
    }
    return new String(chars);
  }

  /// Characters act on each other through marks, the letters of Hangul, and halves of surrogate pairs alone; the second of a canonical
  /// composition is always one of those.
  private static char[] alone(Normalizer.Form form) {
    char[] alone = new char[1 << 16];
    for (char c = 1; c < Character.MAX_VALUE; c++) {
      if (!acts(c)) {
        String normal = Normalizer.normalize(String.valueOf(c), form);
        alone[c] = normal.length() == 1 && !acts(normal.charAt(0)) ? normal.charAt(0) : 0;
      }
    }
    return alone;
  }

  private static boolean acts(char c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK, Character.SURROGATE -> true;
      default -> (c >= 0x1100 && c < 0x1200) || (c >= 0xA960 && c < 0xA980) || (c >= 0xD7B0 && c < 0xD800);
    };
  }
}
