package dev.athanor.tokenizer.sentencepiece;

import dev.athanor.base.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A `tokenizer.model` with what the `tokenizer_config.json` beside it adds: names of roles, tokens behind the model's own, and
/// which tokens stand around every text.
public final class SentencePieceFile {
  /// Published classes that put `<s>` before a text unless the configuration says otherwise.
  private static final Set<String> BEGINS = Set.of("Llama", "CodeLlama", "Gemma");
  private static final Set<String> ENDS = Set.of("T5");
  /// Classes whose ids are not the model's: they move them by one and put tokens of their own before.
  private static final Set<String> MOVED = Set.of("XLMRoberta", "Camembert", "MBart", "MBart50", "Barthez", "XGLM", "NllbTokenizer", "Nllb");

  private final SentencePieceModel model;
  private final ObjectNode config;
  private final String where;

  private SentencePieceFile(SentencePieceModel model, ObjectNode config, String where) {
    this.model = model;
    this.config = config;
    this.where = where;
  }

  /// The `tokenizer.json` of a model file.
  ///
  /// @param config a `tokenizer_config.json`, empty where there is none; what it leaves open is filled in
  /// @throws UserException when the file is no such model, or one that is not supported; names it
  public static ObjectNode json(Path file, ObjectNode config) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UserException("cannot read " + file + ": " + e.getMessage(), e);
    }
    return json(SentencePieceModel.read(bytes, file.toString()), config, file.toString());
  }

  /// @param config as of a `tokenizer_config.json`; what it leaves open is filled in
  /// @param where for messages
  public static ObjectNode json(SentencePieceModel model, ObjectNode config, String where) {
    return new SentencePieceFile(model, config, where).json();
  }

  private ObjectNode json() {
    String kind = config.path("tokenizer_class").asString("").replaceFirst("Tokenizer(Fast)?$", "");
    if (MOVED.contains(kind)) {
      throw new UserException(
          where + ": the ids of a " + kind + " tokenizer are not those of its SentencePiece model; supported: its tokenizer.json");
    }
    ObjectNode json = SentencePieceJson.of(model, where);
    SentencePieceModel.Roles roles = model.roles();
    role("bos_token", roles.bos());
    role("eos_token", roles.eos());
    role("pad_token", roles.pad());
    role("unk_token", model.unknown());
    addTokens((ArrayNode) json.path("added_tokens"));
    frame(json, flag("add_bos_token", BEGINS.contains(kind)), flag("add_eos_token", ENDS.contains(kind)));
    return json;
  }

  private void role(String key, OptionalInt id) {
    if (!config.has(key) && id.isPresent()) {
      config.put(key, model.pieces().get(id.getAsInt()).text());
    }
  }

  private boolean flag(String key, boolean otherwise) {
    boolean is = config.path(key).isBoolean() ? config.path(key).booleanValue() : otherwise;
    config.put(key, is);
    return is;
  }

  /// Tokens that were added behind the model's own.
  private void addTokens(ArrayNode added) {
    for (Map.Entry<String, JsonNode> entry : config.path("added_tokens_decoder").properties()) {
      int id;
      try {
        id = Integer.parseInt(entry.getKey());
      } catch (NumberFormatException e) {
        throw new UserException(where + ": added_tokens_decoder: '" + entry.getKey() + "' is no id", e);
      }
      if (id >= model.pieces().size() && entry.getValue() instanceof ObjectNode token) {
        ObjectNode copy = JsonNodeFactory.instance.objectNode().put("id", id);
        copy.set("content", token.path("content"));
        for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized", "special")) {
          copy.put(flag, token.path(flag).asBoolean(false));
        }
        added.add(copy);
      }
    }
  }

  private void frame(ObjectNode json, boolean begins, boolean ends) {
    List<String> before = begins ? List.of(name("bos_token")) : List.of();
    List<String> after = ends ? List.of(name("eos_token")) : List.of();
    if (before.isEmpty() && after.isEmpty()) {
      return;
    }
    ObjectNode template = json.putObject("post_processor").put("type", "TemplateProcessing");
    ArrayNode single = template.putArray("single");
    ArrayNode pair = template.putArray("pair");
    around(single, before, "A", 0, after);
    around(pair, before, "A", 0, after);
    around(pair, before, "B", 1, after);
    ObjectNode tokens = template.putObject("special_tokens");
    List<String> all = new ArrayList<>(before);
    all.addAll(after);
    for (String token : all) {
      ObjectNode special = tokens.putObject(token).put("id", token);
      special.putArray("ids").add(id(json, token));
      special.putArray("tokens").add(token);
    }
  }

  private static void around(ArrayNode template, List<String> before, String sequence, int type, List<String> after) {
    before.forEach(token -> template.addObject().putObject("SpecialToken").put("id", token).put("type_id", type));
    template.addObject().putObject("Sequence").put("id", sequence).put("type_id", type);
    after.forEach(token -> template.addObject().putObject("SpecialToken").put("id", token).put("type_id", type));
  }

  private String name(String key) {
    JsonNode node = config.path(key);
    String name = node.isObject() ? node.path("content").asString("") : node.asString("");
    if (name.isEmpty()) {
      throw new UserException(where + ": every text is to get a " + key + ", but the configuration names none");
    }
    return name;
  }

  private int id(ObjectNode json, String token) {
    for (JsonNode added : json.path("added_tokens")) {
      if (added.path("content").asString("").equals(token)) {
        return added.path("id").intValue();
      }
    }
    throw new UserException(where + ": '" + token + "', which every text is to get, is no control token of the model");
  }
}
