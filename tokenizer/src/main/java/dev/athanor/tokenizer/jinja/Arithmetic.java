package dev.athanor.tokenizer.jinja;

import java.util.ArrayList;
import java.util.List;

/// `+ - * / // % **` as Python has them.
final class Arithmetic {
  private static final int LONGEST = 1 << 24;

  private Arithmetic() {}

  static Value apply(String operator, Value left, Value right) {
    if (Python.isNumber(left) && Python.isNumber(right)) {
      return (left instanceof Value.Real || right instanceof Value.Real || operator.equals("/"))
          ? new Value.Real(reals(operator, Python.real(left), Python.real(right)))
          : wholes(operator, Python.whole(left), Python.whole(right));
    }
    if (operator.equals("%") && left instanceof Text format) {
      return Formats.percent(format, arguments(right));
    }
    return switch (operator) {
      case "+" -> plus(left, right);
      case "*" -> left instanceof Value.Int ? times(right, left) : times(left, right);
      default -> throw mismatch(operator, left, right);
    };
  }

  private static List<Value> arguments(Value right) {
    return right instanceof Value.Items items && items.tuple() ? items.values() : List.of(right);
  }

  private static Value plus(Value left, Value right) {
    if (left instanceof Text a && right instanceof Text b) {
      return a.plus(b);
    }
    if (left instanceof Value.Items a && right instanceof Value.Items b && a.tuple() == b.tuple()) {
      List<Value> values = new ArrayList<>(a.values());
      values.addAll(b.values());
      return new Value.Items(values, a.tuple());
    }
    if (left instanceof Text && !(right instanceof Value.Undefined)) {
      throw new JinjaError("can only concatenate str (not \"" + Python.kind(right) + "\") to str");
    }
    throw mismatch("+", left, right);
  }

  private static Value times(Value value, Value count) {
    if (!(count instanceof Value.Int) || !(value instanceof Text || value instanceof Value.Items)) {
      throw mismatch("*", value, count);
    }
    int n = Math.max(0, Python.index(count));
    if (value instanceof Text text) {
      if ((long) n * text.length() > LONGEST) {
        throw new JinjaError("a text would be longer than " + LONGEST);
      }
      Text.Builder out = new Text.Builder();
      for (int i = 0; i < n; i++) {
        out.append(text);
      }
      return out.done();
    }
    Value.Items items = (Value.Items) value;
    if ((long) n * items.values().size() > LONGEST) {
      throw new JinjaError("a list would be longer than " + LONGEST);
    }
    List<Value> values = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      values.addAll(items.values());
    }
    return new Value.Items(values, items.tuple());
  }

  private static double reals(String operator, double a, double b) {
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> a / notZero(b);
      case "//" -> Math.floor(a / notZero(b));
      case "%" -> a - Math.floor(a / notZero(b)) * b;
      case "**" -> Math.pow(a, b);
      default -> throw new AssertionError(operator);
    };
  }

  private static double notZero(double b) {
    if (b == 0) {
      throw new JinjaError("division by zero");
    }
    return b;
  }

  private static Value wholes(String operator, long a, long b) {
    try {
      return switch (operator) {
        case "+" -> new Value.Int(Math.addExact(a, b));
        case "-" -> new Value.Int(Math.subtractExact(a, b));
        case "*" -> new Value.Int(Math.multiplyExact(a, b));
        case "//" -> new Value.Int(Math.floorDiv(a, b));
        case "%" -> new Value.Int(Math.floorMod(a, b));
        case "**" -> b < 0 ? new Value.Real(Math.pow((double) a, (double) b)) : new Value.Int(power(a, b));
        default -> throw new AssertionError(operator);
      };
    } catch (ArithmeticException e) {
      throw new JinjaError(b == 0 ? "division by zero" : "a whole number of more than 64 bits");
    }
  }

  private static long power(long base, long exponent) {
    if (base == 0 || base == 1 || base == -1) {
      return exponent == 0 || base == 1 ? 1 : base == 0 ? 0 : exponent % 2 == 0 ? 1 : -1;
    }
    long result = 1;
    for (long i = 0; i < exponent; i++) {
      result = Math.multiplyExact(result, base);
    }
    return result;
  }

  private static JinjaError mismatch(String operator, Value left, Value right) {
    for (Value value : List.of(left, right)) {
      if (value instanceof Value.Undefined undefined) {
        return new JinjaError(undefined.what());
      }
    }
    return new JinjaError("'%s' does not go with %s and %s".formatted(operator, Python.kind(left), Python.kind(right)));
  }
}
