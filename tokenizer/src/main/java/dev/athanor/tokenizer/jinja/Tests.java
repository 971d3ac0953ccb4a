package dev.athanor.tokenizer.jinja;

import java.util.Set;

/// What may stand after `is`.
final class Tests {
  static final Set<String> NAMES =
      Set.of(
          "defined", "undefined", "none", "string", "mapping", "iterable", "sequence", "number", "integer", "float", "boolean",
          "true", "false", "odd", "even", "divisibleby", "eq", "equalto", "==", "ne", "!=", "lt", "lessthan", "<", "gt",
          "greaterthan", ">", "le", "<=", "ge", ">=", "in", "callable", "upper", "lower", "sameas");

  private Tests() {}

  static boolean apply(String name, Value value, Arguments arguments) {
    return switch (name) {
      case "defined" -> !(value instanceof Value.Undefined);
      case "undefined" -> value instanceof Value.Undefined;
      case "none" -> value instanceof Value.None;
      case "string" -> value instanceof Text;
      case "mapping" -> value instanceof Value.Dict;
      case "iterable", "sequence" ->
          value instanceof Text || value instanceof Value.Items || value instanceof Value.Dict || value instanceof Value.Undefined;
      case "number" -> Python.isNumber(value);
      case "integer" -> value instanceof Value.Int;
      case "float" -> value instanceof Value.Real;
      case "boolean" -> value instanceof Value.Bool;
      case "true" -> value instanceof Value.Bool b && b.value();
      case "false" -> value instanceof Value.Bool b && !b.value();
      case "odd" -> Math.floorMod(Python.whole(value), 2) == 1;
      case "even" -> Math.floorMod(Python.whole(value), 2) == 0;
      case "divisibleby" -> Python.whole(Arithmetic.apply("%", value, arguments.need(0, "num"))) == 0;
      case "eq", "equalto", "==" -> Python.equal(value, arguments.need(0, "other"));
      case "ne", "!=" -> !Python.equal(value, arguments.need(0, "other"));
      case "lt", "lessthan", "<" -> Python.compare(value, arguments.need(0, "other")) < 0;
      case "gt", "greaterthan", ">" -> Python.compare(value, arguments.need(0, "other")) > 0;
      case "le", "<=" -> Python.compare(value, arguments.need(0, "other")) <= 0;
      case "ge", ">=" -> Python.compare(value, arguments.need(0, "other")) >= 0;
      case "in" -> Python.contains(arguments.need(0, "seq"), value);
      case "callable" -> value instanceof Value.Function;
      case "upper" -> cased(Python.str(value), Strings.upper(Python.str(value))).value();
      case "lower" -> cased(Python.str(value), Strings.lower(Python.str(value))).value();
      case "sameas" -> value.equals(arguments.need(0, "other"));
      default -> throw new JinjaError("the test '" + name + "' is not supported");
    };
  }

  /// Whether a text has letters of two cases, and all are as in the other.
  static Value.Bool cased(Text text, Text wanted) {
    boolean letters = !Strings.upper(text).equals(Strings.lower(text));
    return new Value.Bool(letters && text.equals(wanted));
  }
}
