package dev.athanor.tokenizer.jinja;

import java.time.Clock;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The functions that every template may call.
final class Globals {
  private static final int LONGEST_RANGE = 100_000;

  private Globals() {}

  /// @param clock for `strftime_now`
  static Map<String, Value> of(Clock clock) {
    Map<String, Value> globals = new LinkedHashMap<>();
    put(globals, "range", Globals::range);
    put(globals, "namespace", a -> new Value.Namespace(attributes(a)));
    put(globals, "dict", a -> dict(attributes(a)));
    put(
        globals,
        "raise_exception",
        a -> {
          throw JinjaError.raisedBy(Python.str(a.need(0, "message")).value());
        });
    put(globals, "strftime_now", a -> Text.of(time(a.text(0, "format").value(), LocalDateTime.now(clock))));
    return globals;
  }

  private static void put(Map<String, Value> globals, String name, Value.Function.Body body) {
    globals.put(name, new Value.Function(name, body));
  }

  private static Value range(Arguments a) {
    int count = a.positional().size();
    long start = count > 1 ? Python.whole(a.need(0, "start")) : 0;
    long stop = Python.whole(count > 1 ? a.need(1, "stop") : a.need(0, "stop"));
    long step = count > 2 ? Python.whole(a.need(2, "step")) : 1;
    if (step == 0) {
      throw new JinjaError("range: the step is 0");
    }
    List<Value> values = new ArrayList<>();
    for (long i = start; step > 0 ? i < stop : i > stop; i += step) {
      if (values.size() == LONGEST_RANGE) {
        throw new JinjaError("range: more than " + LONGEST_RANGE + " numbers");
      }
      values.add(new Value.Int(i));
    }
    return Value.Items.list(values);
  }

  private static Map<String, Value> attributes(Arguments a) {
    Map<String, Value> attributes = new LinkedHashMap<>();
    if (!a.positional().isEmpty() && a.positional().getFirst() instanceof Value.Dict dict) {
      dict.entries().forEach((key, value) -> attributes.put(Python.str(key).value(), value));
    }
    attributes.putAll(a.named());
    return attributes;
  }

  private static Value dict(Map<String, Value> attributes) {
    Map<Value, Value> entries = new LinkedHashMap<>();
    attributes.forEach((key, value) -> entries.put(Text.of(key), value));
    return new Value.Dict(entries);
  }

  private static String time(String format, LocalDateTime now) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        out.append(c);
        continue;
      }
      boolean unpadded = format.charAt(i + 1) == '-' && i + 2 < format.length();
      char kind = format.charAt(unpadded ? i + 2 : i + 1);
      i += unpadded ? 2 : 1;
      String part = time(kind, now);
      out.append(unpadded && part.length() > 1 && part.startsWith("0") ? part.replaceFirst("^0+(?=.)", "") : part);
    }
    return out.toString();
  }

  private static String time(char kind, LocalDateTime now) {
    String pattern =
        switch (kind) {
          case 'd' -> "dd";
          case 'm' -> "MM";
          case 'Y' -> "yyyy";
          case 'y' -> "yy";
          case 'H' -> "HH";
          case 'I' -> "hh";
          case 'M' -> "mm";
          case 'S' -> "ss";
          case 'p' -> "a";
          case 'b', 'h' -> "MMM";
          case 'B' -> "MMMM";
          case 'a' -> "EEE";
          case 'A' -> "EEEE";
          case 'j' -> "DDD";
          case 'F' -> "yyyy-MM-dd";
          case 'T' -> "HH:mm:ss";
          case 'w', '%' -> "";
          default -> throw new JinjaError("strftime_now: %" + kind + " is not supported");
        };
    if (kind == '%') {
      return "%";
    }
    if (kind == 'w') {
      return Integer.toString(now.get(ChronoField.DAY_OF_WEEK) % 7);
    }
    return DateTimeFormatter.ofPattern(pattern, Locale.US).format(now);
  }
}
