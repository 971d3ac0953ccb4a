package dev.athanor.tokenizer.pipeline;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The tokens of a model.
final class Vocabulary {
  /// Published vocabularies hold at most some hundred thousand; a larger id is a damaged file.
  static final int LARGEST_ID = 1 << 24;

  private final Map<String, Integer> ids;
  private final @Nullable String[] tokens;

  private Vocabulary(Map<String, Integer> ids, @Nullable String[] tokens) {
    this.ids = ids;
    this.tokens = tokens;
  }

  /// An object of tokens with their ids.
  static Vocabulary at(Place place) {
    if (!place.node().isObject()) {
      throw place.bad(place.isUnset() ? "is missing; it is an object of tokens with their ids" : "is not an object of tokens with their ids");
    }
    Map<String, Integer> ids = new HashMap<>(place.node().size() * 2);
    int size = 0;
    for (Map.Entry<String, JsonNode> entry : place.node().properties()) {
      JsonNode node = entry.getValue();
      int id = node.isIntegralNumber() && node.canConvertToInt() ? node.intValue() : -1;
      if (id < 0 || id > LARGEST_ID) {
        throw place.bad("the id of '" + entry.getKey() + "' is not a whole number from 0 to " + LARGEST_ID + ": " + node);
      }
      ids.put(entry.getKey(), id);
      size = Math.max(size, id + 1);
    }
    @Nullable String[] tokens = new String[size];
    ids.forEach(
        (token, id) -> {
          if (tokens[id] != null) {
            throw place.bad("two tokens have the id " + id + ": '" + tokens[id] + "' and '" + token + "'");
          }
          tokens[id] = token;
        });
    return new Vocabulary(ids, tokens);
  }

  /// Tokens whose ids are their places; of equal ones the last has the name.
  static Vocabulary of(String[] tokens) {
    Map<String, Integer> ids = new HashMap<>(tokens.length * 2);
    for (int id = 0; id < tokens.length; id++) {
      ids.put(tokens[id], id);
    }
    return new Vocabulary(ids, tokens.clone());
  }

  /// One more than the largest id.
  int size() {
    return tokens.length;
  }

  /// -1 where there is none.
  int id(String token) {
    return ids.getOrDefault(token, -1);
  }

  /// Null where the id stands for nothing.
  @Nullable String token(int id) {
    return id < tokens.length ? tokens[id] : null;
  }

  /// The ids of `<0x00>` to `<0xFF>`, -1 where there is none.
  int[] byteIds() {
    int[] byteIds = new int[256];
    for (int b = 0; b < 256; b++) {
      byteIds[b] = id(byteToken(b));
    }
    return byteIds;
  }

  private static String byteToken(int b) {
    return String.format(Locale.ROOT, "<0x%02X>", b);
  }

  /// The id of a token that a file names as a role.
  int idOf(Place place, Optional<String> name) {
    if (name.isEmpty()) {
      return -1;
    }
    int id = id(name.get());
    if (id < 0) {
      throw place.bad("'" + name.get() + "' is no token of the vocabulary");
    }
    return id;
  }
}
