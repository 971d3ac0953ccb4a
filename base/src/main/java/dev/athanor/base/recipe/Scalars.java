package dev.athanor.base.recipe;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Single values: how a recipe writes them, and back.
final class Scalars {
  private static final Pattern COUNT = Pattern.compile("([+-]?[0-9][0-9_]*(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?)([kKMGBT]?)");
  private static final Map<String, BigDecimal> SUFFIXES =
      Map.of(
          "", BigDecimal.ONE,
          "k", BigDecimal.TEN.pow(3),
          "K", BigDecimal.TEN.pow(3),
          "M", BigDecimal.TEN.pow(6),
          "G", BigDecimal.TEN.pow(9),
          "B", BigDecimal.TEN.pow(9),
          "T", BigDecimal.TEN.pow(12));
  private static final Pattern DURATION_PART = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,3})?)(ms|s|m|h|d)");
  private static final Pattern DURATION = Pattern.compile("(?:" + DURATION_PART.pattern() + ")+");
  private static final Map<String, Long> UNIT_MILLIS =
      Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

  private Scalars() {}

  /// A value that could not be read; the message says what was expected.
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1;

    Unreadable(String expected) {
      super(expected);
    }
  }

  static boolean reads(Class<?> type) {
    return type.isEnum()
        || type.isPrimitive()
        || List.of(String.class, Boolean.class, Integer.class, Long.class, Float.class, Double.class, Duration.class, Path.class)
            .contains(type);
  }

  static Object read(String text, Class<?> type) throws Unreadable {
    if (type == String.class) {
      return text;
    } else if (type == boolean.class || type == Boolean.class) {
      return readBoolean(text);
    } else if (type == int.class || type == Integer.class) {
      return (int) readCount(text, Integer.MIN_VALUE, Integer.MAX_VALUE);
    } else if (type == long.class || type == Long.class) {
      return readCount(text, Long.MIN_VALUE, Long.MAX_VALUE);
    } else if (type == double.class || type == Double.class) {
      return readNumber(text);
    } else if (type == float.class || type == Float.class) {
      return (float) readNumber(text);
    } else if (type == Duration.class) {
      return readDuration(text);
    } else if (type == Path.class) {
      return readPath(text);
    } else if (type.isEnum()) {
      return readEnum(text, type);
    }
    throw new IllegalStateException("a recipe cannot hold a " + type.getName());
  }

  private static boolean readBoolean(String text) throws Unreadable {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new Unreadable("expected true or false, found '" + text + "'");
    };
  }

  private static long readCount(String text, long least, long most) throws Unreadable {
    Matcher matcher = COUNT.matcher(text);
    if (!matcher.matches()) {
      throw new Unreadable("expected an integer, found '" + text + "'" + (text.isEmpty() ? "" : countHint(text)));
    }
    BigDecimal value = new BigDecimal(matcher.group(1).replace("_", "")).multiply(SUFFIXES.getOrDefault(matcher.group(2), BigDecimal.ONE));
    if (value.setScale(0, RoundingMode.DOWN).compareTo(value) != 0) {
      throw new Unreadable("expected an integer, found '" + text + "'");
    }
    if (value.compareTo(BigDecimal.valueOf(least)) < 0 || value.compareTo(BigDecimal.valueOf(most)) > 0) {
      throw new Unreadable("'%s' is out of range; the largest is %d".formatted(text, most));
    }
    return value.longValueExact();
  }

  private static String countHint(String text) {
    return Character.isDigit(text.charAt(0)) ? "; write it like 4000000, 4_000_000 or 4M" : "";
  }

  private static double readNumber(String text) throws Unreadable {
    try {
      double value = text.matches("[+-]?[0-9._]+([eE][+-]?[0-9]+)?") ? Double.parseDouble(text.replace("_", "")) : Double.NaN;
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw new Unreadable("expected a number, found '" + text + "'");
    }
    throw new Unreadable("expected a number, found '" + text + "'");
  }

  private static Duration readDuration(String text) throws Unreadable {
    if (!DURATION.matcher(text).matches()) {
      throw new Unreadable("expected a duration such as 90s, 10m or 1h30m, found '" + text + "'");
    }
    Duration sum = Duration.ZERO;
    Matcher part = DURATION_PART.matcher(text);
    while (part.find()) {
      BigDecimal millis = new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(UNIT_MILLIS.getOrDefault(part.group(2), 0L)));
      sum = sum.plusMillis(millis.longValue());
    }
    return sum;
  }

  private static Path readPath(String text) throws Unreadable {
    if (text.isEmpty()) {
      throw new Unreadable("expected a path, found nothing");
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new Unreadable("expected a path, found '" + text + "': " + e.getReason());
    }
  }

  private static Object readEnum(String text, Class<?> type) throws Unreadable {
    List<Enum<?>> constants = Arrays.stream(type.getEnumConstants()).<Enum<?>>map(Enum.class::cast).toList();
    String wanted = Names.normal(text);
    Optional<Enum<?>> found = constants.stream().filter(c -> Names.normal(Names.of(c)).equals(wanted)).findFirst();
    if (found.isPresent()) {
      return found.get();
    }
    List<String> valid = constants.stream().map(Names::of).toList();
    throw new Unreadable("unknown value '" + text + "'" + Names.suggestion(text, valid));
  }

  /// A duration as a recipe writes it: "1h30m", "0s", "250ms".
  static String write(Duration duration) {
    StringBuilder text = new StringBuilder();
    long millis = duration.toMillis();
    for (String unit : List.of("d", "h", "m", "s", "ms")) {
      long size = UNIT_MILLIS.getOrDefault(unit, 1L);
      if (millis >= size) {
        text.append(String.format(Locale.ROOT, "%d%s", millis / size, unit));
        millis %= size;
      }
    }
    return text.isEmpty() ? "0s" : text.toString();
  }
}
