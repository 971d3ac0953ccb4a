package dev.athanor.tokenizer.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// JSON as transformers' `tojson` writes it, which is Python's `json.dumps` without HTML's escapes. What a person's value
/// becomes is the person's text, brackets and all.
final class ToJson {
  private final Text.Builder out = new Text.Builder();
  private final int source;
  private final boolean ascii;
  private final boolean sorted;
  private final String indent;
  private final boolean lines;
  private final String between;
  private final String colon;

  private ToJson(Value value, Arguments a) {
    source = source(value);
    ascii = a.flag(0, "ensure_ascii", false);
    Value width = a.find(1, "indent").orElseGet(Value.None::new);
    lines = !(width instanceof Value.None);
    indent = width instanceof Text given ? given.value() : lines ? " ".repeat(Math.max(0, Python.index(width))) : "";
    Value separators = a.find(2, "separators").orElseGet(Value.None::new);
    List<Value> given = separators instanceof Value.None ? List.of() : Python.iterate(separators);
    between = given.size() == 2 ? Python.text(given.get(0)).value() : lines ? "," : ", ";
    colon = given.size() == 2 ? Python.text(given.get(1)).value() : ": ";
    sorted = a.flag(3, "sort_keys", false);
  }

  static Text of(Value value, Arguments arguments) {
    ToJson json = new ToJson(value, arguments);
    json.write(value, "\n");
    return json.out.done();
  }

  private static int source(Value value) {
    return switch (value) {
      case Text text -> text.anySource();
      case Value.Items items -> first(items.values());
      case Value.Dict dict -> Math.max(first(List.copyOf(dict.entries().keySet())), first(List.copyOf(dict.entries().values())));
      case Value.Bool _, Value.Int _, Value.Real _, Value.None _, Value.Undefined _, Value.Namespace _, Value.Function _, Loop _ ->
          Text.TEMPLATE;
    };
  }

  private static int first(List<Value> values) {
    return values.stream().mapToInt(ToJson::source).filter(s -> s != Text.TEMPLATE).findFirst().orElse(Text.TEMPLATE);
  }

  private void write(Value value, String newline) {
    switch (value) {
      case Text text -> string(text);
      case Value.Bool b -> out.append(b.value() ? "true" : "false", source);
      case Value.Int i -> out.append(Long.toString(i.value()), source);
      case Value.Real r -> out.append(real(r.value()), source);
      case Value.None _ -> out.append("null", source);
      case Value.Items items -> items(items, newline);
      case Value.Dict dict -> dict(dict, newline);
      case Value.Undefined undefined -> throw new JinjaError("tojson: " + undefined.what());
      case Value.Namespace _, Value.Function _, Loop _ ->
          throw new JinjaError(Python.kind(value) + " cannot be written as JSON");
    }
  }

  private static String real(double value) {
    return Double.isNaN(value) ? "NaN" : Double.isInfinite(value) ? (value > 0 ? "Infinity" : "-Infinity") : Python.real(value);
  }

  private void items(Value.Items items, String newline) {
    String inner = newline + indent;
    String separator = lines ? inner : "";
    out.append("[", source);
    for (Value value : items.values()) {
      out.append(separator, source);
      write(value, inner);
      separator = lines ? between + inner : between;
    }
    out.append(lines && !items.values().isEmpty() ? newline + "]" : "]", source);
  }

  private void dict(Value.Dict dict, String newline) {
    List<Map.Entry<Value, Value>> entries = new ArrayList<>(dict.entries().entrySet());
    if (sorted) {
      entries.sort(Map.Entry.comparingByKey(Python::compare));
    }
    String inner = newline + indent;
    String separator = lines ? inner : "";
    out.append("{", source);
    for (Map.Entry<Value, Value> entry : entries) {
      out.append(separator, source);
      string(key(entry.getKey()));
      out.append(colon, source);
      write(entry.getValue(), inner);
      separator = lines ? between + inner : between;
    }
    out.append(lines && !entries.isEmpty() ? newline + "}" : "}", source);
  }

  private static Text key(Value key) {
    return switch (key) {
      case Text text -> text;
      case Value.Bool b -> Text.of(b.value() ? "true" : "false");
      case Value.None _ -> Text.of("null");
      default -> Python.str(key);
    };
  }

  private void string(Text text) {
    out.append("\"", source);
    String value = text.value();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      String escaped =
          switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '\f' -> "\\f";
            case '\b' -> "\\b";
            default -> c < 0x20 || (ascii && c > 0x7E) ? "\\u%04x".formatted((int) c) : "";
          };
      if (escaped.isEmpty()) {
        out.append(text, i, i + 1);
      } else {
        out.append(escaped, text.source(i));
      }
    }
    out.append("\"", source);
  }
}
