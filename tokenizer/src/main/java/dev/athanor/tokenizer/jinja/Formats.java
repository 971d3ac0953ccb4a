package dev.athanor.tokenizer.jinja;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `'%s of %d' % …` and `'{} of {name}'.format(…)`.
final class Formats {
  private static final Pattern PERCENT = Pattern.compile("%(?:\\.([0-9]{1,2}))?([sdifr%])");
  private static final Pattern BRACES = Pattern.compile("\\{\\{|\\}\\}|\\{([A-Za-z0-9_]*)\\}");

  private Formats() {}

  static Text percent(Text format, List<Value> values) {
    Text.Builder out = new Text.Builder();
    Matcher matcher = PERCENT.matcher(format.value());
    int done = 0;
    int next = 0;
    for (int at = format.value().indexOf('%'); at >= 0; at = format.value().indexOf('%', done)) {
      if (!matcher.region(at, format.length()).lookingAt()) {
        throw new JinjaError("'%' formats know %s, %r, %d, %i, %f, %.2f and %% only: " + format);
      }
      out.append(format, done, at);
      done = matcher.end();
      if (matcher.group(2).equals("%")) {
        out.append("%");
        continue;
      }
      if (next == values.size()) {
        throw new JinjaError("not enough values for the format " + format);
      }
      out.append(percent(matcher, values.get(next++)));
    }
    if (next < values.size()) {
      throw new JinjaError("not all values are used by the format " + format);
    }
    return out.append(format, done, format.length()).done();
  }

  private static Text percent(Matcher matcher, Value value) {
    return switch (matcher.group(2)) {
      case "s" -> Python.str(value);
      case "r" -> Python.repr(value);
      case "f" -> {
        String digits = matcher.group(1);
        yield Text.of(String.format(Locale.ROOT, "%." + (digits == null ? "6" : digits) + "f", Python.real(value)));
      }
      default -> Text.of(Long.toString(value instanceof Value.Real real ? (long) real.value() : Python.whole(value)));
    };
  }

  static Text braces(Text format, Arguments arguments) {
    Text.Builder out = new Text.Builder();
    Matcher matcher = BRACES.matcher(format.value());
    int done = 0;
    int next = 0;
    while (matcher.find()) {
      plain(format, done, matcher.start(), out);
      done = matcher.end();
      String name = matcher.group(1);
      if (name == null) {
        out.append(matcher.group().substring(1));
      } else if (name.isEmpty()) {
        out.append(Python.str(arguments.need(next++, "{}")));
      } else if (Character.isDigit(name.charAt(0))) {
        out.append(Python.str(arguments.need(Integer.parseInt(name), name)));
      } else {
        out.append(Python.str(arguments.need(Integer.MAX_VALUE, name)));
      }
    }
    plain(format, done, format.length(), out);
    return out.done();
  }

  private static void plain(Text format, int from, int to, Text.Builder out) {
    String part = format.value().substring(from, to);
    if (part.indexOf('{') >= 0 || part.indexOf('}') >= 0) {
      throw new JinjaError("format knows {}, {0} and {name} only: " + format);
    }
    out.append(format, from, to);
  }
}
