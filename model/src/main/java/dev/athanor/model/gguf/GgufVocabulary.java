package dev.athanor.model.gguf;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.tokenizer.Tokenizer;
import dev.athanor.tokenizer.Tokenizers;
import dev.athanor.tokenizer.sentencepiece.SentencePieceFile;
import dev.athanor.tokenizer.sentencepiece.SentencePieceModel;
import dev.athanor.tokenizer.sentencepiece.SentencePieceModel.Piece;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The vocabularies of GGUF files that are not byte-level BPE, each stated as the `tokenizer.json` that llama.cpp's way of
/// reading it amounts to: "llama" (SentencePiece's BPE by scores), "t5" (SentencePiece's unigram model) and "bert" (WordPiece).
final class GgufVocabulary {
  static final String LLAMA = "llama";
  static final String T5 = "t5";
  static final String BERT = "bert";

  private static final String KEYS = "tokenizer.ggml.";
  private static final String TOKENS = KEYS + "tokens";
  private static final String TOKEN_TYPE = KEYS + "token_type";
  private static final String SCORES = KEYS + "scores";
  private static final String CHARSMAP = KEYS + "precompiled_charsmap";
  private static final int MAX_TOKENS = 1 << 22;
  /// Longer words are unknown to BERT.
  private static final int LONGEST_WORD = 100;

  private final GgufFile file;
  private final List<String> tokens;
  private final SentencePieceModel.Type[] types;
  private final ObjectNode config = Json.MAPPER.createObjectNode();

  GgufVocabulary(GgufFile file) {
    this.file = file;
    GgufArray array = array(TOKENS);
    if (array.elements() != GgufValue.Kind.TEXT) {
      throw bad("'%s' is %s; it should be texts".formatted(TOKENS, array));
    }
    if (array.size() > MAX_TOKENS) {
      throw bad("'%s' holds %d tokens; at most %d are supported".formatted(TOKENS, array.size(), MAX_TOKENS));
    }
    tokens = array.texts();
    types = types();
    for (int id = 0; id < types.length; id++) {
      if (tokens.get(id).isEmpty()) {
        throw bad("token %d in '%s' is empty".formatted(id, TOKENS));
      }
    }
  }

  /// @param model what `tokenizer.ggml.model` says
  Tokenizer open(String model) {
    file.text("tokenizer.chat_template").ifPresent(jinja -> config.put("chat_template", jinja));
    ObjectNode json = model.equals(BERT) ? wordPiece() : sentencePiece(model);
    return Tokenizers.of(json, config, file.path().toString());
  }

  private SentencePieceModel.Type[] types() {
    SentencePieceModel.Type[] all = new SentencePieceModel.Type[tokens.size()];
    Arrays.fill(all, SentencePieceModel.Type.NORMAL);
    Optional<GgufArray> stated = file.array(TOKEN_TYPE);
    if (stated.isPresent()) {
      if (!stated.get().elements().isInteger() || stated.get().size() != all.length) {
        throw bad("'%s' is %s; it should be %d whole numbers".formatted(TOKEN_TYPE, stated.get(), all.length));
      }
      long[] numbers = stated.get().integers();
      for (int id = 0; id < all.length; id++) {
        all[id] = type(id, numbers[id]);
      }
    }
    // One with a role is never text, whatever its kind says.
    for (String role : List.of("bos", "eos", "padding", "cls", "seperator", "mask")) {
      OptionalInt id = id(role);
      if (id.isPresent() && all[id.getAsInt()] == SentencePieceModel.Type.NORMAL) {
        all[id.getAsInt()] = SentencePieceModel.Type.CONTROL;
      }
    }
    OptionalInt unknown = id("unknown");
    if (unknown.isPresent()) {
      all[unknown.getAsInt()] = SentencePieceModel.Type.UNKNOWN;
    }
    return all;
  }

  /// llama_token_type
  private SentencePieceModel.Type type(int id, long number) {
    return switch (Math.clamp(number, 0, 7)) {
      case 1 -> SentencePieceModel.Type.NORMAL;
      case 2 -> SentencePieceModel.Type.UNKNOWN;
      case 3 -> SentencePieceModel.Type.CONTROL;
      case 4 -> SentencePieceModel.Type.USER_DEFINED;
      case 5 -> SentencePieceModel.Type.UNUSED;
      case 6 -> SentencePieceModel.Type.BYTE;
      default -> throw bad("token %d '%s' has the type %d in '%s'; there are 1 to 6".formatted(id, tokens.get(id), number, TOKEN_TYPE));
    };
  }

  private ObjectNode sentencePiece(String model) {
    boolean llama = model.equals(LLAMA);
    double[] scores = scores();
    List<Piece> pieces = new ArrayList<>();
    for (int id = 0; id < types.length; id++) {
      // Symbols that a user defined stand apart in the raw text; unused tokens are never text.
      SentencePieceModel.Type type =
          switch (types[id]) {
            case USER_DEFINED, UNUSED -> SentencePieceModel.Type.CONTROL;
            case NORMAL, UNKNOWN, CONTROL, BYTE -> types[id];
          };
      pieces.add(new Piece(tokens.get(id), (float) scores[id], type));
    }
    boolean byteFallback = pieces.stream().anyMatch(p -> p.type() == SentencePieceModel.Type.BYTE);
    boolean trims = !llama && flag("remove_extra_whitespaces", false);
    var normalization =
        new SentencePieceModel.Normalization(llama ? new byte[0] : charsmap(), flag("add_space_prefix", llama), trims);
    config.put("add_bos_token", flag("add_bos_token", llama && id("bos").isPresent()));
    config.put("add_eos_token", flag("add_eos_token", !llama && id("eos").isPresent()));
    var roles = new SentencePieceModel.Roles(id("bos"), id("eos"), id("padding"));
    var kind = llama ? SentencePieceModel.Kind.BPE : SentencePieceModel.Kind.UNIGRAM;
    ObjectNode json =
        SentencePieceFile.json(
            new SentencePieceModel(kind, pieces, normalization, byteFallback, roles), config, file.path().toString());
    json.set("added_tokens", added());
    return json;
  }

