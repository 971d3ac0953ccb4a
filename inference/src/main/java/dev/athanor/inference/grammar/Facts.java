package dev.athanor.inference.grammar;

import dev.athanor.base.UserException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What the keywords of one alternative say together.
final class Facts {
  enum Kind {
    NULL,
    BOOLEAN,
    NUMBER,
    STRING,
    ARRAY,
    OBJECT;

    static Kind of(JsonNode value) {
      return switch (value.getNodeType()) {
        case NULL -> NULL;
        case BOOLEAN -> BOOLEAN;
        case NUMBER -> NUMBER;
        case STRING -> STRING;
        case ARRAY -> ARRAY;
        case OBJECT -> OBJECT;
        case BINARY, MISSING, POJO -> throw new IllegalArgumentException("no JSON: " + value);
      };
    }
  }

  /// Numbers beyond it are not written without an exponent, and nobody means them.
  private static final BigDecimal LARGEST = new BigDecimal("1e40");

  private static final int MAX_SCALE = 40;

  private final List<Schema> parts;
  private final boolean closed;
  private final Set<Kind> kinds = EnumSet.allOf(Kind.class);
  private final Map<String, Schema> patterns = new LinkedHashMap<>();
  private final Map<String, Schema> formats = new LinkedHashMap<>();
  private final List<BigDecimal> multiples = new ArrayList<>();
  private @Nullable Map<String, JsonNode> values;
  private boolean whole;
  private @Nullable BigDecimal low;
  private @Nullable BigDecimal high;
  private boolean lowInclusive = true;
  private boolean highInclusive = true;
  private int minLength;
  private int maxLength = -1;
  private int minItems;
  private int maxItems = -1;
  private int minProperties;
  private int maxProperties = -1;

  /// @param closed as in [OutputFormat.JsonSchema]
  Facts(List<Schema> parts, boolean closed) {
    this.parts = parts;
    this.closed = closed;
    parts.forEach(this::take);
  }

  private void take(Schema part) {
    takeType(part);
    takeValues(part);
    takeNumbers(part);
    minLength = Math.max(minLength, part.count("minLength"));
    maxLength = least(maxLength, part.count("maxLength"));
    minItems = Math.max(minItems, part.count("minItems"));
    maxItems = least(maxItems, part.count("maxItems"));
    minProperties = Math.max(minProperties, part.count("minProperties"));
    maxProperties = least(maxProperties, part.count("maxProperties"));
    String pattern = part.text("pattern");
    if (pattern != null) {
      patterns.put(pattern, part);
    }
    String format = part.text("format");
    if (format != null) {
      formats.put(format, part);
    }
    JsonNode unique = part.keyword("uniqueItems");
    if (unique != null && unique.booleanValue(false) && !(maxItems >= 0 && maxItems <= 1) && kinds.contains(Kind.ARRAY)) {
      throw part.wrong("uniqueItems", "that items differ cannot be kept while generating; leave it out and check afterwards");
    }
  }

  private static int least(int a, int b) {
    return a < 0 ? b : b < 0 ? a : Math.min(a, b);
  }

  private void takeType(Schema part) {
    JsonNode type = part.keyword("type");
    if (type == null) {
      return;
    }
    List<String> names = new ArrayList<>();
    for (JsonNode name : type.isArray() ? type : List.of(type)) {
      names.add(name.isString() ? name.stringValue() : name.toString());
    }
    JsonNode nullable = part.keyword("nullable");
    if (nullable != null && nullable.booleanValue(false)) {
      names.add("null");
    }
    Set<Kind> allowed = EnumSet.noneOf(Kind.class);
    for (String name : names) {
      allowed.add(
          switch (name) {
            case "null" -> Kind.NULL;
            case "boolean" -> Kind.BOOLEAN;
            case "number", "integer" -> Kind.NUMBER;
            case "string" -> Kind.STRING;
            case "array" -> Kind.ARRAY;
            case "object" -> Kind.OBJECT;
            default ->
                throw part.wrong(
                    "type", "there is no type '" + name + "'; there are null, boolean, integer, number, string, array, object");
          });
    }
    whole |= names.contains("integer") && !names.contains("number");
    kinds.retainAll(allowed);
  }

  private void takeValues(Schema part) {
    JsonNode listed = part.keyword("enum");
    if (listed != null) {
      if (!listed.isArray()) {
        throw part.wrong("enum", "it must be a list of values");
      }
      keep(listed);
    }
    JsonNode constant = part.keyword("const");
    if (constant != null) {
      keep(List.of(constant));
    }
  }

  private void keep(Iterable<JsonNode> listed) {
    Map<String, JsonNode> kept = new LinkedHashMap<>();
    for (JsonNode value : listed) {
      String key = JsonText.key(value);
      if (values == null || values.containsKey(key)) {
        kept.put(key, value);
      }
    }
    values = kept;
  }

  private void takeNumbers(Schema part) {
    raise(number(part, "minimum"), true);
    raise(number(part, "exclusiveMinimum"), false);
    lower(number(part, "maximum"), true);
    lower(number(part, "exclusiveMaximum"), false);
    BigDecimal multiple = number(part, "multipleOf");
    if (multiple != null) {
      if (multiple.signum() <= 0) {
        throw part.wrong("multipleOf", "it must be above 0");
      }
      multiples.add(multiple.stripTrailingZeros());
    }
  }

