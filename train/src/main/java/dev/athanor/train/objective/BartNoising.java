package dev.athanor.train.objective;

import dev.athanor.train.BatchSource;
import dev.athanor.train.LabelledBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// BART's pre-training: a text is spoilt, and the model writes it as it was. Lewis et al., https://arxiv.org/abs/1910.13461
///
/// Each stretch of a document is a text of its own. The noises act one after the other on its tokens, before the frame is put
/// around them.
public final class BartNoising implements BatchSource {
  private final Pieces pieces;
  private final List<Noise> noises;
  private final SentenceEnds sentenceEnds;
  private final Frame frame;
  private final int mask;
  private final int start;
  private final long seed;

  /// @param pieces of rows no longer than `frame.rowLength(context)`
  /// @param frame around every source and target
  /// @param start what the decoder reads first; the frame's last token in the published model
  public BartNoising(
      Pieces pieces, List<Noise> noises, SentenceEnds sentenceEnds, Frame frame, int mask, int start, long seed) {
    this.pieces = pieces;
    this.noises = List.copyOf(noises);
    this.sentenceEnds = sentenceEnds;
    this.frame = frame;
    this.mask = mask;
    this.start = start;
    this.seed = seed;
  }

  @Override
  public LabelledBatch microBatch(long index) {
    List<int[]> sources = new ArrayList<>();
    List<int[]> targets = new ArrayList<>();
    for (int r = 0; r < pieces.rowsPerBatch(); r++) {
      long row = pieces.firstRow(index) + r;
      Chance chance = Chance.of(seed, row);
      for (int[] text : pieces.of(row)) {
        sources.add(frame.around(spoilt(text, chance)));
        targets.add(frame.around(text));
      }
    }
    return Sequences.pairs(sources, targets, start);
  }

  /// Never longer than a row: a text that inserted masks have made longer loses its end.
  private int[] spoilt(int[] text, Chance chance) {
    int[] spoilt = text;
    for (Noise noise : noises) {
      spoilt =
          switch (noise) {
            case Noise.TokenMasking masking -> masked(spoilt, masking.rate(), chance);
            case Noise.TokenDeletion deletion -> thinned(spoilt, deletion.rate(), chance);
            case Noise.TextInfilling infilling -> infilled(spoilt, infilling, chance);
            case Noise.SentencePermutation permutation -> permuted(spoilt, permutation.rate(), chance);
            case Noise.DocumentRotation rotation -> rotated(spoilt, rotation.rate(), chance);
          };
    }
    int longest = pieces.rows().length();
    return spoilt.length > longest ? Arrays.copyOf(spoilt, longest) : spoilt;
  }

  private int[] masked(int[] text, double rate, Chance chance) {
    int[] masked = text.clone();
    for (int place : chance.sample(chance.share(rate, text.length), text.length)) {
      masked[place] = mask;
    }
    return masked;
  }

  private static int[] thinned(int[] text, double rate, Chance chance) {
    int kept = text.length - chance.share(rate, text.length);
    return Arrays.stream(chance.sample(kept, text.length)).map(place -> text[place]).toArray();
  }

  /// Spans are drawn until they hold the share of tokens, the last one cut to it. Spans and kept tokens then come in an order
  /// of which every one is equally likely, so that spans never overlap and an empty one may stand anywhere, at the ends too.
  private int[] infilled(int[] text, Noise.TextInfilling infilling, Chance chance) {
    int left = chance.share(infilling.rate(), text.length);
    int kept = text.length - left;
    List<Integer> spans = new ArrayList<>();
    while (left > 0) {
      int length = Math.min(left, chance.poisson(infilling.meanSpan()));
      spans.add(length);
      left -= length;
    }
    boolean[] isSpan = new boolean[kept + spans.size()];
    for (int place : chance.sample(spans.size(), isSpan.length)) {
      isSpan[place] = true;
    }
    int[] infilled = new int[isSpan.length];
    int at = 0;
    int span = 0;
    for (int i = 0; i < infilled.length; i++) {
      infilled[i] = isSpan[i] ? mask : text[at];
      at += isSpan[i] ? spans.get(span++) : 1;
    }
    return infilled;
  }

  private int[] permuted(int[] text, double rate, Chance chance) {
    List<int[]> sentences = sentences(text);
    int[] movers = chance.sample(chance.share(rate, sentences.size()), sentences.size());
    int[] order = chance.permutation(movers.length);
    List<int[]> permuted = new ArrayList<>(sentences);
    for (int i = 0; i < movers.length; i++) {
      permuted.set(movers[i], sentences.get(movers[order[i]]));
    }
    return permuted.stream().flatMapToInt(Arrays::stream).toArray();
  }

  private List<int[]> sentences(int[] text) {
    List<int[]> sentences = new ArrayList<>();
    boolean[] ends = sentenceEnds.in(text);
    int begin = 0;
    for (int i = 0; i < text.length; i++) {
      if (i + 1 == text.length || ends[i]) {
        sentences.add(Arrays.copyOfRange(text, begin, i + 1));
        begin = i + 1;
      }
    }
    return sentences;
  }

  private static int[] rotated(int[] text, double rate, Chance chance) {
    if (!chance.happens(rate) || text.length == 0) {
      return text;
    }
    int first = chance.below(text.length);
    int[] rotated = new int[text.length];
    System.arraycopy(text, first, rotated, 0, text.length - first);
    System.arraycopy(text, 0, rotated, text.length - first, first);
    return rotated;
  }
}
