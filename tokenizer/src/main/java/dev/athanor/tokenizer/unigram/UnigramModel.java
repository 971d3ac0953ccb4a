package dev.athanor.tokenizer.unigram;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.tokenizer.WordOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Pieces with the logarithms of their probabilities, as `model` in a `tokenizer.json` of type Unigram.
public final class UnigramModel {
  /// @param score natural logarithm of the probability
  public record Piece(String text, double score) {}

  /// What a character that no piece writes costs beyond the least likely piece: ten nats, as in SentencePiece and in `tokenizers`.
  private static final double UNKNOWN_PENALTY = 10;

  private final List<Piece> vocabulary;
  private final int unknown;
  private final boolean byteFallback;
  private final int[] byteIds = new int[256];
  private final double unknownScore;
  private final PieceTrie trie;

  /// @param vocabulary by id
  /// @param unknown the id of the unknown token
  /// @throws IllegalArgumentException where a piece comes twice, is empty, or the bytes are not all there
  public UnigramModel(List<Piece> vocabulary, int unknown, boolean byteFallback) {
    this.vocabulary = List.copyOf(vocabulary);
    this.unknown = unknown;
    this.byteFallback = byteFallback;
    if (unknown < 0 || unknown >= vocabulary.size()) {
      throw new IllegalArgumentException("unk_id " + unknown + " is none of the " + vocabulary.size() + " ids");
    }
    Map<String, Integer> ids = new HashMap<>();
    for (int id = 0; id < vocabulary.size(); id++) {
      String text = vocabulary.get(id).text;
      if (text.isEmpty() || ids.put(text, id) != null) {
        throw new IllegalArgumentException("piece " + id + " '" + text + "' is empty or comes twice");
      }
    }
    for (int b = 0; b < 256 && byteFallback; b++) {
      Integer id = ids.get(WordOptions.byteName(b));
      if (id == null) {
        throw new IllegalArgumentException("byte_fallback without a token " + WordOptions.byteName(b));
      }
      byteIds[b] = id;
    }
    unknownScore = vocabulary.stream().mapToDouble(Piece::score).min().orElse(0) - UNKNOWN_PENALTY;
    trie = trie(this.vocabulary);
  }

  private static PieceTrie trie(List<Piece> vocabulary) {
    int[] order =
        IntStream.range(0, vocabulary.size()).boxed().sorted(Comparator.comparing(id -> vocabulary.get(id).text)).mapToInt(id -> id).toArray();
    StringBuilder symbols = new StringBuilder();
    int[] at = new int[order.length];
    int[] lengths = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      at[i] = symbols.length();
      lengths[i] = vocabulary.get(order[i]).text.length();
      symbols.append(vocabulary.get(order[i]).text);
    }
    return PieceTrie.of(symbols.toString().toCharArray(), at, lengths, order);
  }

  /// The unknown token first, then bytes where they stand in, then the pieces. Tokens that stand for no text have a score at which no
  /// text has them: one below all that eight pieces can cost.
  static UnigramModel of(List<Piece> pieces, boolean byteFallback) {
    double never = pieces.stream().mapToDouble(Piece::score).min().orElse(0) * 8 - 1;
    List<Piece> all = new ArrayList<>();
    all.add(new Piece(WordOptions.UNKNOWN, never));
    for (int b = 0; b < 256 && byteFallback; b++) {
      all.add(new Piece(WordOptions.byteName(b), never));
    }
    all.addAll(pieces);
    return new UnigramModel(all, 0, byteFallback);
  }

  /// @param model the object `model` of a `tokenizer.json`
  /// @param where names the file in errors
  /// @throws UserException where it is no unigram model, or damaged
  public static UnigramModel read(JsonNode model, String where) {
    if (!model.path("type").asString("").equals("Unigram") && !model.path("vocab").path(0).isArray()) {
      throw new UserException(where + ": model.type is '" + model.path("type").asString("") + "'; n-best and sampling need Unigram");
    }
    List<Piece> vocabulary = new ArrayList<>();
    for (JsonNode piece : model.path("vocab")) {
      if (!piece.path(0).isString() || !piece.path(1).isNumber()) {
        throw new UserException(where + ": model.vocab[" + vocabulary.size() + "] is no pair of a piece and its score");
      }
      vocabulary.add(new Piece(piece.path(0).stringValue(), piece.path(1).doubleValue()));
    }
    try {
      return new UnigramModel(vocabulary, model.path("unk_id").asInt(-1), model.path("byte_fallback").asBoolean(false));
    } catch (IllegalArgumentException e) {
      throw new UserException(where + ": model: " + e.getMessage(), e);
    }
  }

  /// As `tokenizer.json` has it.
  public ObjectNode json() {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("type", "Unigram");
    json.put("unk_id", unknown);
    ArrayNode vocab = json.putArray("vocab");
    for (Piece piece : vocabulary) {
      vocab.addArray().add(piece.text).add(piece.score);
    }
    json.put("byte_fallback", byteFallback);
    return json;
  }

  /// By id.
  public List<Piece> vocabulary() {
    return vocabulary;
  }

  public int unknown() {
    return unknown;
  }

  double unknownScore() {
    return unknownScore;
  }

  PieceTrie trie() {
    return trie;
  }

  double score(int id) {
    return vocabulary.get(id).score;
  }

  /// The ids of a run of characters without pieces: its UTF-8 bytes, or one unknown token.
  int[] unknown(String run) {
    if (!byteFallback) {
      return new int[] {unknown};
    }
    byte[] bytes = run.getBytes(StandardCharsets.UTF_8);
    return IntStream.range(0, bytes.length).map(i -> byteIds[bytes[i] & 0xFF]).toArray();
  }
}
