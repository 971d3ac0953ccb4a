package dev.athanor.serve;

import com.linecorp.armeria.common.HttpData;
import dev.athanor.base.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The fields of a request body, read by type. A field that is absent or null takes its default; one of another type or out
/// of its range is an `ApiException` 400 that names it; a field that nobody asks for is ignored.
record Fields(ObjectNode node) {
  static Fields parse(HttpData body) {
    JsonNode tree;
    try {
      tree = Json.MAPPER.readTree(body.array());
    } catch (JacksonException e) {
      throw ApiException.invalid(null, "the body is not valid JSON: " + e.getOriginalMessage());
    }
    if (tree instanceof ObjectNode object) {
      return new Fields(object);
    }
    throw ApiException.invalid(null, "the body must be a JSON object");
  }

  /// The field's value; null when it is absent or null.
  @Nullable JsonNode value(String name) {
    JsonNode value = node.get(name);
    return value == null || value.isNull() ? null : value;
  }

  Optional<String> text(String name) {
    JsonNode value = value(name);
    if (value == null) {
      return Optional.empty();
    }
    return Optional.of(string(name, value));
  }

  boolean flag(String name, boolean fallback) {
    JsonNode value = value(name);
    if (value == null) {
      return fallback;
    }
    if (!value.isBoolean()) {
      throw wrongType(name, "true or false", value);
    }
    return value.booleanValue();
  }

  OptionalInt integer(String name, int min, int max) {
    JsonNode value = value(name);
    if (value == null) {
      return OptionalInt.empty();
    }
    if (!value.isIntegralNumber()) {
      throw wrongType(name, "a whole number", value);
    }
    if (!value.canConvertToInt() || value.intValue() < min || value.intValue() > max) {
      throw outOfRange(name, min, max, value);
    }
    return OptionalInt.of(value.intValue());
  }

  OptionalLong wholeNumber(String name) {
    JsonNode value = value(name);
    if (value == null) {
      return OptionalLong.empty();
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw wrongType(name, "a whole number of at most 64 bits", value);
    }
    return OptionalLong.of(value.longValue());
  }

  double number(String name, double fallback, double min, double max) {
    JsonNode value = value(name);
    if (value == null) {
      return fallback;
    }
    if (!value.isNumber()) {
      throw wrongType(name, "a number", value);
    }
    double number = value.doubleValue();
    if (!(number >= min && number <= max)) {
      throw outOfRange(name, min, max, value);
    }
    return number;
  }

  /// A string or a list of strings; empty when absent.
  List<String> textOrTexts(String name) {
    JsonNode value = value(name);
    if (value == null) {
      return List.of();
    }
    if (!value.isArray()) {
      return List.of(string(name, value));
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode element : value) {
      texts.add(string(name, element));
    }
    return texts;
  }

  /// The fields of an object inside; empty when absent.
  Optional<Fields> object(String name) {
    JsonNode value = value(name);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof ObjectNode object) {
      return Optional.of(new Fields(object));
    }
    throw wrongType(name, "an object", value);
  }

  static String string(String name, JsonNode value) {
    if (!value.isString()) {
      throw wrongType(name, "a string", value);
    }
    return value.stringValue();
  }

  static ApiException wrongType(String name, String wanted, JsonNode value) {
    return ApiException.invalid(name, "'" + name + "' must be " + wanted + ", not " + shown(value));
  }

  private static ApiException outOfRange(String name, Number min, Number max, JsonNode value) {
    String range = max.doubleValue() == Integer.MAX_VALUE ? "at least " + plain(min) : "between " + plain(min) + " and " + plain(max);
    return ApiException.invalid(name, "'" + name + "' must be " + range + ", not " + shown(value));
  }

  /// Without an exponent.
  private static String plain(Number number) {
    return new BigDecimal(number.toString()).stripTrailingZeros().toPlainString();
  }

  private static String shown(JsonNode value) {
    String json = value.toString();
    return json.length() <= 60 ? json : json.substring(0, 57) + "…";
  }
}
