package dev.athanor.inference.grammar;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Decimal numbers within bounds, digit by digit, without exponents: what lies between two numbers is an automaton that
/// remembers whether the digits so far are those of the lower and of the upper bound. Never −0, never a leading zero.
final class Decimals {
  /// Digits before the point where no bound says otherwise: whole numbers of 64 bits hold them.
  static final int MAX_DIGITS = 18;

  /// @param point digits before the point
  /// @param digits the digits, those before the point first
  private record Bound(int point, String digits, boolean inclusive) {
    static Bound of(BigDecimal value, boolean inclusive) {
      String plain = value.stripTrailingZeros().toPlainString();
      int dot = plain.indexOf('.');
      return dot < 0
          ? new Bound(plain.length(), plain, inclusive)
          : new Bound(dot, plain.substring(0, dot) + plain.substring(dot + 1), inclusive);
    }

    /// The digit at a place counted from the first before the point, when a number has `whole` digits there.
    int digit(int at, int whole) {
      int mine = at - (whole - point);
      return mine >= 0 && mine < digits.length() ? digits.charAt(mine) - '0' : 0;
    }

    boolean zerosFrom(int at, int whole) {
      for (int i = Math.max(0, at - (whole - point)); i < digits.length(); i++) {
        if (digits.charAt(i) != '0') {
          return false;
        }
      }
      return true;
    }
  }

  /// Where a number is: its digits before the point, how many there are in all, whether a point came, and whether the digits
  /// are still those of the bounds.
  private record Place(int whole, int at, boolean point, boolean low, boolean high) {}

  private final CharAutomaton out;
  private final int fraction;
  private final @Nullable Bound low;
  private final @Nullable Bound high;
  private final Map<Place, Integer> known = new HashMap<>();

  private Decimals(CharAutomaton out, int fraction, @Nullable Bound low, @Nullable Bound high) {
    this.out = out;
    this.fraction = fraction;
    this.low = low;
    this.high = high;
  }

  /// The numbers from low to high.
  ///
  /// @param fraction digits behind the point, at most; 0: whole numbers, without a point
  static CharAutomaton between(
      @Nullable BigDecimal low,
      boolean lowInclusive,
      @Nullable BigDecimal high,
      boolean highInclusive,
      int fraction,
      Budget budget) {
    CharAutomaton out = new CharAutomaton(budget);
    BigDecimal zero = BigDecimal.ZERO;
    if (high == null || high.signum() >= 0) {
      boolean fromZero = low == null || low.signum() < 0;
      add(out, out.start(), fromZero ? zero : low, fromZero || lowInclusive, high, highInclusive, fraction);
    }
    if (low == null || low.signum() < 0) {
      int negative = out.state();
      out.read(out.start(), CodePoints.of('-'), negative);
      boolean below = high != null && high.signum() < 0;
      add(
          out,
          negative,
          high != null && below ? high.negate() : zero,
          below && highInclusive,
          low == null ? null : low.negate(),
          lowInclusive,
          fraction);
    }
    return out;
  }

  private static void add(
      CharAutomaton out,
      int start,
      @Nullable BigDecimal low,
      boolean lowInclusive,
      @Nullable BigDecimal high,
      boolean highInclusive,
      int fraction) {
    Bound least = low == null ? null : Bound.of(low, lowInclusive);
    Bound most = high == null ? null : Bound.of(high, highInclusive);
    Decimals all = new Decimals(out, fraction, least, most);
    int longest = most == null ? Math.max(MAX_DIGITS, least == null ? 0 : least.point + 1) : most.point;
    for (int whole = least == null ? 1 : least.point; whole <= longest; whole++) {
      boolean tightLow = least != null && whole == least.point;
      boolean tightHigh = most != null && whole == most.point;
      out.skip(start, all.place(new Place(whole, 0, false, tightLow, tightHigh)));
    }
  }

  private int place(Place place) {
    Integer known = this.known.get(place);
    if (known != null) {
      return known;
    }
    int state = out.state();
    this.known.put(place, state);
    if (place.at < place.whole || place.point) {
      digits(place, state);
    }
    if (place.at == place.whole && !place.point && fraction > 0) {
      int behindPoint = place(new Place(place.whole, place.at, true, place.low, place.high));
      out.read(state, CodePoints.of('.'), behindPoint);
    }
    boolean whole = place.at == place.whole && !place.point;
    if ((whole || place.at > place.whole) && within(place)) {
      out.skip(state, out.accept());
    }
    return state;
  }

  private void digits(Place place, int state) {
    if (place.at == place.whole + fraction) {
      return;
    }
    int from = place.low && low != null ? low.digit(place.at, place.whole) : 0;
    int to = place.high && high != null ? high.digit(place.at, place.whole) : 9;
    if (place.at == 0 && place.whole > 1) {
      from = Math.max(1, from);
    }
    for (int digit = from; digit <= to; digit++) {
      boolean atLow = place.low && low != null && digit == low.digit(place.at, place.whole);
      boolean atHigh = place.high && high != null && digit == high.digit(place.at, place.whole);
      Place next = new Place(place.whole, place.at + 1, place.point, atLow, atHigh);
      out.read(state, CodePoints.of('0' + digit), place(next));
    }
  }

  /// Whether a number that ends here is between the bounds.
  private boolean within(Place place) {
    if (place.low && low != null && !(low.zerosFrom(place.at, place.whole) && low.inclusive)) {
      return false;
    }
    return !(place.high && high != null && high.zerosFrom(place.at, place.whole) && !high.inclusive);
  }

  /// Whole or decimal numbers that are a multiple of units / 10^scale.
  static CharAutomaton multiples(int units, int scale, Budget budget) {
    CharAutomaton out = new CharAutomaton(budget);
    int[][] states = new int[scale + 2][units];
    for (int[] row : states) {
      for (int i = 0; i < units; i++) {
        row[i] = out.state();
      }
    }
    out.skip(out.start(), states[0][0]);
    out.read(out.start(), CodePoints.of('-'), states[0][0]);
    for (int row = 0; row < states.length; row++) {
      int behind = Math.max(0, row - 1);
      long power = Math.round(Math.pow(10, scale - behind));
      for (int rest = 0; rest < units; rest++) {
        for (int digit = 0; digit < 10 && (row == 0 || behind < scale); digit++) {
          int next = (int) ((10L * rest + digit) % units);
          out.read(states[row][rest], CodePoints.of('0' + digit), states[row == 0 ? 0 : row + 1][next]);
        }
        if (row == 0 && scale > 0) {
          out.read(states[row][rest], CodePoints.of('.'), states[1][rest]);
        }
        if (rest * (power % units) % units == 0) {
          out.skip(states[row][rest], out.accept());
        }
      }
    }
    return out;
  }
}
