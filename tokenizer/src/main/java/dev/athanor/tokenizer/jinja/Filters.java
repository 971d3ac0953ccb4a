package dev.athanor.tokenizer.jinja;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What may stand after `|`.
final class Filters {
  static final Set<String> NAMES =
      Set.of(
          "tojson", "trim", "length", "count", "join", "upper", "lower", "title", "capitalize", "replace", "default", "d", "first",
          "last", "list", "string", "int", "float", "items", "map", "selectattr", "rejectattr", "select", "reject", "sort", "unique",
          "reverse", "dictsort", "indent", "safe", "escape", "e", "abs", "round", "sum", "min", "max", "batch", "format",
          "wordcount");
  private static final Pattern WORD_BREAK = Pattern.compile("[-\\s({\\[<]+", Pattern.UNICODE_CHARACTER_CLASS);

  private Filters() {}

  static Value apply(String name, Value value, Arguments a) {
    return switch (name) {
      case "tojson" -> ToJson.of(value, a);
      case "trim" -> Strings.strip(Python.str(value), a.find(0, "chars").orElseGet(Value.None::new), true, true);
      case "length", "count" ->
          new Value.Int(value instanceof Text text ? text.codePoints() : Python.iterate(value).size());
      case "join" -> Strings.join(a.find(0, "d").map(Python::str).orElse(Text.EMPTY), attributes(value, a.find(1, "attribute").orElseGet(Value.None::new)));
      case "upper" -> Strings.upper(Python.str(value));
      case "lower" -> Strings.lower(Python.str(value));
      case "title" -> title(Python.str(value));
      case "capitalize" -> Strings.capitalize(Python.str(value));
      case "replace" -> Strings.replace(Python.str(value), a.text(0, "old"), a.text(1, "new"), a.number(2, "count", -1));
      case "default", "d" -> {
        boolean missing = value instanceof Value.Undefined || (a.flag(1, "boolean", false) && !Python.truth(value));
        yield missing ? a.find(0, "default_value").orElse(Text.EMPTY) : value;
      }
      case "first" -> end(value, 0);
      case "last" -> end(value, -1);
      case "list" -> Value.Items.list(Python.iterate(value));
      case "string" -> Python.str(value);
      case "int" -> whole(value, a);
      case "float" -> real(value, a);
      case "items" -> value instanceof Value.Dict dict ? Methods.items(dict) : Value.Items.list(List.of());
      case "map" -> map(value, a);
      case "selectattr" -> select(value, a, true, true);
      case "rejectattr" -> select(value, a, true, false);
      case "select" -> select(value, a, false, true);
      case "reject" -> select(value, a, false, false);
      case "sort" -> sort(value, a);
      case "unique" -> unique(value, a);
      case "reverse" -> reverse(value);
      case "dictsort" -> dictSort(value, a);
      case "indent" -> indent(Python.str(value), a);
      case "safe" -> value;
      case "escape", "e" -> escape(Python.str(value));
      case "abs" -> value instanceof Value.Real r ? new Value.Real(Math.abs(r.value())) : new Value.Int(Math.abs(Python.whole(value)));
      case "round" -> round(value, a);
      case "sum" -> {
        Value sum = a.find(1, "start").orElseGet(() -> new Value.Int(0));
        for (Value one : attributes(value, a.find(0, "attribute").orElseGet(Value.None::new))) {
          sum = Arithmetic.apply("+", sum, one);
        }
        yield sum;
      }
      case "min" -> extreme(value, a, Comparator.naturalOrder());
      case "max" -> extreme(value, a, Comparator.reverseOrder());
      case "batch" -> batch(value, a);
      case "format" -> Formats.percent(Python.str(value), a.positional());
      case "wordcount" -> new Value.Int(((Value.Items) Strings.split(Python.str(value), new Value.None(), -1)).values().size());
      default -> throw new JinjaError("the filter '" + name + "' is not supported");
    };
  }

  /// Each piece between white space, hyphens and opening brackets with its first letter upper.
  private static Text title(Text text) {
    Text.Builder out = new Text.Builder();
    Matcher matcher = WORD_BREAK.matcher(text.value());
    int done = 0;
    while (matcher.find()) {
      out.append(Strings.capitalize(text.substring(done, matcher.start()))).append(text, matcher.start(), matcher.end());
      done = matcher.end();
    }
    return out.append(Strings.capitalize(text.substring(done, text.length()))).done();
  }

