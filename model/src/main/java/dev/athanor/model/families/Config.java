package dev.athanor.model.families;

import dev.athanor.base.UserException;
import dev.athanor.model.Activation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/// A published `config.json`, read key by key. What is missing takes the published default where there is one; `null` counts as
/// missing. Every method throws a [UserException] that names the key and what was expected.
record Config(JsonNode json) {

  boolean has(String key) {
    JsonNode value = json.path(key);
    return !value.isMissingNode() && !value.isNull();
  }

  int required(String key) {
    if (!has(key)) {
      throw new UserException("'" + key + "' is missing");
    }
    return integer(key, 0);
  }

  int integer(String key, int otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    JsonNode value = json.path(key);
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw new UserException("'" + key + "' must be a whole number, not " + value);
    }
    return value.asInt();
  }

  OptionalInt optionalInteger(String key) {
    return has(key) ? OptionalInt.of(required(key)) : OptionalInt.empty();
  }

  double number(String key, double otherwise) {
    return optionalNumber(key).orElse(otherwise);
  }

  OptionalDouble optionalNumber(String key) {
    if (!has(key)) {
      return OptionalDouble.empty();
    }
    JsonNode value = json.path(key);
    if (!value.isNumber() || !(value.asDouble() >= 0)) {
      throw new UserException("'" + key + "' must be a number and not negative, not " + value);
    }
    return OptionalDouble.of(value.asDouble());
  }

  boolean flag(String key, boolean otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    JsonNode value = json.path(key);
    if (!value.isBoolean()) {
      throw new UserException("'" + key + "' must be true or false, not " + value);
    }
    return value.asBoolean();
  }

  String text(String key, String otherwise) {
    return has(key) ? json.path(key).asString("") : otherwise;
  }

  List<Integer> integers(String key) {
    List<Integer> values = new ArrayList<>();
    for (JsonNode value : json.path(key)) {
      if (!value.isIntegralNumber() || !value.canConvertToInt()) {
        throw new UserException("'" + key + "' must be a list of whole numbers, not " + json.path(key));
      }
      values.add(value.asInt());
    }
    return values;
  }

  /// A part of the file that is a configuration of its own.
  Config part(String key) {
    JsonNode value = json.path(key);
    if (!value.isObject()) {
      throw new UserException("'" + key + "' must be an object, not " + (value.isMissingNode() ? "missing" : value));
    }
    return new Config(value);
  }

  /// Only `expected` is supported of this key; missing counts as `expected`.
  void requireFlag(String key, boolean expected) {
    if (flag(key, expected) != expected) {
      throw new UserException("'" + key + "': " + !expected + " is not supported; only " + expected + " is");
    }
  }

  void requireText(String key, String expected) {
    String value = text(key, expected);
    if (!value.equals(expected)) {
      throw new UserException("'" + key + "': '" + value + "' is not supported; only '" + expected + "' is");
    }
  }

  Activation activation(String key, Activation otherwise) {
    return has(key) ? activation(key, text(key, "")) : otherwise;
  }

  static Activation activation(String key, String name) {
    return switch (name) {
      case "silu", "swish" -> Activation.SILU;
      case "gelu", "gelu_python" -> Activation.GELU;
      case "gelu_new", "gelu_pytorch_tanh", "gelu_fast", "gelu_accurate" -> Activation.GELU_TANH;
      case "quick_gelu" -> Activation.QUICK_GELU;
      case "relu" -> Activation.RELU;
      default ->
          throw new UserException(
              "'" + key + "': '" + name + "' is not supported; supported are silu, gelu, gelu_new, gelu_pytorch_tanh, quick_gelu, relu");
    };
  }

  /// What the published files call an activation.
  static String name(Activation activation) {
    return switch (activation) {
      case SILU -> "silu";
      case GELU -> "gelu";
      case GELU_TANH -> "gelu_pytorch_tanh";
      case QUICK_GELU -> "quick_gelu";
      case RELU -> "relu";
    };
  }

  /// The class names under `architectures`; empty where the file does not say.
  List<String> architectures() {
    List<String> names = new ArrayList<>();
    json.path("architectures").forEach(name -> names.add(name.asString("")));
    return names;
  }

  /// The number of a classifier's labels.
  int labels() {
    int named = json.path("id2label").size();
    return named > 0 ? named : integer("num_labels", 2);
  }

  /// What a classifier's labels are called, in the order of their numbers: `LABEL_0` where the file does not say.
  List<String> labelNames() {
    JsonNode names = json.path("id2label");
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < labels(); i++) {
      String name = names.path(String.valueOf(i)).asString("");
      if (name.isEmpty() && !names.isEmpty()) {
        throw new UserException("'id2label' names " + names.size() + " labels and none of them is number " + i);
      }
      labels.add(name.isEmpty() ? "LABEL_" + i : name);
    }
    return labels;
  }

  /// Runs what makes a spec of this file: facts that contradict each other are the file's fault.
  static <T> T checked(Supplier<T> spec) {
    try {
      return spec.get();
    } catch (IllegalArgumentException e) {
      throw new UserException(Optional.ofNullable(e.getMessage()).orElse("impossible configuration"), e);
    }
  }
}
