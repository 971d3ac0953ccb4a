package dev.athanor.tokenizer;

import dev.athanor.base.Json;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes a model over words as transformers lays out Llama 2: the normalizer puts markers for blanks, the decoder takes them away.
/// That layout has no pre-tokenizer; here one cuts words at the places which no piece crosses, so that the result is the same and a
/// word's tokens can be kept.
public final class WordTokenizerJson {
  private static final String MARKER = String.valueOf(WordRules.MARKER);

  private WordTokenizerJson() {}

  /// Ids: those of the model's vocabulary, then the special tokens. They are no part of the vocabulary, so that no text but their
  /// name read as a special token gives them.
  ///
  /// @param model the object `model`, whose `vocab` holds the ids from 0 on
  public static PublishedTokenizer of(WordOptions options, ObjectNode model) {
    WordRules rules = options.rules();
    ObjectNode root = Json.MAPPER.createObjectNode();
    root.put("version", "1.0");
    root.putNull("truncation");
    root.putNull("padding");
    List<AddedToken> added = new ArrayList<>();
    added.add(AddedToken.special(0, WordOptions.UNKNOWN));
    for (String name : options.specialTokens()) {
      added.add(AddedToken.special(model.path("vocab").size() + added.size() - 1, name));
    }
    ArrayNode tokens = root.putArray("added_tokens");
    for (AddedToken token : added) {
      ObjectNode json = tokens.addObject().put("id", token.id());
      TokenizerJsonWriter.flags(token).properties().forEach(e -> json.set(e.getKey(), e.getValue()));
    }
    root.set("normalizer", sequence("normalizers", normalizers(rules)));
    ObjectNode split = Json.MAPPER.createObjectNode().put("type", "Split");
    split.putObject("pattern").put("Regex", rules.spacePieces() ? MARKER + "*[^" + MARKER + "]+|" + MARKER + "+" : MARKER + "?[^" + MARKER + "]+|" + MARKER);
    split.put("behavior", "Isolated").put("invert", false);
    root.set("pre_tokenizer", split);
    root.putNull("post_processor");
    root.set("decoder", sequence("decoders", decoders(options)));
    root.set("model", model);
    String end = options.specialTokens().getFirst();
    TokenizerConfig config = TokenizerConfig.standard(end, added.subList(1, added.size()));
    boolean chat = options.specialTokens().containsAll(List.of(ChatMl.START, ChatMl.END));
    ObjectNode keys = (chat ? config.withChatTemplate(ChatMl.jinja()) : config).json();
    return new PublishedTokenizer(root, keys.put("unk_token", WordOptions.UNKNOWN));
  }

  private static List<ObjectNode> normalizers(WordRules rules) {
    List<ObjectNode> steps = new ArrayList<>();
    if (rules.normalizer() != TextNormalizer.NONE) {
      steps.add(Json.MAPPER.createObjectNode().put("type", rules.normalizer().name()));
    }
    if (rules.collapse()) {
      ObjectNode runs = Json.MAPPER.createObjectNode().put("type", "Replace");
      runs.putObject("pattern").put("Regex", "\\s+");
      steps.add(runs.put("content", " "));
      steps.add(Json.MAPPER.createObjectNode().put("type", "Strip").put("strip_left", true).put("strip_right", true));
    }
    if (rules.prefix()) {
      steps.add(Json.MAPPER.createObjectNode().put("type", "Prepend").put("prepend", MARKER));
    }
    steps.add(replace(" ", MARKER));
    return steps;
  }

  private static List<ObjectNode> decoders(WordOptions options) {
    List<ObjectNode> steps = new ArrayList<>();
    steps.add(replace(MARKER, " "));
    if (options.byteFallback()) {
      steps.add(Json.MAPPER.createObjectNode().put("type", "ByteFallback"));
    }
    steps.add(Json.MAPPER.createObjectNode().put("type", "Fuse"));
    if (options.rules().prefix()) {
      steps.add(Json.MAPPER.createObjectNode().put("type", "Strip").put("content", " ").put("start", 1).put("stop", 0));
    }
    return steps;
  }

  private static ObjectNode replace(String text, String by) {
    ObjectNode json = Json.MAPPER.createObjectNode().put("type", "Replace");
    json.putObject("pattern").put("String", text);
    return json.put("content", by);
  }

  private static ObjectNode sequence(String key, List<ObjectNode> steps) {
    ObjectNode json = Json.MAPPER.createObjectNode().put("type", "Sequence");
    json.putArray(key).addAll(steps);
    return json;
  }
}
