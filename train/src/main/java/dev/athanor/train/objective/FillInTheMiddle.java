package dev.athanor.train.objective;

import dev.athanor.data.Rows;
import java.util.Arrays;

/// Rows in which the middle of a document comes last, so that a model that writes forward learns to fill in; [CausalLm] reads them
/// like any others. Bavarian et al., https://arxiv.org/abs/2207.14255
///
/// | layout | |
/// |---|---|
/// | PSM | `<PRE> prefix <SUF> suffix <MID> middle` |
/// | SPM | `<PRE> <SUF> suffix <MID> prefix middle` |
///
/// SPM is the paper's variant that shares its form with PSM (of an empty prefix), for training on both. A document's end-of-text
/// stays behind its middle: the model learns to stop there.
///
/// A row is taken apart at its documents, which stay whole and in order; what the three tokens of each need is taken from the row's
/// padding, or from the end of the row, before its last document is cut.
public final class FillInTheMiddle implements Rows {
  private static final int ADDED = 3;

  private final Rows rows;
  private final int endOfText;
  private final Settings settings;
  private final MiddleTokens tokens;
  private final MiddleCut cut;
  private final long seed;

  /// @param rate the share of documents
  /// @param spm of those, the share laid out as SPM
  public record Settings(double rate, double spm) {
    public static final Settings PUBLISHED = new Settings(0.5, 0.5);

    public Settings {
      Shares.require("rate", rate);
      Shares.require("spm", spm);
    }
  }

  public FillInTheMiddle(
      Rows rows, int endOfText, Settings settings, MiddleTokens tokens, MiddleCut cut, long seed) {
    this.rows = rows;
    this.endOfText = endOfText;
    this.settings = settings;
    this.tokens = tokens;
    this.cut = cut;
    this.seed = seed;
  }

  @Override
  public int length() {
    return rows.length();
  }

  @Override
  public void row(long row, int[] into, int[] segments) {
    int[] plain = new int[into.length];
    rows.row(row, plain, segments);
    int filled = Rows.used(segments) + 1;
    Chance chance = Chance.of(seed, row);
    int at = 0;
    for (int begin = 0, end; at < into.length && begin < filled; begin = end + 1) {
      end = begin;
      while (end < filled && plain[end] != endOfText) {
        end++;
      }
      int[] document = laidOut(Arrays.copyOfRange(plain, begin, end), into.length - at, chance);
      System.arraycopy(document, 0, into, at, document.length);
      at += document.length;
      if (at < into.length) {
        into[at++] = endOfText;
      }
    }
    Arrays.fill(into, at, into.length, endOfText);
    number(into, segments);
    Arrays.fill(segments, at - 1, segments.length, Rows.PADDING);
  }

  /// A document in at most `room` tokens, and in all of them where it does not fit.
  private int[] laidOut(int[] document, int room, Chance chance) {
    boolean chosen = chance.happens(settings.rate);
    if (!chosen || document.length == 0 || room <= ADDED) {
      return document.length > room ? Arrays.copyOf(document, room) : document;
    }
    int[] fitting = document.length > room - ADDED ? Arrays.copyOf(document, room - ADDED) : document;
    MiddleParts parts = fitted(MiddleParts.of(fitting, cut, chance), fitting, room - ADDED, chance);
    return chance.happens(settings.spm) ? suffixFirst(parts) : prefixFirst(parts);
  }

  /// Parts that were encoded anew may have grown: the suffix then loses its end, which is the document's.
  private static MiddleParts fitted(MiddleParts parts, int[] document, int room, Chance chance) {
    int over = parts.tokens() - room;
    if (over <= 0) {
      return parts;
    }
    return over <= parts.suffix().length ? parts.withoutLast(over) : MiddleParts.betweenTokens(document, chance);
  }

  private int[] prefixFirst(MiddleParts parts) {
    return concat(
        new int[] {tokens.prefix()}, parts.prefix(), new int[] {tokens.suffix()}, parts.suffix(), new int[] {tokens.middle()},
        parts.middle());
  }

  private int[] suffixFirst(MiddleParts parts) {
    return concat(
        new int[] {tokens.prefix(), tokens.suffix()}, parts.suffix(), new int[] {tokens.middle()}, parts.prefix(),
        parts.middle());
  }

  private static int[] concat(int[]... parts) {
    return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
  }

  private void number(int[] row, int[] segments) {
    int segment = 0;
    for (int i = 0; i < segments.length; i++) {
      segments[i] = segment;
      segment += row[i] == endOfText ? 1 : 0;
    }
  }
}
