package dev.athanor.tokenizer;

import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
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

  private record Candidate(long count, int left, int right, int pair) implements Comparable<Candidate> {
    @Override
    public int compareTo(Candidate other) {
      if (count != other.count) {
        return Long.compare(other.count, count);
      }
      return left != other.left ? Integer.compare(left, other.left) : Integer.compare(right, other.right);
    }
  }

  /// Reads the stream once, on the caller's thread. Memory grows with the number of distinct words.
  public PublishedTokenizer train(Iterator<String> texts, Progress progress) {
    Words words = Words.count(texts, options, "", progress);
    List<String> pieces = new ArrayList<>();
    for (int symbol = 1; symbol <= words.lastSymbol(); symbol++) {
      pieces.add(Character.toString(words.character(symbol)));
    }
    IntList lefts = new IntList(options.pieces());
    IntList rights = new IntList(options.pieces());
    learn(pairs(words), pieces, lefts, rights, progress);
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

  private void learn(PairCounts pairs, List<String> pieces, IntList lefts, IntList rights, Progress progress) {
    Set<String> known = new HashSet<>(pieces);
    known.addAll(options.reserved());
    PriorityQueue<Candidate> heap = new PriorityQueue<>();
    offer(pairs, 0, heap);
    try (Progress.Task task = progress.start("learn merges", (long) options.pieces() - pieces.size(), "merge")) {
      while (pieces.size() < options.pieces() && !heap.isEmpty()) {
        Candidate best = heap.remove();
        long now = pairs.count(best.pair);
        if (now < minFrequency) {
          continue;
        }
        if (now != best.count) {
          heap.add(new Candidate(now, best.left, best.right, best.pair));
          continue;
        }
        String text = pieces.get(best.left).concat(pieces.get(best.right));
        if (!options.rules().isPiece(text) || !known.add(text)) {
          continue;
        }
        lefts.add(best.left);
        rights.add(best.right);
        pieces.add(text);
        int before = pairs.size();
        pairs.merge(best.pair, pieces.size() - 1);
        // Only pairs with the new id can have gained, and those are all new.
        offer(pairs, before, heap);
        task.advance(1);
      }
    }
  }

  private void offer(PairCounts pairs, int from, PriorityQueue<Candidate> heap) {
    for (int pair = from; pair < pairs.size(); pair++) {
      if (pairs.count(pair) >= minFrequency) {
        heap.add(new Candidate(pairs.count(pair), pairs.left(pair), pairs.right(pair), pair));
      }
    }
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
