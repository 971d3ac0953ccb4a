package dev.athanor.tokenizer.jinja;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What Python says of values: whether they are true, equal, in order; how they print.
final class Python {
  private Python() {}

  static boolean truth(Value value) {
    return switch (value) {
      case Value.Bool b -> b.value();
      case Value.Int i -> i.value() != 0;
      case Value.Real r -> r.value() != 0;
      case Text t -> t.length() > 0;
      case Value.Items items -> !items.values().isEmpty();
      case Value.Dict dict -> !dict.entries().isEmpty();
      case Value.None _, Value.Undefined _ -> false;
      case Value.Namespace _, Value.Function _, Loop _ -> true;
    };
  }

  static boolean equal(Value a, Value b) {
    if (isNumber(a) && isNumber(b)) {
      return (a instanceof Value.Real || b instanceof Value.Real) ? real(a) == real(b) : whole(a) == whole(b);
    }
    if (a instanceof Value.Items x && b instanceof Value.Items y) {
      return x.tuple() == y.tuple() && equal(x.values(), y.values());
    }
    if (a instanceof Value.Dict x && b instanceof Value.Dict y) {
      return x.entries().size() == y.entries().size()
          && x.entries().entrySet().stream()
              .allMatch(
                  e -> {
                    Value other = y.entries().get(e.getKey());
                    return other != null && equal(e.getValue(), other);
                  });
    }
    if (a instanceof Value.Undefined && b instanceof Value.Undefined) {
      return true;
    }
    return a.equals(b);
  }

