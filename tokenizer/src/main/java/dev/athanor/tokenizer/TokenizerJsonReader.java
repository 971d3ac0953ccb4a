package dev.athanor.tokenizer;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.tokenizer.pipeline.Place;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.PatternSyntaxException;
import tools.jackson.databind.JsonNode;

/// Reads a published `tokenizer.json`. Whatever would change ids and is not understood is refused, never passed over.
final class TokenizerJsonReader {
  /// Published vocabularies hold at most some hundred thousand; a larger id is a damaged file.
  private static final int LARGEST_ID = 1 << 24;

  private final String file;
  private final JsonNode root;
  private final List<AddedToken> added = new ArrayList<>();
  private final Map<String, Integer> vocab = new HashMap<>();

  TokenizerJsonReader(Path file) {
    this(Json.readFile(file), file.toString());
  }

  /// @param file what complaints name
  TokenizerJsonReader(JsonNode root, String file) {
    this.file = file;
    this.root = root;
  }

  BpeModel read() {
    JsonNode model = root.path("model");
    checkModel(model);
    readAdded();
    byte[][] tokens = readVocab(model.path("vocab"));
    boolean prefixSpace = false;
    JsonNode pre = root.path("pre_tokenizer");
    PreTokenizer preTokenizer;
    if (type(pre).equals("ByteLevel")) {
      preTokenizer = PreTokenizerPattern.GPT2;
      prefixSpace = flag(pre, "add_prefix_space", true);
      require(flag(pre, "use_regex", true), "pre_tokenizer ByteLevel without use_regex and without a Split before it", PRE);
    } else {
      preTokenizer = sequence(pre);
    }
    Merges merges = merges(model.path("merges"));
    boolean ignoreMerges = flag(model, "ignore_merges", false);
    return new BpeModel(
        tokens, merges.lefts(), merges.rights(), added, preTokenizer, prefixSpace, nfc(), ignoreMerges, bos(), Framing.at(processor()), OffsetTrim.at(processor()));
  }

  private static final String PRE =
      "ByteLevel with use_regex, or a Sequence of Split (Regex, Isolated) or Digits and, at its end, ByteLevel";

  private void checkModel(JsonNode model) {
    String type = type(model);
    boolean untypedBpe = type.isEmpty() && model.has("merges");
    require(type.equals("BPE") || untypedBpe, "model.type '" + type + "'", "BPE over bytes");
    require(isUnset(model.path("dropout")), "model.dropout", "null");
    require(isUnset(model.path("continuing_subword_prefix")), "model.continuing_subword_prefix", "none");
    require(isUnset(model.path("end_of_word_suffix")), "model.end_of_word_suffix", "none");
    require(!flag(model, "byte_fallback", false), "model.byte_fallback", "BPE over bytes, which needs none");
    String decoder = type(root.path("decoder"));
    require(decoder.equals("ByteLevel"), "decoder '" + decoder + "'", "ByteLevel");
    require(model.path("vocab").isObject() && model.path("merges").isArray(), "a model without vocab and merges", "both");
  }

  private void readAdded() {
    for (JsonNode node : root.path("added_tokens")) {
      String content = node.path("content").asString("");
      int id = node.path("id").asInt(-1);
      if (content.isEmpty() || id < 0 || id > LARGEST_ID) {
        throw bad("added_tokens: a token needs a content and an id from 0 to " + LARGEST_ID + ": " + node);
      }
      require(!flag(node, "single_word", false), "single_word of the added token " + content, "false");
      added.add(
          new AddedToken(
              id,
              content,
              flag(node, "lstrip", false),
              flag(node, "rstrip", false),
              flag(node, "normalized", false),
              flag(node, "special", false)));
    }
  }

