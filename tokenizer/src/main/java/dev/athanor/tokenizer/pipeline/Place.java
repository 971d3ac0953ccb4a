package dev.athanor.tokenizer.pipeline;

import dev.athanor.base.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A node of a tokenizer's JSON that knows where it stands, so that every complaint names the file and the path.
///
/// @param file the file, or whatever else the JSON came from
/// @param path such as `pre_tokenizer.pretokenizers[1]`; empty for the whole
public record Place(JsonNode node, String file, String path) {
  public static Place root(JsonNode node, String file) {
    return new Place(node, file, "");
  }

  public Place at(String key) {
    return new Place(node.path(key), file, path.isEmpty() ? key : path + "." + key);
  }

  /// The items of an array.
  public List<Place> items() {
    if (!node.isArray()) {
      throw bad(isUnset() ? "is missing; it is a list" : "is not a list: " + shortened());
    }
    List<Place> items = new ArrayList<>(node.size());
    for (int i = 0; i < node.size(); i++) {
      items.add(new Place(node.path(i), file, path + "[" + i + "]"));
    }
    return items;
  }

  /// Whether there is nothing here: no node, or null.
  public boolean isUnset() {
    return node.isMissingNode() || node.isNull();
  }

  public String type() {
    return at("type").text();
  }

  /// A text that must be there.
  public String text() {
    if (!node.isString()) {
      throw bad(isUnset() ? "is missing; it is a text" : "is not a text: " + shortened());
    }
    return node.stringValue();
  }

  /// A text that may be absent or null.
  public Optional<String> optionalText() {
    return isUnset() ? Optional.empty() : Optional.of(text());
  }

  public boolean flag(String key, boolean otherwise) {
    Place place = at(key);
    if (place.isUnset()) {
      return otherwise;
    }
    if (!place.node.isBoolean()) {
      throw place.bad("is neither true nor false: " + place.shortened());
    }
    return place.node.booleanValue();
  }

  /// A whole number within bounds.
  public int number(int least, int most) {
    if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < least || node.intValue() > most) {
      throw bad("is not a whole number from " + least + " to " + most + ": " + (isUnset() ? "missing" : shortened()));
    }
    return node.intValue();
  }

  private String shortened() {
    String text = node.toString();
    return text.length() > 120 ? text.substring(0, 117) + "..." : text;
  }

  public UserException bad(String problem) {
    return new UserException(file + ": " + (path.isEmpty() ? "" : path + ": ") + problem);
  }

  public UserException bad(String problem, Throwable cause) {
    return new UserException(file + ": " + (path.isEmpty() ? "" : path + ": ") + problem, cause);
  }

  /// The complaint about a component that there is not.
  public UserException unsupported(String supported) {
    return bad("'" + (node.isObject() ? at("type").node.asString("") : shortened()) + "' is not supported; supported: " + supported);
  }
}
