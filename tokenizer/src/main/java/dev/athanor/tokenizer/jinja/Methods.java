package dev.athanor.tokenizer.jinja;

import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/// The methods that values have. Those that would change a value are missing, as in transformers' sandbox.
final class Methods {
  private Methods() {}

  static Optional<Value> find(Value target, String name) {
    return switch (target) {
      case Text text -> ofText(text, name);
      case Value.Dict dict -> ofDict(dict, name);
      case Value.Items items -> ofItems(items, name);
      case Loop loop -> loop.attribute(name);
      case Value.Namespace namespace -> Optional.ofNullable(namespace.attributes().get(name));
      case Value.Function function -> name.equals("name") ? Optional.of(Text.of(function.name())) : Optional.empty();
      case Value.Bool _, Value.Int _, Value.Real _, Value.None _, Value.Undefined _ -> Optional.empty();
    };
  }

  private static Optional<Value> method(String name, Value.Function.Body body) {
    return Optional.of(new Value.Function(name, body));
  }

  private static Optional<Value> ofText(Text text, String name) {
    return switch (name) {
      case "strip" -> method(name, a -> Strings.strip(text, characters(a), true, true));
      case "lstrip" -> method(name, a -> Strings.strip(text, characters(a), true, false));
      case "rstrip" -> method(name, a -> Strings.strip(text, characters(a), false, true));
      case "split" -> method(name, a -> Strings.split(text, separator(a), a.number(1, "maxsplit", -1)));
      case "rsplit" -> method(name, a -> Strings.splitFromRight(text, separator(a), a.number(1, "maxsplit", -1)));
      case "splitlines" -> method(name, a -> Value.Items.list(Strings.lines(text, a.flag(0, "keepends", false))));
      case "startswith" -> method(name, a -> affix(a, part -> text.value().startsWith(part)));
      case "endswith" -> method(name, a -> affix(a, part -> text.value().endsWith(part)));
      case "replace" ->
          method(name, a -> Strings.replace(text, a.text(0, "old"), a.text(1, "new"), a.number(2, "count", -1)));
      case "removeprefix" ->
          method(
              name,
              a -> {
                String prefix = a.text(0, "prefix").value();
                return text.value().startsWith(prefix) ? text.substring(prefix.length(), text.length()) : text;
              });
      case "removesuffix" ->
          method(
              name,
              a -> {
                String suffix = a.text(0, "suffix").value();
                return text.value().endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
              });
      case "lower" -> method(name, _ -> Strings.lower(text));
      case "upper" -> method(name, _ -> Strings.upper(text));
      case "title" -> method(name, _ -> Strings.title(text));
      case "capitalize" -> method(name, _ -> Strings.capitalize(text));
      case "join" -> method(name, a -> Strings.join(text, Python.iterate(a.need(0, "iterable")).stream().<Value>map(Python::text).toList()));
      case "format" -> method(name, a -> Formats.braces(text, a));
      case "find" -> method(name, a -> place(text, text.value().indexOf(a.text(0, "sub").value())));
      case "rfind" -> method(name, a -> place(text, text.value().lastIndexOf(a.text(0, "sub").value())));
      case "index" ->
          method(
              name,
              a -> {
                int at = text.value().indexOf(a.text(0, "sub").value());
                if (at < 0) {
                  throw new JinjaError("substring not found");
                }
                return place(text, at);
              });
      case "count" -> method(name, a -> new Value.Int(((Value.Items) Strings.split(text, a.need(0, "sub"), -1)).values().size() - 1));
      case "isdigit", "isnumeric", "isdecimal" -> method(name, _ -> all(text, Character::isDigit));
      case "isalpha" -> method(name, _ -> all(text, Character::isLetter));
      case "isalnum" -> method(name, _ -> all(text, Character::isLetterOrDigit));
      case "isspace" -> method(name, _ -> all(text, Python::isSpace));
      case "isupper" -> method(name, _ -> Tests.cased(text, Strings.upper(text)));
      case "islower" -> method(name, _ -> Tests.cased(text, Strings.lower(text)));
      default -> Optional.empty();
    };
  }

  private static Value characters(Arguments arguments) {
    return arguments.find(0, "chars").orElseGet(Value.None::new);
  }

  private static Value separator(Arguments arguments) {
    return arguments.find(0, "sep").orElseGet(Value.None::new);
  }

  /// One text, or a tuple of which one will do.
  private static Value affix(Arguments arguments, java.util.function.Predicate<String> has) {
    Value wanted = arguments.need(0, "prefix");
    List<Value> choices = wanted instanceof Value.Items items && items.tuple() ? items.values() : List.of(wanted);
    return new Value.Bool(choices.stream().anyMatch(choice -> has.test(Python.text(choice).value())));
  }

  private static Value place(Text text, int at) {
    return new Value.Int(at < 0 ? -1 : text.value().codePointCount(0, at));
  }

  private static Value all(Text text, IntPredicate test) {
    return new Value.Bool(text.length() > 0 && text.value().codePoints().allMatch(test));
  }

  private static Optional<Value> ofDict(Value.Dict dict, String name) {
    return switch (name) {
      case "items" -> method(name, _ -> items(dict));
      case "keys" -> method(name, _ -> Value.Items.list(List.copyOf(dict.entries().keySet())));
      case "values" -> method(name, _ -> Value.Items.list(List.copyOf(dict.entries().values())));
      case "copy" -> method(name, _ -> dict);
      case "get" ->
          method(
              name,
              a -> {
                Value found = dict.entries().get(a.need(0, "key"));
                return found != null ? found : a.find(1, "default").orElseGet(Value.None::new);
              });
      default -> Optional.empty();
    };
  }

  static Value items(Value.Dict dict) {
    return Value.Items.list(
        dict.entries().entrySet().stream().map(e -> new Value.Items(List.of(e.getKey(), e.getValue()), true)).toList());
  }

  private static Optional<Value> ofItems(Value.Items items, String name) {
    return switch (name) {
      case "count" ->
          method(name, a -> new Value.Int(items.values().stream().filter(v -> Python.equal(v, a.need(0, "value"))).count()));
      case "index" ->
          method(
              name,
              a -> {
                for (int i = 0; i < items.values().size(); i++) {
                  if (Python.equal(items.values().get(i), a.need(0, "value"))) {
                    return new Value.Int(i);
                  }
                }
                throw new JinjaError("the list does not hold it");
              });
      case "append", "extend", "insert", "pop", "remove", "clear" ->
          throw new JinjaError("a list cannot be changed in place ('" + name + "'); join lists with +");
      default -> Optional.empty();
    };
  }
}