  private byte[][] readVocab(JsonNode node) {
    int size = 0;
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      int id = entry.getValue().asInt(-1);
      if (id < 0 || id > LARGEST_ID) {
        throw bad("model.vocab: the id of '" + entry.getKey() + "' is not from 0 to " + LARGEST_ID);
      }
      vocab.put(entry.getKey(), id);
      size = Math.max(size, id + 1);
    }
    byte[][] tokens = new byte[size][];
    Arrays.fill(tokens, new byte[0]);
    vocab.forEach(
        (text, id) -> {
          byte[] bytes =
              ByteAlphabet.read(text)
                  .orElseGet(
                      () -> {
                        boolean named = added.stream().anyMatch(t -> t.id() == id);
                        require(named, "the token '" + text + "' of model.vocab, which is not written in bytes,", "byte-level BPE");
                        return new byte[0];
                      });
          if (tokens[id].length > 0) {
            throw bad("model.vocab: two tokens have the id " + id);
          }
          tokens[id] = bytes;
        });
    return tokens;
  }

  private Merges merges(JsonNode node) {
    try {
      return Merges.of(node.valueStream().map(TokenizerJsonReader::merge).toList(), vocab);
    } catch (IllegalArgumentException e) {
      throw new UserException(file + ": model.merges: " + e.getMessage(), e);
    }
  }

  /// Newer files list pairs, older ones "left right".
  private static String merge(JsonNode merge) {
    boolean pair = merge.isArray() && merge.size() == 2;
    return pair ? merge.path(0).asString("") + " " + merge.path(1).asString("") : merge.asString("");
  }

  private boolean nfc() {
    JsonNode normalizer = root.path("normalizer");
    if (isUnset(normalizer)) {
      return false;
    }
    require(type(normalizer).equals("NFC"), "normalizer '" + type(normalizer) + "'", "none or NFC");
    return true;
  }

  private PreTokenizer sequence(JsonNode sequence) {
    JsonNode nodes = sequence.path("pretokenizers");
    int last = nodes.size() - 1;
    boolean known = type(sequence).equals("Sequence") && last > 0 && type(nodes.path(last)).equals("ByteLevel");
    require(known, "pre_tokenizer " + types(sequence), PRE);
    List<PreTokenizer> steps = new ArrayList<>();
    for (int i = 0; i < last; i++) {
      steps.add(step(sequence, nodes.path(i)));
    }
    JsonNode bytes = nodes.path(last);
    require(!flag(bytes, "add_prefix_space", true), "pre_tokenizer ByteLevel with add_prefix_space after another", PRE);
    if (flag(bytes, "use_regex", true)) {
      steps.add(PreTokenizerPattern.GPT2);
    }
    return steps.size() == 1 ? steps.getFirst() : new PreTokenizerSequence(steps);
  }

  private PreTokenizer step(JsonNode sequence, JsonNode step) {
    return switch (type(step)) {
      case "Split" -> split(step);
      case "Digits" -> new RegexPreTokenizer(flag(step, "individual_digits", false) ? "\\p{N}" : "\\p{N}+");
      default -> {
        require(false, "pre_tokenizer " + types(sequence), PRE);
        throw new AssertionError("refused");
      }
    };
  }

  private PreTokenizer split(JsonNode split) {
    String regex = split.path("pattern").path("Regex").asString("");
    boolean isolated = split.path("behavior").asString("").equals("Isolated") && !flag(split, "invert", false);
    require(!regex.isEmpty() && isolated, "pre_tokenizer Split " + split, PRE);
    try {
      return RegexPreTokenizer.ofRegex(regex);
    } catch (PatternSyntaxException e) {
      throw new UserException(
          file + ": the pattern of the pre_tokenizer is not one that java.util.regex reads: " + e.getMessage(), e);
    }
  }

  private Place processor() {
    return Place.root(root, file).at("post_processor");
  }

  /// The token that a template puts first. A template that puts any other token is refused.
  private OptionalInt bos() {
    JsonNode processor = root.path("post_processor");
    List<JsonNode> steps = new ArrayList<>();
    if (type(processor).equals("Sequence")) {
      processor.path("processors").forEach(steps::add);
    } else if (!isUnset(processor)) {
      steps.add(processor);
    }
    OptionalInt bos = OptionalInt.empty();
    for (JsonNode step : steps) {
      switch (type(step)) {
        case "ByteLevel" -> {}
        case "TemplateProcessing" -> bos = templateBos(step);
        default -> require(false, "post_processor '" + type(step) + "'", "ByteLevel and TemplateProcessing");
      }
    }
    return bos;
  }

  private OptionalInt templateBos(JsonNode template) {
    JsonNode single = template.path("single");
    int last = single.size() - 1;
    boolean known = last >= 0 && last <= 1 && single.path(last).has("Sequence");
    require(known, "post_processor TemplateProcessing " + single, "one that puts at most one token, before the text");
    if (last == 0) {
      return OptionalInt.empty();
    }
    String name = single.path(0).path("SpecialToken").path("id").asString("");
    return OptionalInt.of(
        added.stream()
            .filter(t -> t.content().equals(name))
            .findFirst()
            .orElseThrow(() -> bad("post_processor: '" + name + "' is not among added_tokens"))
            .id());
  }

  private String types(JsonNode sequence) {
    List<String> types = new ArrayList<>();
    sequence.path("pretokenizers").forEach(s -> types.add(type(s)));
    return type(sequence) + types;
  }

  private static String type(JsonNode node) {
    return node.path("type").asString("");
  }

  private static boolean isUnset(JsonNode node) {
    return node.isMissingNode() || node.isNull() || (node.isString() && node.stringValue().isEmpty());
  }

  private static boolean flag(JsonNode node, String key, boolean otherwise) {
    return node.path(key).asBoolean(otherwise);
  }

  private void require(boolean supported, String component, String what) {
    if (!supported) {
      throw bad(component + " is not supported; supported: " + what);
    }
  }

  private UserException bad(String problem) {
    return new UserException(file + ": " + problem);
  }
}
