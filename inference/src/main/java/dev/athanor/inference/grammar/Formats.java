package dev.athanor.inference.grammar;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Patterns for the `format` of strings. Each allows only what the format does, though not always all of it: dates without
/// the 29th of February outside multiples of four, no leap seconds, addresses and URIs in their common forms.
final class Formats {
  private static final String LONG = "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])";
  private static final String SHORT = "(0[469]|11)-(0[1-9]|[12][0-9]|30)";
  private static final String FEBRUARY = "02-(0[1-9]|1[0-9]|2[0-8])";
  private static final String LEAP_YEAR = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)";
  private static final String DATE = "([0-9]{4}-(" + LONG + "|" + SHORT + "|" + FEBRUARY + ")|" + LEAP_YEAR + "-02-29)";
  private static final String TIME =
      "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|(\\+(0[0-9]|1[0-4])|-(0[1-9]|1[0-2])):[0-5][0-9])";
  private static final String LABEL = "[A-Za-z0-9]([A-Za-z0-9\\-]{0,30}[A-Za-z0-9])?";
  private static final String HOST = LABEL + "(\\." + LABEL + "){0,4}";
  private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
  private static final String GROUP = "[0-9a-fA-F]{1,4}";
  private static final String URI_CHAR = "([A-Za-z0-9\\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})";
  private static final String DIGITS = "[0-9]{1,6}";

  private static final Map<String, String> PATTERNS =
      Map.ofEntries(
          Map.entry("date", DATE),
          Map.entry("time", TIME),
          Map.entry("date-time", DATE + "T" + TIME),
          Map.entry(
              "duration",
              "P(D+Y(D+M(D+D)?)?|D+M(D+D)?|D+D|D+W)|P((D+Y(D+M(D+D)?)?|D+M(D+D)?|D+D))?T(D+H(D+M(D+S)?)?|D+M(D+S)?|D+S)"
                  .replace("D+", DIGITS)),
          Map.entry("email", "[A-Za-z0-9_+\\-]{1,31}(\\.[A-Za-z0-9_+\\-]{1,31})?@" + LABEL + "(\\." + LABEL + "){0,3}\\.[A-Za-z]{2,20}"),
          Map.entry("hostname", HOST),
          Map.entry("ipv4", OCTET + "(\\." + OCTET + "){3}"),
          Map.entry("ipv6", "(" + GROUP + ":){7}" + GROUP + "|::(" + GROUP + "(:" + GROUP + "){0,6})?|" + GROUP + "(:" + GROUP + "){0,2}::(" + GROUP + "(:" + GROUP + "){0,3})?"),
          Map.entry("uuid", "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"),
          Map.entry("uri", "(https?|ftp)://" + HOST + "(:[0-9]{1,4})?(/" + URI_CHAR + "*)*(\\?" + URI_CHAR + "*)?(#" + URI_CHAR + "*)?"),
          Map.entry("json-pointer", "(/([^~/]|~[01])*)*"));

  private Formats() {}

  /// A format's pattern, for the whole string; null: not supported.
  static @Nullable String pattern(String format) {
    return PATTERNS.get(format);
  }

  static Set<String> names() {
    return new TreeSet<>(PATTERNS.keySet());
  }
}
