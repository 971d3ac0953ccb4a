package dev.athanor.tokenizer.sentencepiece;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.tokenizer.sentencepiece.SentencePieceModel.Kind;
import dev.athanor.tokenizer.sentencepiece.SentencePieceModel.Piece;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A SentencePiece model as the `tokenizer.json` that gives the same ids.
///
/// The text is one piece from its beginning to its end: pieces may hold `▁` anywhere. A BPE model has no list of merges: any
/// two neighbours merge whose text is a piece, the piece of the highest score first. So every way to cut a piece in two
/// pieces is a merge, in the order of the scores. Where `tokenizer.json` has no word for what SentencePiece does, an object
/// `sentencepiece` says it, which other libraries pass over:
///
/// - in the normalizer `Precompiled`: rules apply by longest match from left to right, and never inside the texts of `kept`;
/// - in the model `Unigram`: sums have 32 bits, the tokens of `hidden` are not found in text, and `unknown_score` is what a
///   character costs that no token stands for.
///
/// What cannot be said: of neighbours that could merge to the same piece in two overlapping ways, such as `aa·a` and `a·aa`,
/// SentencePiece takes the left one, merges by rank that of the better rank. No text was found where that shows.
public final class SentencePieceJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String SPACE = "▁";
  private static final int ALL_SPACES = 1 << 20;
  private static final float UNKNOWN_PENALTY = 10;

  private final SentencePieceModel model;
  private final String where;
  private final List<Piece> pieces;
  private final int unknown;

  private SentencePieceJson(SentencePieceModel model, String where) {
    this.model = model;
    this.where = where;
    pieces = model.pieces();
    unknown = model.unknown().orElse(-1);
  }

  /// @param where for messages
  /// @throws UserException for what cannot be stated
  public static ObjectNode of(SentencePieceModel model, String where) {
    return new SentencePieceJson(model, where).json();
  }

  private ObjectNode json() {
    checkDistinct();
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("version", "1.0").putNull("truncation").putNull("padding");
    addedTokens(json.putArray("added_tokens"));
    json.set("normalizer", normalizer());
    List<String> symbols = texts(SentencePieceModel.Type.USER_DEFINED);
    boolean cut = model.kind() != Kind.UNIGRAM && !symbols.isEmpty();
    if (cut) {
      json.set("pre_tokenizer", symbolSplit(symbols));
    } else {
      json.putNull("pre_tokenizer");
    }
    json.putNull("post_processor");
    json.set("decoder", decoder());
    json.set("model", model.kind() == Kind.UNIGRAM ? unigram() : bpe(cut));
    return json;
  }

  private void checkDistinct() {
    Map<String, Integer> ids = new HashMap<>();
    for (int id = 0; id < pieces.size(); id++) {
      Integer other = ids.put(pieces.get(id).text(), id);
      if (other != null) {
        throw new UserException(where + ": the pieces " + other + " and " + id + " are both '" + pieces.get(id).text() + "'");
      }
    }
  }

  private List<String> texts(SentencePieceModel.Type type) {
    return pieces.stream().filter(p -> p.type() == type).map(Piece::text).toList();
  }

  private void addedTokens(ArrayNode added) {
    for (int id = 0; id < pieces.size(); id++) {
      SentencePieceModel.Type type = pieces.get(id).type();
      if (type == SentencePieceModel.Type.CONTROL || type == SentencePieceModel.Type.UNKNOWN) {
        addedToken(added, id, pieces.get(id).text());
      }
    }
  }

  private static void addedToken(ArrayNode added, int id, String content) {
    added
        .addObject()
        .put("id", id)
        .put("content", content)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", true);
  }

  private ObjectNode normalizer() {
    ObjectNode sequence = NODES.objectNode().put("type", "Sequence");
    ArrayNode steps = sequence.putArray("normalizers");
    SentencePieceModel.Normalization normalization = model.normalization();
    if (normalization.charsmap().length > 0) {
      ObjectNode precompiled = steps.addObject().put("type", "Precompiled");
      precompiled.put("precompiled_charsmap", Base64.getEncoder().encodeToString(normalization.charsmap()));
      ArrayNode kept = precompiled.putObject("sentencepiece").putArray("kept");
      texts(SentencePieceModel.Type.USER_DEFINED).forEach(symbol -> kept.add(symbol.replace(SPACE, " ")));
    }
    if (normalization.removeExtraSpaces()) {
      // At the end a ▁ that was one already counts as a space too.
      replace(steps.addObject(), "Regex", "\\A +|[ ▁]+\\z", "");
      replace(steps.addObject(), "Regex", " {2,}", " ");
    }
    if (normalization.dummyPrefix()) {
      steps.addObject().put("type", "Prepend").put("prepend", SPACE);
    }
    replace(steps.addObject(), "String", " ", SPACE);
    return sequence;
  }

  private static void replace(ObjectNode step, String kind, String pattern, String content) {
    step.put("type", "Replace").putObject("pattern").put(kind, pattern);
    step.put("content", content);
  }

  /// Symbols that a user defined stand apart, the longest at each place.
  private static ObjectNode symbolSplit(List<String> symbols) {
    String regex =
        symbols.stream()
            .sorted(Comparator.comparingInt(String::length).reversed())
            .map(SentencePieceJson::quoted)
            .collect(Collectors.joining("|"));
    ObjectNode split = NODES.objectNode().put("type", "Split");
    split.putObject("pattern").put("Regex", regex);
    return split.put("behavior", "Isolated").put("invert", false);
  }

  private static String quoted(String text) {
    return Pattern.compile("[\\\\^$.|?*+()\\[\\]{}]").matcher(text).replaceAll("\\\\$0");
  }

  private ObjectNode decoder() {
    ObjectNode sequence = NODES.objectNode().put("type", "Sequence");
    ArrayNode steps = sequence.putArray("decoders");
    replace(steps.addObject(), "String", SPACE, " ");
    if (model.byteFallback()) {
      steps.addObject().put("type", "ByteFallback");
    }
    steps.addObject().put("type", "Fuse");
    boolean all = model.normalization().removeExtraSpaces();
    if (model.normalization().dummyPrefix() || all) {
      steps.addObject().put("type", "Strip").put("content", " ").put("start", all ? ALL_SPACES : 1).put("stop", 0);
    }
    return sequence;
  }

  private ObjectNode unigram() {
    float most = Float.NEGATIVE_INFINITY;
    float least = Float.POSITIVE_INFINITY;
    for (Piece piece : pieces) {
      if (piece.type() == SentencePieceModel.Type.NORMAL) {
        most = Math.max(most, piece.score());
        least = Math.min(least, piece.score());
      }
    }
    ObjectNode json = NODES.objectNode().put("type", "Unigram");
    if (unknown >= 0) {
      json.put("unk_id", unknown);
    } else {
      json.putNull("unk_id");
    }
    ArrayNode vocab = json.putArray("vocab");
    ObjectNode own = json.put("byte_fallback", model.byteFallback()).putObject("sentencepiece");
    ArrayNode hidden = own.put("unknown_score", least - UNKNOWN_PENALTY).putArray("hidden");
    for (int id = 0; id < pieces.size(); id++) {
      Piece piece = pieces.get(id);
      boolean defined = piece.type() == SentencePieceModel.Type.USER_DEFINED;
      if (!defined && piece.type() != SentencePieceModel.Type.NORMAL) {
        hidden.add(id);
      }
      // A symbol that a user defined is worth its bytes in pieces of the best score.
      double score = defined ? (float) (piece.text().getBytes(StandardCharsets.UTF_8).length * most - 0.1) : piece.score();
      vocab.addArray().add(piece.text()).add(score);
    }
    return json;
  }

  private ObjectNode bpe(boolean cut) {
    if (pieces.stream().anyMatch(p -> p.type() == SentencePieceModel.Type.UNUSED)) {
      throw new UserException(where + ": unused pieces in a model other than UNIGRAM are not supported");
    }
    ObjectNode json = NODES.objectNode().put("type", "BPE").putNull("dropout");
    if (unknown >= 0) {
      json.put("unk_token", pieces.get(unknown).text());
    } else {
      json.putNull("unk_token");
    }
    json.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
    json.put("fuse_unk", true).put("byte_fallback", model.byteFallback()).put("ignore_merges", cut);
    ObjectNode vocab = json.putObject("vocab");
    for (int id = 0; id < pieces.size(); id++) {
      vocab.put(pieces.get(id).text(), id);
    }
    ArrayNode merges = json.putArray("merges");
    if (model.kind() == Kind.BPE) {
      merges(merges);
    }
    return json;
  }

  private void merges(ArrayNode merges) {
    Set<String> normal = new LinkedHashSet<>(texts(SentencePieceModel.Type.NORMAL));
    IntStream.range(0, pieces.size())
        .filter(id -> pieces.get(id).type() == SentencePieceModel.Type.NORMAL)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer id) -> -pieces.get(id).score()))
        .map(id -> pieces.get(id).text())
        .forEach(
            text -> {
              for (int at = 1; at < text.length(); at++) {
                boolean inside = Character.isLowSurrogate(text.charAt(at));
                if (!inside && normal.contains(text.substring(0, at)) && normal.contains(text.substring(at))) {
                  merges.addArray().add(text.substring(0, at)).add(text.substring(at));
                }
              }
            });
  }
}
