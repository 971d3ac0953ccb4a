package dev.athanor.tokenizer;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.tokenizer.sentencepiece.SentencePieceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Tokenizers on disk, in the published Hugging Face layout: `tokenizer.json` and `tokenizer_config.json` in a model's
/// folder.
public final class Tokenizers {
  public static final String FILE = "tokenizer.json";
  public static final String CONFIG_FILE = "tokenizer_config.json";
  /// SentencePiece's own file, which older models are published with.
  public static final String MODEL_FILE = "tokenizer.model";
  /// BERT's own vocabulary, which older models are published with.
  public static final String VOCABULARY_FILE = "vocab.txt";
  private static final String SENTENCE_PIECE = ".model";
  private static final String TEMPLATE_FILE = "chat_template.jinja";

  /// What published models call the end of a document, for folders without a configuration that says it.
  private static final List<String> USUAL_ENDS = List.of("<|endoftext|>", "<|end_of_text|>", "</s>");

  private Tokenizers() {}

  /// Reads a folder's tokenizer. A `chat_template.jinja` beside it goes before the configuration's template.
  ///
  /// @throws UserException when a file is missing, damaged or holds a component that is not supported; names it
  public static BpeTokenizer load(Path dir) {
    Path file = dir.resolve(FILE);
    BpeModel model = new TokenizerJsonReader(file).read();
    Map<String, JsonNode> keys = new LinkedHashMap<>();
    Path configFile = dir.resolve(CONFIG_FILE);
    if (Files.exists(configFile)) {
      Json.readFile(configFile).properties().forEach(e -> keys.put(e.getKey(), e.getValue()));
    }
    TokenizerConfig config = new TokenizerConfig(eosToken(keys, model, configFile.toString()), keys);
    Path template = dir.resolve(TEMPLATE_FILE);
    if (Files.exists(template)) {
      config = config.withChatTemplate(text(template));
    }
    try {
      return new BpeTokenizer(model, config);
    } catch (IllegalArgumentException e) {
      throw new UserException(file + ": " + e.getMessage(), e);
    }
  }

  /// Opens any published tokenizer: byte-level BPE as a [BpeTokenizer], every other kind as a [PipelineTokenizer].
  ///
  /// @param path a folder that holds a `tokenizer.json`, a `tokenizer.model` or a `vocab.txt`; a `tokenizer.json` under whatever
  ///     name; a SentencePiece model, whose name ends in `.model`; or a `vocab.txt` of BERT's. A `tokenizer_config.json` and a `chat_template.jinja` beside it
  ///     belong to it
  /// @throws UserException when it is missing, damaged or holds a component that is not supported; names file and place
  public static Tokenizer open(Path path) {
    Path file = Files.isDirectory(path) ? fileIn(path) : path;
    Path configFile = file.resolveSibling(CONFIG_FILE);
    JsonNode config = Files.exists(configFile) ? Json.readFile(configFile) : Json.MAPPER.createObjectNode();
    if (!(config instanceof ObjectNode keys)) {
      throw new UserException(configFile + ": a configuration is a JSON object");
    }
    Path template = file.resolveSibling(TEMPLATE_FILE);
    if (Files.exists(template)) {
      keys.put("chat_template", text(template));
    }
    if (file.toString().endsWith(SENTENCE_PIECE)) {
      return of(SentencePieceFile.json(file, keys), keys, file.toString());
    }
    if (file.endsWith(VOCABULARY_FILE)) {
      return of(VocabularyFile.json(file, keys), keys, file.toString());
    }
    if (!(Json.readFile(file) instanceof ObjectNode tokenizer)) {
      throw new UserException(file + ": a tokenizer is a JSON object");
    }
    return of(tokenizer, keys, file.toString());
  }

  /// Whether a folder holds a tokenizer that [#open] takes for one.
  public static boolean isIn(Path folder) {
    return files(folder).stream().anyMatch(Files::exists);
  }

  /// The first that there is of `tokenizer.json`, `tokenizer.model` and `vocab.txt`; else the first.
  private static Path fileIn(Path folder) {
    List<Path> files = files(folder);
    return files.stream().filter(Files::exists).findFirst().orElse(files.getFirst());
  }