  private double[] scores() {
    GgufArray array = array(SCORES);
    if ((array.elements() != GgufValue.Kind.F32 && array.elements() != GgufValue.Kind.F64) || array.size() != tokens.size()) {
      throw bad("'%s' is %s; it should be %d real numbers".formatted(SCORES, array, tokens.size()));
    }
    return array.reals();
  }

  private byte[] charsmap() {
    Optional<GgufArray> array = file.array(CHARSMAP);
    if (array.isEmpty()) {
      return new byte[0];
    }
    if (!array.get().elements().isInteger()) {
      throw bad("'%s' is %s; it should be bytes".formatted(CHARSMAP, array.get()));
    }
    long[] numbers = array.get().integers();
    byte[] bytes = new byte[numbers.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) numbers[i];
    }
    return bytes;
  }

  private ArrayNode added() {
    ArrayNode added = Json.MAPPER.createArrayNode();
    for (int id = 0; id < types.length; id++) {
      boolean special = types[id] == SentencePieceModel.Type.CONTROL || types[id] == SentencePieceModel.Type.UNKNOWN;
      if (special || types[id] == SentencePieceModel.Type.USER_DEFINED) {
        added
            .addObject()
            .put("id", id)
            .put("content", tokens.get(id))
            .put("single_word", false)
            .put("lstrip", false)
            .put("rstrip", false)
            .put("normalized", false)
            .put("special", special);
      }
    }
    return added;
  }

  /// A word's first token begins with `▁`, which stands for no space; the others follow without `##`. Text is lowered and
  /// loses its accents.
  private ObjectNode wordPiece() {
    String unknown = role("unk_token", "unknown").orElseThrow(() -> file.missing(KEYS + "unknown_token_id"));
    Optional<String> first = role("cls_token", "cls").or(() -> role("cls_token", "bos"));
    Optional<String> last = role("sep_token", "seperator").or(() -> role("sep_token", "eos"));
    role("pad_token", "padding");
    role("mask_token", "mask");
    last.ifPresent(name -> config.put("eos_token", name));
    ObjectNode json = Json.MAPPER.createObjectNode().put("version", "1.0").putNull("truncation").putNull("padding");
    json.set("added_tokens", added());
    json.putObject("normalizer")
        .put("type", "BertNormalizer")
        .put("clean_text", true)
        .put("handle_chinese_chars", true)
        .putNull("strip_accents")
        .put("lowercase", true);
    json.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
    if (first.isPresent() && last.isPresent()) {
      ObjectNode processor = json.putObject("post_processor").put("type", "BertProcessing");
      pair(processor.putArray("sep"), last.get());
      pair(processor.putArray("cls"), first.get());
    } else {
      json.putNull("post_processor");
    }
    json.putObject("decoder").put("type", "WordPiece").put("prefix", "##").put("cleanup", true);
    ObjectNode model = json.putObject("model").put("type", "WordPiece").put("unk_token", unknown);
    model.put("continuing_subword_prefix", "##").put("max_input_chars_per_word", LONGEST_WORD);
    ObjectNode vocab = model.putObject("vocab");
    for (int id = 0; id < types.length; id++) {
      JsonNode other = vocab.replace(written(id), Json.MAPPER.getNodeFactory().numberNode(id));
      if (other != null) {
        throw bad("the tokens %d and %d are both '%s'".formatted(other.intValue(), id, tokens.get(id)));
      }
    }
    return json;
  }

  private void pair(ArrayNode pair, String token) {
    pair.add(token).add(tokens.indexOf(token));
  }

  private String written(int id) {
    String token = tokens.get(id);
    if (types[id] != SentencePieceModel.Type.NORMAL || (token.startsWith("[") && token.endsWith("]") && token.length() > 1)) {
      return token;
    }
    return token.startsWith("▁") && token.length() > 1 ? token.substring(1) : "##" + token;
  }

  private Optional<String> role(String name, String key) {
    OptionalInt id = id(key);
    if (id.isEmpty()) {
      return Optional.empty();
    }
    config.put(name, tokens.get(id.getAsInt()));
    return Optional.of(tokens.get(id.getAsInt()));
  }

  private boolean flag(String key, boolean otherwise) {
    return file.flag(KEYS + key).orElse(otherwise);
  }

  private OptionalInt id(String role) {
    String key = KEYS + role + "_token_id";
    OptionalLong id = file.integer(key);
    if (id.isEmpty()) {
      return OptionalInt.empty();
    }
    if (id.getAsLong() < 0 || id.getAsLong() >= tokens.size()) {
      throw bad("'%s' is %d, but there are %d tokens".formatted(key, id.getAsLong(), tokens.size()));
    }
    return OptionalInt.of((int) id.getAsLong());
  }

  private GgufArray array(String key) {
    return file.array(key).orElseThrow(() -> file.missing(key));
  }

  private UserException bad(String problem) {
    return new UserException(file.path() + ": " + problem);
  }
}
