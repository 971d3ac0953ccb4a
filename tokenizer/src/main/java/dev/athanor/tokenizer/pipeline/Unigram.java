package dev.athanor.tokenizer.pipeline;

import dev.athanor.base.UserException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// The most probable segmentation under a unigram model (Kudo 2018, arXiv:1804.10959), by Viterbi's algorithm. A character
/// that no token stands for costs ten more than the least probable token; neighbours of that kind become one unknown token,
/// or the bytes of their text.
///
/// An object `sentencepiece` beside the vocabulary asks for what SentencePiece itself does: sums of 32 bits, tokens of `hidden`
/// that text never stands for, and `unknown_score` for a character that no token stands for.
final class Unigram implements Model {
  private static final double UNKNOWN_PENALTY = 10;

  private final Place place;
  private final Vocabulary vocabulary;
  private final double[] scores;
  private final Trie trie = new Trie();
  private final double unknownScore;
  private final int unknown;
  private final boolean byteFallback;
  private final int[] byteIds;
  private final boolean sentencePiece;

  Unigram(Place place) {
    this.place = place;
    List<Place> listed = place.at("vocab").items();
    Place own = place.at("sentencepiece");
    sentencePiece = !own.isUnset();
    BitSet hidden = new BitSet();
    if (sentencePiece) {
      own.at("hidden").items().forEach(id -> hidden.set(id.number(0, listed.size() - 1)));
    }
    String[] tokens = new String[listed.size()];
    scores = new double[tokens.length];
    double least = Double.POSITIVE_INFINITY;
    for (int id = 0; id < tokens.length; id++) {
      List<Place> pair = listed.get(id).items();
      if (pair.size() != 2 || !pair.get(1).node().isNumber()) {
        throw listed.get(id).bad("is not a token with its score: " + listed.get(id).node());
      }
      tokens[id] = pair.get(0).text();
      scores[id] = pair.get(1).node().doubleValue();
      least = Math.min(least, scores[id]);
      if (!tokens[id].isEmpty() && !hidden.get(id)) {
        trie.put(tokens[id], id);
      }
    }
    vocabulary = Vocabulary.of(tokens);
    unknownScore = sentencePiece ? number(own.at("unknown_score")) : least - UNKNOWN_PENALTY;
    Place unk = place.at("unk_id");
    unknown = unk.isUnset() ? -1 : unk.number(0, tokens.length - 1);
    byteFallback = place.flag("byte_fallback", false);
    byteIds = vocabulary.byteIds();
  }

  private static double number(Place place) {
    if (!place.node().isNumber()) {
      throw place.bad("is no number");
    }
    return place.node().doubleValue();
  }

  @Override
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  @Override
  public void encode(String piece, Sink sink) {
    int n = piece.length();
    double[] best = new double[n + 1];
    int[] from = new int[n + 1];
    int[] ids = new int[n + 1];
    Arrays.fill(from, -1);
    for (int start = 0; start < n; start += Text.width(piece, start)) {
      int single = start + Text.width(piece, start);
      boolean hasSingle = false;
      int state = Trie.ROOT;
      for (int end = start; end < n; ) {
        state = trie.step(state, piece.charAt(end++));
        if (state == Trie.NONE) {
          break;
        }
        int id = trie.value(state);
        if (id != Trie.NONE) {
          offer(best, from, ids, start, end, id, scores[id]);
          hasSingle |= end == single;
        }
      }
      if (!hasSingle) {
        offer(best, from, ids, start, single, unknown, unknownScore);
      }
    }
    // Read backwards, then turned round; neighbours that are unknown are one.
    int[] ends = new int[n];
    int tokens = 0;
    for (int end = n; end > 0; end = from[end]) {
      boolean joins = tokens > 0 && ids[end] == unknown && end < n && ids[ends[tokens - 1]] == unknown;
      if (!joins) {
        ends[tokens++] = end;
      }
    }
    int start = 0;
    for (int i = tokens - 1; i >= 0; i--) {
      give(piece, start, ends[i], ids[ends[i]], sink);
      start = ends[i];
    }
  }

  private void offer(double[] best, int[] from, int[] ids, int start, int end, int id, double score) {
    double candidate = sentencePiece ? (double) ((float) score + (float) best[start]) : score + best[start];
    if (from[end] < 0 || candidate > best[end]) {
      best[end] = candidate;
      from[end] = start;
      ids[end] = id;
    }
  }

  private void give(String piece, int start, int end, int id, Sink sink) {
    if (id != unknown) {
      sink.token(id, start, end);
      return;
    }
    String text = piece.substring(start, end);
    int known = sentencePiece ? -1 : vocabulary.id(text);
    if (known >= 0) {
      sink.token(known, start, end);
      return;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (byteFallback && allBytes(bytes)) {
      for (byte b : bytes) {
        sink.token(byteIds[b & 0xFF], start, end);
      }
      return;
    }
    if (unknown < 0) {
      throw new UserException(place.file() + ": model.unk_id is missing, and '" + text + "' is no token of the vocabulary");
    }
    sink.token(unknown, start, end);
  }

  private boolean allBytes(byte[] bytes) {
    for (byte b : bytes) {
      if (byteIds[b & 0xFF] < 0) {
        return false;
      }
    }
    return true;
  }
}