  private static boolean equal(List<Value> a, List<Value> b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!equal(a.get(i), b.get(i))) {
        return false;
      }
    }
    return true;
  }

  static int compare(Value a, Value b) {
    if (isNumber(a) && isNumber(b)) {
      return (a instanceof Value.Real || b instanceof Value.Real)
          ? Double.compare(real(a), real(b))
          : Long.compare(whole(a), whole(b));
    }
    if (a instanceof Text x && b instanceof Text y) {
      return compare(x.value(), y.value());
    }
    if (a instanceof Value.Items x && b instanceof Value.Items y && x.tuple() == y.tuple()) {
      for (int i = 0; i < Math.min(x.values().size(), y.values().size()); i++) {
        if (!equal(x.values().get(i), y.values().get(i))) {
          return compare(x.values().get(i), y.values().get(i));
        }
      }
      return Integer.compare(x.values().size(), y.values().size());
    }
    throw new JinjaError(kind(a) + " and " + kind(b) + " have no order");
  }

  /// By code points; UTF-16 orders characters beyond the first plane otherwise.
  private static int compare(String a, String b) {
    int i = 0;
    while (i < a.length() && i < b.length()) {
      int x = a.codePointAt(i);
      int y = b.codePointAt(i);
      if (x != y) {
        return Integer.compare(x, y);
      }
      i += Character.charCount(x);
    }
    return Integer.compare(a.length(), b.length());
  }

  static boolean contains(Value container, Value value) {
    return switch (container) {
      case Text text -> {
        if (!(value instanceof Text part)) {
          throw new JinjaError("'in' a text asks for a text, not " + kind(value));
        }
        yield text.value().contains(part.value());
      }
      case Value.Items items -> items.values().stream().anyMatch(v -> equal(v, value));
      case Value.Dict dict -> dict.entries().containsKey(value);
      case Value.Undefined _ -> false;
      case Value.Bool _, Value.Int _, Value.Real _, Value.None _, Value.Namespace _, Value.Function _, Loop _ ->
          throw new JinjaError(kind(container) + " holds nothing that 'in' could ask for");
    };
  }

  /// The values that a loop goes over.
  static List<Value> iterate(Value value) {
    return switch (value) {
      case Value.Items items -> items.values();
      case Value.Dict dict -> List.copyOf(dict.entries().keySet());
      case Text text -> characters(text);
      case Value.Undefined _ -> List.of();
      case Value.Bool _, Value.Int _, Value.Real _, Value.None _, Value.Namespace _, Value.Function _, Loop _ ->
          throw new JinjaError(kind(value) + " is nothing to go over");
    };
  }

  private static List<Value> characters(Text text) {
    List<Value> characters = new ArrayList<>();
    for (int i = 0; i < text.length(); ) {
      int end = i + Character.charCount(text.value().codePointAt(i));
      characters.add(text.substring(i, end));
      i = end;
    }
    return characters;
  }

  static boolean isNumber(Value value) {
    return value instanceof Value.Int || value instanceof Value.Real || value instanceof Value.Bool;
  }

  static double real(Value value) {
    return switch (value) {
      case Value.Real r -> r.value();
      case Value.Int i -> (double) i.value();
      case Value.Bool b -> b.value() ? 1 : 0;
      default -> throw new JinjaError("expected a number, found " + kind(value));
    };
  }

  static long whole(Value value) {
    return switch (value) {
      case Value.Int i -> i.value();
      case Value.Bool b -> b.value() ? 1 : 0;
      default -> throw new JinjaError("expected a whole number, found " + kind(value));
    };
  }

  static int index(Value value) {
    return Math.clamp(whole(value), -Integer.MAX_VALUE, Integer.MAX_VALUE);
  }

  static Text text(Value value) {
    if (value instanceof Text text) {
      return text;
    }
    throw new JinjaError(
        value instanceof Value.Undefined undefined ? undefined.what() : "expected a text, found " + kind(value));
  }

  /// What a value is, in Python's words.
  static String kind(Value value) {
    return switch (value) {
      case Text _ -> "str";
      case Value.Bool _ -> "bool";
      case Value.Int _ -> "int";
      case Value.Real _ -> "float";
      case Value.None _ -> "NoneType";
      case Value.Undefined undefined -> undefined.what();
      case Value.Items items -> items.tuple() ? "tuple" : "list";
      case Value.Dict _ -> "dict";
      case Value.Namespace _ -> "Namespace";
      case Value.Function _ -> "function";
      case Loop _ -> "LoopContext";
    };
  }

  /// As `{{ value }}` prints it.
  static Text str(Value value) {
    if (value instanceof Text text) {
      return text;
    }
    Text.Builder out = new Text.Builder();
    repr(value, out);
    return out.done();
  }

  static Text repr(Value value) {
    Text.Builder out = new Text.Builder();
    repr(value, out);
    return out.done();
  }

  private static void repr(Value value, Text.Builder out) {
    switch (value) {
      case Text text -> quote(text, out);
      case Value.Bool b -> out.append(b.value() ? "True" : "False");
      case Value.Int i -> out.append(Long.toString(i.value()));
      case Value.Real r -> out.append(real(r.value()));
      case Value.None _ -> out.append("None");
      case Value.Undefined _ -> {}
      case Value.Items items -> {
        out.append(items.tuple() ? "(" : "[");
        separated(items.values(), out);
        out.append(items.tuple() ? (items.values().size() == 1 ? ",)" : ")") : "]");
      }
      case Value.Dict dict -> {
        out.append("{");
        String separator = "";
        for (Map.Entry<Value, Value> entry : dict.entries().entrySet()) {
          out.append(separator);
          repr(entry.getKey(), out);
          out.append(": ");
          repr(entry.getValue(), out);
          separator = ", ";
        }
        out.append("}");
      }
      case Value.Namespace _, Value.Function _, Loop _ -> throw new JinjaError(kind(value) + " cannot be printed");
    }
  }

  private static void separated(List<Value> values, Text.Builder out) {
    String separator = "";
    for (Value value : values) {
      out.append(separator);
      repr(value, out);
      separator = ", ";
    }
  }

  private static void quote(Text text, Text.Builder out) {
    String value = text.value();
    String quote = value.indexOf('\'') >= 0 && value.indexOf('"') < 0 ? "\"" : "'";
    int source = text.anySource();
    out.append(quote, source);
    for (int i = 0; i < value.length(); ) {
      int c = value.codePointAt(i);
      int end = i + Character.charCount(c);
      String escaped = escaped(c, quote);
      if (escaped.isEmpty()) {
        out.append(text, i, end);
      } else {
        out.append(escaped, text.source(i));
      }
      i = end;
    }
    out.append(quote, source);
  }

  /// Empty for a character that stands for itself.
  private static String escaped(int c, String quote) {
    return switch (c) {
      case '\\' -> "\\\\";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      default -> {
        if (c == quote.charAt(0)) {
          yield "\\" + quote;
        }
        if (printable(c)) {
          yield "";
        }
        yield c < 0x100 ? "\\x%02x".formatted(c) : c < 0x10000 ? "\\u%04x".formatted(c) : "\\U%08x".formatted(c);
      }
    };
  }

  private static boolean printable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED,
          Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
      case Character.SPACE_SEPARATOR -> c == ' ';
      default -> true;
    };
  }

  /// The shortest digits that give the number back, with an exponent from 10¹⁶ on and below 10⁻⁴.
  static String real(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0.0" : "0.0";
    }
    BigDecimal decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    int exponent = decimal.precision() - decimal.scale() - 1;
    if (exponent >= -4 && exponent < 16) {
      return decimal.scale() <= 0 ? decimal.toPlainString() + ".0" : decimal.toPlainString();
    }
    String digits = decimal.unscaledValue().abs().toString();
    String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    return "%s%se%s%02d".formatted(value < 0 ? "-" : "", mantissa, exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  static boolean isSpace(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
  }

  /// Where text ends without the white space at its end.
  static int strippedEnd(String text, int from, int to) {
    int end = to;
    while (end > from && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return end;
  }

  static int strippedStart(String text, int from, int to) {
    int start = from;
    while (start < to && isSpace(text.charAt(start))) {
      start++;
    }
    return start;
  }
}
