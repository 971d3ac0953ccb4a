package dev.athanor.train.objective;

import dev.athanor.tokenizer.Tokenizer;
import dev.athanor.train.BatchSource;
import dev.athanor.train.LabelledBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Masked language modelling: some tokens are hidden and predicted from both sides, the others are only read. Devlin et al.,
/// https://arxiv.org/abs/1810.04805; another mask each time a text comes by, as in Liu et al., https://arxiv.org/abs/1907.11692
///
/// Of the words chosen in a row every token is predicted. Most are replaced by the mask, some by a random token and some left as
/// they are, so that the model cannot trust a token because it is no mask.
public final class MaskedLm implements BatchSource {
  private final Pieces pieces;
  private final Frame frame;
  private final Settings settings;
  private final WordStarts words;
  private final Tokenizer tokenizer;
  private final int mask;
  private final int[] ordinary;
  private final long seed;

  /// @param rate the share of a row's words that is predicted; at least one word, where it is not 0
  /// @param masked of those, the share replaced by the mask
  /// @param random the share replaced by a random ordinary token; the rest is kept
  public record Settings(double rate, double masked, double random) {
    public static final Settings BERT = new Settings(0.15, 0.8, 0.1);

    public Settings {
      Shares.require("rate", rate);
      Shares.require("masked", masked);
      Shares.require("random", random);
      if (masked + random > 1 + 1e-9) { // 0.7 + 0.2 + 0.1 exceeds 1 in the last bit
        throw new IllegalArgumentException("masked and random together exceed 1: " + masked + " + " + random);
      }
    }
  }

  /// @param pieces of rows no longer than `frame.rowLength(context)`
  /// @param words what is chosen as a whole: single tokens, or words
  /// @param tokenizer whose special tokens are never chosen and never put at random
  public MaskedLm(
      Pieces pieces, Frame frame, Settings settings, WordStarts words, Tokenizer tokenizer, int mask, long seed) {
    this.pieces = pieces;
    this.frame = frame;
    this.settings = settings;
    this.words = words;
    this.tokenizer = tokenizer;
    this.mask = mask;
    this.seed = seed;
    ordinary = IntStream.range(0, tokenizer.vocabSize()).filter(id -> id != mask && !tokenizer.isSpecial(id)).toArray();
    if (ordinary.length == 0) {
      throw new IllegalArgumentException("a vocabulary of special tokens alone");
    }
  }

  @Override
  public LabelledBatch microBatch(long index) {
    List<int[]> sequences = new ArrayList<>();
    List<int[]> targets = new ArrayList<>();
    for (int r = 0; r < pieces.rowsPerBatch(); r++) {
      addRow(pieces.firstRow(index) + r, sequences, targets);
    }
    return Sequences.labelled(sequences, targets);
  }

  private void addRow(long row, List<int[]> sequences, List<int[]> targets) {
    Chance chance = Chance.of(seed, row);
    List<Word> candidates = new ArrayList<>();
    for (int[] piece : pieces.of(row)) {
      int[] sequence = frame.around(piece);
      int[] target = new int[sequence.length];
      Arrays.fill(target, (int) LabelledBatch.IGNORED);
      sequences.add(sequence);
      targets.add(target);
      addWords(piece, sequence, target, candidates);
    }
    int chosen = chance.share(settings.rate, candidates.size());
    if (settings.rate > 0 && !candidates.isEmpty()) {
      chosen = Math.max(1, chosen);
    }
    for (int i : chance.sample(chosen, candidates.size())) {
      hide(candidates.get(i), chance);
    }
  }

  /// A stretch of a framed sequence.
  private record Word(int[] sequence, int[] target, int begin, int end) {}

  private void addWords(int[] piece, int[] sequence, int[] target, List<Word> words) {
    boolean[] starts = this.words.in(piece);
    int shift = frame.textStart();
    for (int begin = 0, end; begin < piece.length; begin = end) {
      end = begin + 1;
      if (isSpecial(piece[begin])) {
        continue;
      }
      while (end < piece.length && !starts[end] && !isSpecial(piece[end])) {
        end++;
      }
      words.add(new Word(sequence, target, shift + begin, shift + end));
    }
  }

  private boolean isSpecial(int id) {
    return id == mask || tokenizer.isSpecial(id);
  }

  private void hide(Word word, Chance chance) {
    for (int i = word.begin; i < word.end; i++) {
      word.target[i] = word.sequence[i];
      double fate = chance.uniform();
      if (fate < settings.masked) {
        word.sequence[i] = mask;
      } else if (fate < settings.masked + settings.random) {
        word.sequence[i] = ordinary[chance.below(ordinary.length)];
      }
    }
  }
}