  private static Value end(Value value, int index) {
    List<Value> values = Python.iterate(value);
    if (values.isEmpty()) {
      return new Value.Undefined("the sequence is empty");
    }
    return index == 0 ? values.getFirst() : values.getLast();
  }

  private static Value whole(Value value, Arguments a) {
    if (Python.isNumber(value)) {
      return new Value.Int(value instanceof Value.Real real ? (long) real.value() : Python.whole(value));
    }
    Value otherwise = a.find(0, "default").orElseGet(() -> new Value.Int(0));
    if (!(value instanceof Text text)) {
      return otherwise;
    }
    try {
      return new Value.Int(Long.parseLong(text.value().strip().replace("_", ""), a.number(1, "base", 10)));
    } catch (NumberFormatException e) {
      return real(value, new Arguments(List.of(otherwise), a.named())) instanceof Value.Real real
          ? new Value.Int((long) real.value())
          : otherwise;
    }
  }

  private static Value real(Value value, Arguments a) {
    if (Python.isNumber(value)) {
      return new Value.Real(Python.real(value));
    }
    Value otherwise = a.find(0, "default").orElseGet(() -> new Value.Real(0));
    try {
      return value instanceof Text text ? new Value.Real(Double.parseDouble(text.value().strip())) : otherwise;
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  private static List<Value> attributes(Value value, Value attribute) {
    List<Value> values = Python.iterate(value);
    return attribute instanceof Value.None ? values : values.stream().map(v -> attribute(v, attribute)).toList();
  }

  /// `a.b.0`
  private static Value attribute(Value value, Value path) {
    if (path instanceof Value.Int) {
      return Lookup.item(value, path);
    }
    Value found = value;
    for (Value part : ((Value.Items) Strings.split(Python.text(path), Text.of("."), -1)).values()) {
      String name = Python.text(part).value();
      boolean number = !name.isEmpty() && name.chars().allMatch(c -> c >= '0' && c <= '9');
      found = Lookup.item(found, number ? new Value.Int(Long.parseLong(name)) : part);
    }
    return found;
  }

  private static Value map(Value value, Arguments a) {
    Value attribute = a.named().get("attribute");
    List<Value> mapped = new ArrayList<>();
    for (Value one : Python.iterate(value)) {
      if (attribute != null) {
        Value found = attribute(one, attribute);
        Value otherwise = a.named().get("default");
        mapped.add(found instanceof Value.Undefined && otherwise != null ? otherwise : found);
      } else {
        mapped.add(apply(known(a.text(0, "filter").value()), one, a.from(1)));
      }
    }
    return Value.Items.list(mapped);
  }

  private static String known(String filter) {
    if (!NAMES.contains(filter)) {
      throw new JinjaError("the filter '" + filter + "' is not supported");
    }
    return filter;
  }

  private static Value select(Value value, Arguments a, boolean byAttribute, boolean wanted) {
    Arguments test = byAttribute ? a.from(1) : a;
    List<Value> selected = new ArrayList<>();
    for (Value one : Python.iterate(value)) {
      Value looked = byAttribute ? attribute(one, a.need(0, "attribute")) : one;
      boolean passes =
          test.positional().isEmpty()
              ? Python.truth(looked)
              : Tests.apply(test.text(0, "test").value(), looked, test.from(1));
      if (passes == wanted) {
        selected.add(one);
      }
    }
    return Value.Items.list(selected);
  }

  private static Value folded(Value value, boolean caseSensitive) {
    return value instanceof Text text && !caseSensitive ? Strings.lower(text) : value;
  }

  private static Value sort(Value value, Arguments a) {
    boolean caseSensitive = a.flag(1, "case_sensitive", false);
    Value attribute = a.find(2, "attribute").orElseGet(Value.None::new);
    Comparator<Value> order =
        (x, y) ->
            Python.compare(
                folded(attribute instanceof Value.None ? x : attribute(x, attribute), caseSensitive),
                folded(attribute instanceof Value.None ? y : attribute(y, attribute), caseSensitive));
    return Value.Items.list(
        Python.iterate(value).stream().sorted(a.flag(0, "reverse", false) ? order.reversed() : order).toList());
  }

  private static Value unique(Value value, Arguments a) {
    List<Value> kept = new ArrayList<>();
    List<Value> seen = new ArrayList<>();
    for (Value one : Python.iterate(value)) {
      Value key = folded(one, a.flag(0, "case_sensitive", false));
      if (seen.stream().noneMatch(s -> Python.equal(s, key))) {
        seen.add(key);
        kept.add(one);
      }
    }
    return Value.Items.list(kept);
  }

  private static Value reverse(Value value) {
    List<Value> reversed = Python.iterate(value).reversed();
    return value instanceof Text ? Strings.join(Text.EMPTY, reversed) : Value.Items.list(reversed);
  }

  private static Value dictSort(Value value, Arguments a) {
    if (!(value instanceof Value.Dict dict)) {
      throw new JinjaError("dictsort needs a dict, not " + Python.kind(value));
    }
    boolean caseSensitive = a.flag(0, "case_sensitive", false);
    int by = a.find(1, "by").map(v -> Python.str(v).value().equals("value")).orElse(false) ? 1 : 0;
    Comparator<Value> order =
        Comparator.comparing(pair -> folded(((Value.Items) pair).values().get(by), caseSensitive), Python::compare);
    List<Value> pairs = ((Value.Items) Methods.items(dict)).values();
    return Value.Items.list(pairs.stream().sorted(a.flag(2, "reverse", false) ? order.reversed() : order).toList());
  }

  private static Text indent(Text text, Arguments a) {
    Value width = a.find(0, "width").orElseGet(() -> new Value.Int(4));
    Text by = width instanceof Text given ? given : Text.of(" ".repeat(Math.max(0, Python.index(width))));
    return Strings.indent(text, by, a.flag(1, "first", false), a.flag(2, "blank", false));
  }

  private static Text escape(Text text) {
    Text escaped = Strings.replace(text, Text.of("&"), Text.of("&amp;"), -1);
    escaped = Strings.replace(escaped, Text.of("<"), Text.of("&lt;"), -1);
    escaped = Strings.replace(escaped, Text.of(">"), Text.of("&gt;"), -1);
    escaped = Strings.replace(escaped, Text.of("'"), Text.of("&#39;"), -1);
    return Strings.replace(escaped, Text.of("\""), Text.of("&#34;"), -1);
  }

  private static Value round(Value value, Arguments a) {
    RoundingMode mode =
        switch (a.find(1, "method").map(v -> Python.str(v).value()).orElse("common")) {
          case "common" -> RoundingMode.HALF_EVEN;
          case "ceil" -> RoundingMode.CEILING;
          case "floor" -> RoundingMode.FLOOR;
          default -> throw new JinjaError("round knows the methods common, ceil and floor");
        };
    BigDecimal rounded = new BigDecimal(Python.real(value)).setScale(a.number(0, "precision", 0), mode);
    return new Value.Real(rounded.doubleValue());
  }

  private static Value extreme(Value value, Arguments a, Comparator<Integer> sense) {
    boolean caseSensitive = a.flag(0, "case_sensitive", false);
    Value best = new Value.Undefined("the sequence is empty");
    for (Value one : attributes(value, a.find(1, "attribute").orElseGet(Value.None::new))) {
      boolean better =
          best instanceof Value.Undefined
              || sense.compare(Python.compare(folded(one, caseSensitive), folded(best, caseSensitive)), 0) < 0;
      best = better ? one : best;
    }
    return best;
  }

  private static Value batch(Value value, Arguments a) {
    int size = a.number(0, "linecount", 1);
    if (size < 1) {
      throw new JinjaError("batch needs a size ≥ 1");
    }
    List<Value> values = Python.iterate(value);
    List<Value> batches = new ArrayList<>();
    for (int i = 0; i < values.size(); i += size) {
      List<Value> batch = new ArrayList<>(values.subList(i, Math.min(i + size, values.size())));
      while (batch.size() < size && a.find(1, "fill_with").isPresent()) {
        batch.add(a.need(1, "fill_with"));
      }
      batches.add(Value.Items.list(batch));
    }
    return Value.Items.list(batches);
  }
}
