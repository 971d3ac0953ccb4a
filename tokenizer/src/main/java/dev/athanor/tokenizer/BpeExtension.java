package dev.athanor.tokenizer;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A tokenizer and what [BpeExtender] made of it.
public record BpeExtension(BpeTokenizer base, BpeTokenizer extended) {
  /// Files beside a `tokenizer.json` that say nothing of its vocabulary.
  private static final List<String> BESIDE =
      List.of(Tokenizers.CONFIG_FILE, "chat_template.jinja", "special_tokens_map.json");

  /// Every file of a tokenizer. Those that [#write] does not write hold the same vocabulary in older forms, and it would no longer be
  /// the same.
  public static final Set<String> FILES =
      Set.of(
          Tokenizers.FILE, Tokenizers.CONFIG_FILE, "chat_template.jinja", "special_tokens_map.json", "vocab.json", "merges.txt",
          "added_tokens.json", "tokenizer.model");

  /// A kind of text in either vocabulary.
  public record Gain(Packing before, Packing after) {}

  /// The first new id.
  public int first() {
    return base.vocabSize();
  }

  /// New tokens.
  public int count() {
    return extended.vocabSize() - first();
  }

  /// The base's ids of each new token's bytes, in the order of the new ids.
  public List<int[]> parts() {
    return IntStream.range(first(), extended.vocabSize())
        .mapToObj(id -> base.pieces().encode(extended.bytes(id)))
        .toList();
  }

  /// How either packs texts, by kind.
  ///
  /// @param texts counted as the base cuts them
  public Map<String, Gain> gains(KindCounts texts) {
    int[] merges = {base.model().mergeLefts().length, extended.model().mergeLefts().length};
    VocabularyCuts vocabularies = new VocabularyCuts(extended);
    Map<String, Gain> gains = new LinkedHashMap<>();
    for (String kind : texts.kinds()) {
      PackingTally tally = new PackingTally(vocabularies, merges);
      texts.of(kind).forEach(tally::add);
      List<Packing> both = tally.packings();
      gains.put(kind, new Gain(both.getFirst(), both.getLast()));
    }
    return gains;
  }

  /// The share of some characters that are one token by themselves, before and after.
  public double[] shareOfOne(String alphabet) {
    int[] characters = alphabet.codePoints().distinct().toArray();
    double[] shares = new double[2];
    for (int character : characters) {
      byte[] bytes = Character.toString(character).getBytes(StandardCharsets.UTF_8);
      shares[0] += base.pieces().encode(bytes).length == 1 ? 1 : 0;
      shares[1] += extended.pieces().encode(bytes).length == 1 ? 1 : 0;
    }
    shares[0] /= characters.length;
    shares[1] /= characters.length;
    return shares;
  }

  /// Writes the base's files with what is new in them: all else of its `tokenizer.json` stays as it is. Added tokens are named in the
  /// vocabulary too, where they were not: readers number those that it lacks after its end, which was theirs and now is not.
  ///
  /// @param from the base's folder
  /// @throws UserException where a file cannot be read
  public void write(Path from, Path to) {
    JsonNode root = Json.readFile(from.resolve(Tokenizers.FILE)).deepCopy();
    ObjectNode model = (ObjectNode) root.path("model");
    ObjectNode vocab = (ObjectNode) model.path("vocab");
    ArrayNode merges = (ArrayNode) model.path("merges");
    boolean pairs = merges.path(0).isArray();
    for (AddedToken token : base.addedTokens()) {
      if (!vocab.has(token.content())) {
        vocab.put(token.content(), token.id());
      }
    }
    BpeModel all = extended.model();
    for (int id = first(); id < all.tokens().length; id++) {
      vocab.put(ByteAlphabet.write(all.tokens()[id]), id);
    }
    for (int rank = base.model().mergeLefts().length; rank < all.mergeLefts().length; rank++) {
      String left = ByteAlphabet.write(all.tokens()[all.mergeLefts()[rank]]);
      String right = ByteAlphabet.write(all.tokens()[all.mergeRights()[rank]]);
      if (pairs) {
        merges.addArray().add(left).add(right);
      } else {
        merges.add(left + " " + right);
      }
    }
    AtomicFile.writeString(to.resolve(Tokenizers.FILE), Json.pretty(root));
    for (String name : BESIDE) {
      copy(from.resolve(name), to.resolve(name));
    }
  }

  private static void copy(Path from, Path to) {
    try {
      if (Files.exists(from)) {
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new UserException("cannot copy " + from + ": " + e.getMessage(), e);
    }
  }
}