  private static @Nullable BigDecimal number(Schema part, String keyword) {
    JsonNode value = part.keyword(keyword);
    if (value == null) {
      return null;
    }
    if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
      throw part.wrong(keyword, "it must be a number, not " + Schema.shorten(value));
    }
    BigDecimal number = value.decimalValue();
    if (number.abs().compareTo(LARGEST) > 0 || number.stripTrailingZeros().scale() > MAX_SCALE) {
      throw part.wrong(keyword, "only numbers of at most 40 digits before and behind the point are supported");
    }
    return number;
  }

  private void raise(@Nullable BigDecimal bound, boolean inclusive) {
    if (bound != null && (low == null || bound.compareTo(low) > 0 || (bound.compareTo(low) == 0 && !inclusive))) {
      low = bound;
      lowInclusive = inclusive;
    }
  }

  private void lower(@Nullable BigDecimal bound, boolean inclusive) {
    if (bound != null && (high == null || bound.compareTo(high) < 0 || (bound.compareTo(high) == 0 && !inclusive))) {
      high = bound;
      highInclusive = inclusive;
    }
  }

  List<Schema> parts() {
    return parts;
  }

  Set<Kind> kinds() {
    return kinds;
  }

  /// The values of `enum` and `const`; null: any.
  @Nullable Iterable<JsonNode> values() {
    return values == null ? null : values.values();
  }

  /// Only numbers without a fraction.
  boolean whole() {
    return whole;
  }

  @Nullable BigDecimal low() {
    return low;
  }

  @Nullable BigDecimal high() {
    return high;
  }

  boolean lowInclusive() {
    return lowInclusive;
  }

  boolean highInclusive() {
    return highInclusive;
  }

  List<BigDecimal> multiples() {
    return multiples;
  }

  int minLength() {
    return minLength;
  }

  /// −1: none, here and below.
  int maxLength() {
    return maxLength;
  }

  Map<String, Schema> patterns() {
    return patterns;
  }

  Map<String, Schema> formats() {
    return formats;
  }

  int minItems() {
    return minItems;
  }

  int maxItems() {
    return maxItems;
  }

  int minProperties() {
    return minProperties;
  }

  int maxProperties() {
    return maxProperties;
  }

  /// Names that schemas list, in their order, then those that are required only.
  List<String> properties() {
    Set<String> names = new LinkedHashSet<>();
    parts.forEach(part -> names.addAll(part.names("properties")));
    names.addAll(required());
    return List.copyOf(names);
  }

  Set<String> required() {
    Set<String> names = new LinkedHashSet<>();
    for (Schema part : parts) {
      JsonNode required = part.keyword("required");
      if (required == null) {
        continue;
      }
      if (!required.isArray()) {
        throw part.wrong("required", "it must be a list of names");
      }
      for (JsonNode name : required) {
        if (!name.isString()) {
          throw part.wrong("required", "it must be a list of names, not of " + Schema.shorten(name));
        }
        names.add(name.stringValue());
      }
    }
    return names;
  }

  List<Schema> propertyNames() {
    return parts.stream().flatMap(part -> Stream.ofNullable(part.under("propertyNames"))).toList();
  }

  List<String> namePatterns() {
    return parts.stream().flatMap(part -> part.names("patternProperties").stream()).distinct().toList();
  }

  /// What a property's value must be.
  ///
  /// @param matched the name patterns that match its name
  /// @param name null: one that no schema lists
  List<Schema> property(@Nullable String name, Set<String> matched) {
    List<Schema> all = new ArrayList<>();
    for (Schema part : parts) {
      Schema own = name == null ? null : part.named("properties", name);
      boolean spoken = own != null;
      if (own != null) {
        all.add(own);
      }
      for (String pattern : part.names("patternProperties")) {
        Schema schema = part.named("patternProperties", pattern);
        if (matched.contains(pattern) && schema != null) {
          all.add(schema);
          spoken = true;
        }
      }
      if (!spoken) {
        Schema additional = part.under("additionalProperties");
        if (additional != null) {
          all.add(additional);
        } else if (closed && (part.keyword("properties") != null || part.keyword("patternProperties") != null)) {
          all.add(new Schema(JsonText.FALSE, part.at() + "/additionalProperties"));
        }
      }
    }
    return all;
  }

  int prefixItems() {
    return parts.stream().mapToInt(part -> prefix(part).size()).max().orElse(0);
  }

  /// What the item at an index must be.
  List<Schema> item(int index) {
    List<Schema> all = new ArrayList<>();
    for (Schema part : parts) {
      List<Schema> prefix = prefix(part);
      if (index < prefix.size()) {
        all.add(prefix.get(index));
      } else {
        // Before 2020 a list under `items` was what `prefixItems` is now.
        JsonNode items = part.keyword("items");
        Schema rest = items != null && items.isArray() ? part.under("additionalItems") : part.under("items");
        if (rest != null) {
          all.add(rest);
        }
      }
    }
    return all;
  }

  private static List<Schema> prefix(Schema part) {
    JsonNode items = part.keyword("items");
    if (items != null && items.isArray()) {
      return items.isEmpty() ? List.of() : part.list("items");
    }
    return part.list("prefixItems");
  }

  UserException tooMany(String keyword, String why) {
    return parts.isEmpty() ? new UserException(why) : parts.getFirst().wrong(keyword, why);
  }
}
