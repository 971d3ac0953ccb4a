package dev.athanor.tokenizer;

import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Trains BPE over characters in SentencePiece's manner, by the exact rule of [BpeTrainer]: the pair with the highest count first,
/// of equal ones that with the smaller left id, then that with the smaller right id; a pair whose text is a piece already, or that
/// [WordRules#isPiece] refuses, is passed over.
///
/// Ids: the unknown token, the 256 bytes where they stand in for unknown characters, the characters from the most frequent one on,
/// the merges, and the special tokens.
public final class CharacterBpeTrainer {
  private final WordOptions options;
  private final long minFrequency;

  /// @param minFrequency pairs that come less often never merge
  public CharacterBpeTrainer(WordOptions options, long minFrequency) {
    if (minFrequency < 1) {
      throw new UserException("minimum frequency must be at least 1, not " + minFrequency);
    }
    this.options = options;
    this.minFrequency = minFrequency;
  }

  /// Reads the stream once, on the caller's thread. Memory grows with the number of distinct words.
  public PublishedTokenizer train(Iterator<String> texts, Progress progress) {
    Words words = Words.count(texts, options, "", progress);
    List<byte[]> tokens = new ArrayList<>();
    for (int symbol = 1; symbol <= words.lastSymbol(); symbol++) {
      tokens.add(Character.toString(words.character(symbol)).getBytes(StandardCharsets.UTF_8));
    }
    IntList lefts = new IntList(options.pieces());
    IntList rights = new IntList(options.pieces());
    MergeLearner learner = new MergeLearner(pairs(words), tokens, minFrequency, lefts, rights);
    options.reserved().forEach(name -> learner.avoid(name.getBytes(StandardCharsets.UTF_8)));
    try (Progress.Task task = progress.start("learn merges", (long) options.pieces() - tokens.size(), "merge")) {
      learner.learn(options.pieces(), this::isPiece, task);
    }
    List<String> pieces = tokens.stream().map(token -> new String(token, StandardCharsets.UTF_8)).toList();
    if (pieces.size() < options.pieces()) {
      progress.say("the texts hold pairs for a vocabulary of " + (options.vocabSize() - options.pieces() + pieces.size())
          + " only, not the " + options.vocabSize() + " asked for");
    }
    return WordTokenizerJson.of(options, model(pieces, lefts, rights));
  }

  /// Pieces are numbered from 0, the first character.
  private static PairCounts pairs(Words words) {
    char[] symbols = words.symbols();
    int[] ids = new int[symbols.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = symbols[i] - 1;
    }
    int[] starts = new int[words.size()];
    int[] lengths = new int[words.size()];
    long[] counts = new long[words.size()];
    for (int w = 0; w < starts.length; w++) {
      starts[w] = words.start(w);
      lengths[w] = words.start(w + 1) - 1 - starts[w];
      counts[w] = words.count(w);
    }
    return new PairCounts(ids, starts, lengths, counts);
  }

  private boolean isPiece(byte[] left, byte[] right) {
    return options.rules().isPiece(new String(MergeLearner.concat(left, right), StandardCharsets.UTF_8));
  }

  private ObjectNode model(List<String> pieces, IntList lefts, IntList rights) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("type", "BPE");
    json.putNull("dropout");
    json.put("unk_token", WordOptions.UNKNOWN);
    json.putNull("continuing_subword_prefix");
    json.putNull("end_of_word_suffix");
    json.put("fuse_unk", true);
    json.put("byte_fallback", options.byteFallback());
    json.put("ignore_merges", false);
    ObjectNode vocab = json.putObject("vocab");
    vocab.put(WordOptions.UNKNOWN, 0);
    for (int b = 0; b < 256 && options.byteFallback(); b++) {
      vocab.put(WordOptions.byteName(b), 1 + b);
    }
    int before = options.before();
    for (int i = 0; i < pieces.size(); i++) {
      vocab.put(pieces.get(i), before + i);
    }
    ArrayNode merges = json.putArray("merges");
    for (int i = 0; i < lefts.size(); i++) {
      merges.add(pieces.get(lefts.get(i)) + " " + pieces.get(rights.get(i)));
    }
    return json;
  }
}