  private static List<Path> files(Path folder) {
    return List.of(folder.resolve(FILE), folder.resolve(MODEL_FILE), folder.resolve(VOCABULARY_FILE));
  }

  /// A tokenizer of its published JSON, from wherever it comes.
  ///
  /// @param tokenizerJson what a `tokenizer.json` holds
  /// @param config what a `tokenizer_config.json` holds; may be empty
  /// @param where it is from, for complaints
  /// @throws UserException for what is damaged or not supported; names the place
  public static Tokenizer of(ObjectNode tokenizerJson, ObjectNode config, String where) {
    Map<String, JsonNode> keys = new LinkedHashMap<>();
    config.properties().forEach(e -> keys.put(e.getKey(), e.getValue()));
    BpeModel bytes = isByteLevel(tokenizerJson) ? byteLevel(tokenizerJson, where) : null;
    if (bytes != null) {
      try {
        return new BpeTokenizer(bytes, new TokenizerConfig(eosToken(keys, bytes, where), keys));
      } catch (IllegalArgumentException e) {
        throw new UserException(where + ": " + e.getMessage(), e);
      }
    }
    return new PipelineTokenizer(tokenizerJson, new TokenizerConfig(anyEnd(keys, tokenizerJson, where), keys), where);
  }

  private static boolean isByteLevel(ObjectNode json) {
    return json.path("decoder").path("type").asString("").equals("ByteLevel") && json.path("model").path("merges").isArray();
  }

  /// The faster kind where the file is one of it, else null: whatever is wrong with the file, the other kind says too.
  private static @Nullable BpeModel byteLevel(ObjectNode json, String where) {
    try {
      return new TokenizerJsonReader(json, where).read();
    } catch (UserException e) {
      return null;
    }
  }

  /// The token that ends a document, or nothing.
  private static String anyEnd(Map<String, JsonNode> keys, ObjectNode json, String where) {
    JsonNode eos = keys.get("eos_token");
    if (eos != null && !eos.isNull()) {
      return TokenizerConfig.tokenName(eos)
          .orElseThrow(() -> new UserException(where + ": eos_token is neither a name nor an object with a content"));
    }
    List<String> names = new ArrayList<>(USUAL_ENDS);
    Optional.ofNullable(keys.get("sep_token")).flatMap(TokenizerConfig::tokenName).ifPresent(names::add);
    names.add("[SEP]");
    return names.stream()
        .filter(name -> json.path("added_tokens").valueStream().anyMatch(t -> t.path("content").asString("").equals(name)))
        .findFirst()
        .orElse("");
  }

  /// What a tokenizer's `tokenizer.json` holds.
  ///
  /// @throws UserException for a tokenizer of no published kind
  public static ObjectNode json(Tokenizer tokenizer) {
    return switch (tokenizer) {
      case BpeTokenizer bpe -> new TokenizerJsonWriter(bpe).json();
      case PipelineTokenizer pipeline -> pipeline.json();
      default -> throw new UserException("a " + tokenizer.getClass().getSimpleName() + " cannot be written as a " + FILE);
    };
  }

  /// Writes `tokenizer.json` and `tokenizer_config.json`; equal tokenizers give equal bytes.
  ///
  /// @throws UserException for a tokenizer of no published kind
  public static void save(Tokenizer tokenizer, Path dir) {
    ObjectNode json = json(tokenizer);
    TokenizerConfig config = tokenizer instanceof PipelineTokenizer pipeline ? pipeline.config() : ((BpeTokenizer) tokenizer).config();
    AtomicFile.writeString(dir.resolve(FILE), Json.pretty(json));
    AtomicFile.writeString(dir.resolve(CONFIG_FILE), Json.pretty(config.json()));
  }

  private static String eosToken(Map<String, JsonNode> keys, BpeModel model, String configFile) {
    JsonNode eos = keys.get("eos_token");
    if (eos != null && !eos.isNull()) {
      return TokenizerConfig.tokenName(eos)
          .orElseThrow(() -> new UserException(configFile + ": eos_token is neither a name nor an object with a content"));
    }
    return USUAL_ENDS.stream()
        .filter(name -> model.addedTokens().stream().anyMatch(t -> t.content().equals(name)))
        .findFirst()
        .orElseThrow(() -> new UserException(configFile + ": eos_token is missing; name the token that ends a document"));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UserException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }
}
