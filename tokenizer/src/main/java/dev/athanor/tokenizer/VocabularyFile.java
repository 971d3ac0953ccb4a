package dev.athanor.tokenizer;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// BERT's own vocabulary, a token a line in the order of their ids, with which older models are published: made into what a
/// `tokenizer.json` of transformers' `BertTokenizer` holds. The configuration says whether capitals count, how accents are taken, and
/// what the special tokens are called.
final class VocabularyFile {
  private VocabularyFile() {}

  /// @param config of the tokenizer; may be empty
  static ObjectNode json(Path file, ObjectNode config) {
    ObjectNode vocabulary = Json.MAPPER.createObjectNode();
    List<String> lines = lines(file);
    for (int i = 0; i < lines.size(); i++) {
      vocabulary.put(lines.get(i), i);
    }
    ObjectNode root = Json.MAPPER.createObjectNode().put("version", "1.0");
    root.putNull("truncation").putNull("padding");
    ArrayNode added = root.putArray("added_tokens");
    String unknown = name(config, "unk_token", "[UNK]");
    String first = name(config, "cls_token", "[CLS]");
    String last = name(config, "sep_token", "[SEP]");
    for (String special : List.of(name(config, "pad_token", "[PAD]"), unknown, first, last, name(config, "mask_token", "[MASK]"))) {
      if (vocabulary.has(special)) {
        AddedToken token = AddedToken.special(vocabulary.path(special).asInt(), special);
        ObjectNode json = added.addObject().put("id", token.id());
        TokenizerJsonWriter.flags(token).properties().forEach(e -> json.set(e.getKey(), e.getValue()));
      }
    }
    for (String needed : List.of(unknown, first, last)) {
      if (!vocabulary.has(needed)) {
        throw new UserException(file + ": the vocabulary has no " + needed + "; BERT's have one token a line, " + needed + " among them");
      }
    }
    root.set("normalizer", normalizer(config));
    root.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
    ObjectNode around = root.putObject("post_processor").put("type", "BertProcessing");
    around.putArray("sep").add(last).add(vocabulary.path(last).asInt());
    around.putArray("cls").add(first).add(vocabulary.path(first).asInt());
    root.putObject("decoder").put("type", "WordPiece").put("prefix", "##").put("cleanup", true);
    ObjectNode model = root.putObject("model").put("type", "WordPiece").put("unk_token", unknown);
    model.put("continuing_subword_prefix", "##").put("max_input_chars_per_word", 100).set("vocab", vocabulary);
    return root;
  }

  private static ObjectNode normalizer(ObjectNode config) {
    ObjectNode normalizer = Json.MAPPER.createObjectNode().put("type", "BertNormalizer").put("clean_text", true);
    normalizer.put("handle_chinese_chars", config.path("tokenize_chinese_chars").asBoolean(true));
    JsonNode accents = config.path("strip_accents");
    if (accents.isBoolean()) {
      normalizer.put("strip_accents", accents.booleanValue());
    } else {
      normalizer.putNull("strip_accents");
    }
    return normalizer.put("lowercase", config.path("do_lower_case").asBoolean(true));
  }

  private static String name(ObjectNode config, String key, String otherwise) {
    return Optional.ofNullable(config.get(key)).flatMap(TokenizerConfig::tokenName).orElse(otherwise);
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UserException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
