package dev.athanor.tokenizer;

import dev.athanor.base.Json;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The content of a `tokenizer_config.json`. Keys that mean nothing here are kept as they are and written again.
///
/// @param eosToken ends a document
/// @param keys every key of the file, in its order
record TokenizerConfig(String eosToken, Map<String, JsonNode> keys) {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  TokenizerConfig {
    keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
  }

  Optional<String> bosToken() {
    return content("bos_token");
  }

  Optional<String> padToken() {
    return content("pad_token");
  }

  boolean addsBos() {
    return node("add_bos_token").filter(JsonNode::isBoolean).map(JsonNode::booleanValue).orElse(false);
  }

  /// Empty where the file states none; Hugging Face then writes 10³⁰.
  OptionalInt maxLength() {
    return node("model_max_length")
        .filter(JsonNode::canConvertToInt)
        .map(n -> OptionalInt.of(n.intValue()))
        .orElse(OptionalInt.empty());
  }

  TokenizerConfig withMaxLength(int tokens) {
    return with("model_max_length", NODES.numberNode(tokens));
  }

  TokenizerConfig withChatTemplate(String jinja) {
    return with("chat_template", NODES.stringNode(jinja));
  }

  TokenizerConfig withBos(Optional<String> token, boolean added) {
    return with("bos_token", nullable(token)).with("add_bos_token", NODES.booleanNode(added));
  }

  TokenizerConfig withPad(Optional<String> token) {
    return with("pad_token", nullable(token));
  }

  TokenizerConfig withRoles(Map<String, String> roles) {
    TokenizerConfig config = this;
    for (Map.Entry<String, String> role : roles.entrySet()) {
      config = config.with(role.getKey(), NODES.stringNode(role.getValue()));
    }
    return config;
  }

  private static JsonNode nullable(Optional<String> text) {
    return text.<JsonNode>map(NODES::stringNode).orElseGet(NODES::nullNode);
  }

  private TokenizerConfig with(String key, JsonNode value) {
    Map<String, JsonNode> more = new LinkedHashMap<>(keys);
    more.put(key, value);
    return new TokenizerConfig(eosToken, more);
  }

  /// The template, or of several named ones that with the name "default".
  Optional<String> chatTemplate() {
    return node("chat_template").flatMap(TokenizerConfig::template);
  }

  private static Optional<String> template(JsonNode node) {
    if (node.isString()) {
      return Optional.of(node.stringValue());
    }
    return node.valueStream()
        .filter(n -> n.path("name").asString("").equals("default") && n.path("template").isString())
        .map(n -> n.path("template").stringValue())
        .findFirst();
  }

  /// A token written as its name or as an object with its name as `content`.
  static Optional<String> tokenName(JsonNode node) {
    JsonNode name = node.isObject() ? node.path("content") : node;
    return name.isString() && !name.stringValue().isEmpty() ? Optional.of(name.stringValue()) : Optional.empty();
  }

  /// The names of special tokens by their keys, `bos_token` and the like, which chat templates may read.
  Map<String, String> namedTokens() {
    Map<String, String> named = new LinkedHashMap<>();
    keys.forEach(
        (key, node) -> {
          if (key.endsWith("_token")) {
            tokenName(node).ifPresent(name -> named.put(key, name));
          }
        });
    named.putIfAbsent("eos_token", eosToken);
    return named;
  }

  private Optional<String> content(String key) {
    return node(key).flatMap(TokenizerConfig::tokenName);
  }

  private Optional<JsonNode> node(String key) {
    return Optional.ofNullable(keys.get(key));
  }

  ObjectNode json() {
    ObjectNode json = Json.MAPPER.createObjectNode();
    keys.forEach(json::set);
    return json;
  }

  /// What Athanor writes for a tokenizer of its own. The class is the one that loads `tokenizer.json` as it stands.
  static TokenizerConfig standard(String eosToken, Iterable<AddedToken> added) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("tokenizer_class", "PreTrainedTokenizerFast");
    json.put("add_bos_token", false);
    json.put("add_prefix_space", false);
    ObjectNode decoder = json.putObject("added_tokens_decoder");
    var additional = json.putArray("additional_special_tokens");
    for (AddedToken token : added) {
      decoder.set(String.valueOf(token.id()), TokenizerJsonWriter.flags(token));
      if (!token.content().equals(eosToken)) {
        additional.add(token.content());
      }
    }
    json.putNull("bos_token");
    json.put("clean_up_tokenization_spaces", false);
    json.put("eos_token", eosToken);
    json.put("errors", "replace");
    json.put("pad_token", eosToken);
    json.put("split_special_tokens", false);
    json.putNull("unk_token");
    Map<String, JsonNode> keys = new LinkedHashMap<>();
    json.properties().forEach(e -> keys.put(e.getKey(), e.getValue()));
    return new TokenizerConfig(eosToken, keys);
  }
}
