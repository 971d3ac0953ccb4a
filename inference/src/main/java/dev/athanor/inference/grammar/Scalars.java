package dev.athanor.inference.grammar;

import dev.athanor.base.UserException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which strings and numbers facts allow, as automata over their characters.
final class Scalars {
  /// A longer `maxLength` is read as this one.
  static final int LONGEST = 4096;

  private static final String NUMBER = "-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,15})?([eE][+-]?[0-9]{1,2})?";
  /// Decimal digits that a double keeps: with more, a number could be read as its bound.
  private static final int DOUBLE_DIGITS = 15;

  private static final int MAX_UNITS = 10_000;

  private final Budget budget;
  private final Map<String, Expression> patterns = new HashMap<>();

  Scalars(Budget budget) {
    this.budget = budget;
  }

  /// The strings' values; null: all.
  @Nullable CharAutomaton strings(Facts facts) {
    List<CharAutomaton> all = new ArrayList<>();
    facts.patterns().forEach((pattern, at) -> all.add(CharAutomaton.containing(parsed(pattern, at, "pattern"), budget)));
    facts.formats().forEach((format, at) -> all.add(CharAutomaton.matching(format(format, at), budget)));
    int max = facts.maxLength();
    if (facts.minLength() > 0 || max >= 0) {
      int most = max < 0 ? -1 : Math.min(max, Math.max(LONGEST, facts.minLength()));
      all.add(
          max >= 0 && max < facts.minLength()
              ? CharAutomaton.matching(new Expression.Choice(List.of()), budget)
              : CharAutomaton.ofLength(facts.minLength(), most, budget));
    }
    return all.stream().reduce(CharAutomaton::intersect).orElse(null);
  }

  private Expression format(String format, Schema at) {
    String pattern = Formats.pattern(format);
    if (pattern == null) {
      throw at.wrong(
          "format", "'" + format + "' is not supported for generation; there is " + String.join(", ", Formats.names()));
    }
    return parsed(pattern, at, "format");
  }

  Expression parsed(String pattern, Schema at, String keyword) {
    Expression known = patterns.get(pattern);
    if (known == null) {
      try {
        known = RegexParser.parse(pattern);
      } catch (UserException e) {
        throw at.wrong(keyword, String.valueOf(e.getMessage()));
      }
      patterns.put(pattern, known);
    }
    return known;
  }

  /// Whether a property's name is one that a name pattern is for.
  boolean contains(String pattern, Schema at, String name) {
    return CharAutomaton.containing(parsed(pattern, at, "patternProperties"), budget).accepts(name);
  }

  /// The numbers' texts.
  CharAutomaton numbers(Facts facts) {
    BigDecimal low = facts.low();
    BigDecimal high = facts.high();
    boolean whole = facts.whole();
    if (!facts.multiples().isEmpty()) {
      // Readers that use doubles must come to the same remainder.
      int scale = whole ? 0 : facts.multiples().stream().mapToInt(Scalars::scale).max().orElse(0);
      BigDecimal exact = BigDecimal.TEN.pow(Math.max(1, DOUBLE_DIGITS - scale)).subtract(BigDecimal.ONE);
      low = low == null || low.compareTo(exact.negate()) < 0 ? exact.negate() : low;
      high = high == null || high.compareTo(exact) > 0 ? exact : high;
    }
    int fraction = whole ? 0 : Math.max(1, DOUBLE_DIGITS - Math.max(digits(low), digits(high)));
    if (!whole && low == null && high == null && facts.multiples().isEmpty()) {
      return CharAutomaton.matching(RegexParser.parse(NUMBER), budget);
    }
    List<CharAutomaton> multiples = new ArrayList<>();
    for (BigDecimal multiple : facts.multiples()) {
      int scale = Math.max(0, multiple.scale());
      BigInteger units = multiple.movePointRight(scale).toBigInteger();
      if (whole) {
        // The whole numbers among the multiples of 7.5 are the multiples of 15.
        units = units.divide(units.gcd(BigInteger.TEN.pow(scale)));
        scale = 0;
      }
      if (units.compareTo(BigInteger.valueOf(MAX_UNITS)) > 0 || scale > 15) {
        throw facts.tooMany("multipleOf", "only multiples of at most four digits and 15 places are supported");
      }
      multiples.add(Decimals.multiples(units.intValueExact(), scale, budget));
      fraction = Math.min(fraction, scale);
    }
    boolean lowIn = facts.lowInclusive();
    boolean highIn = facts.highInclusive();
    if (fraction == 0 && low != null) {
      BigDecimal up = low.setScale(0, RoundingMode.CEILING);
      low = !lowIn && up.compareTo(low) == 0 ? up.add(BigDecimal.ONE) : up;
      lowIn = true;
    }
    if (fraction == 0 && high != null) {
      BigDecimal down = high.setScale(0, RoundingMode.FLOOR);
      high = !highIn && down.compareTo(high) == 0 ? down.subtract(BigDecimal.ONE) : down;
      highIn = true;
    }
    CharAutomaton out =
        low != null && high != null && low.compareTo(high) > 0
            ? CharAutomaton.matching(new Expression.Choice(List.of()), budget)
            : Decimals.between(low, lowIn, high, highIn, places(fraction, low, high, facts), budget);
    for (CharAutomaton multiple : multiples) {
      out = out.intersect(multiple);
    }
    return out;
  }

  /// Digits behind the point: at least those of the bounds, unless multiples allow fewer.
  private static int places(int fraction, @Nullable BigDecimal low, @Nullable BigDecimal high, Facts facts) {
    return facts.multiples().isEmpty() && fraction > 0 ? Math.max(fraction, Math.max(scale(low), scale(high))) : fraction;
  }

  /// Digits before the point.
  private static int digits(@Nullable BigDecimal value) {
    return value == null ? 0 : Math.max(0, value.precision() - value.scale());
  }

  private static int scale(@Nullable BigDecimal value) {
    return value == null ? 0 : Math.max(0, value.stripTrailingZeros().scale());
  }

  /// Whether a number is one of those, whatever way it is written.
  static boolean allows(Facts facts, BigDecimal value) {
    if (facts.whole() && value.signum() != 0 && value.stripTrailingZeros().scale() > 0) {
      return false;
    }
    BigDecimal low = facts.low();
    BigDecimal high = facts.high();
    int aboveLow = low == null ? 1 : value.compareTo(low);
    int belowHigh = high == null ? 1 : high.compareTo(value);
    return (aboveLow > 0 || (aboveLow == 0 && facts.lowInclusive()))
        && (belowHigh > 0 || (belowHigh == 0 && facts.highInclusive()))
        && facts.multiples().stream().allMatch(multiple -> value.remainder(multiple).signum() == 0);
  }
}
