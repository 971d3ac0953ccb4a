package dev.athanor.data.quality;

import dev.athanor.data.SplitMix64;
import java.util.BitSet;

/// What the rules for English count, taken in one pass: words are runs without white space. A line end counts as one character
/// however it is written.
public final class TextStatistics {
  /// By the paper; a text has those of them that stand in it in any case, with or without punctuation around them.
  private static final String[] STOP_WORDS = {"the", "be", "to", "of", "and", "that", "have", "with"};
  private static final int LONGEST_STOP_WORD = 4;

  /// Four characters of eight bits, small letters.
  private static final int[] PACKED = new int[STOP_WORDS.length];
  private static final int LETTER = 1;
  private static final int DIGIT = 2;
  private static final int SPACE = 4;
  private static final int DOT = 8;
  private static final int HASH = 16;
  private static final int ELLIPSIS = 32;
  /// The second half of a code point.
  private static final int LOW = 64;
  private static final int LOW_LETTER = LOW | LETTER;
  private static final byte[] KINDS = new byte[128];

  static {
    for (int i = 0; i < STOP_WORDS.length; i++) {
      for (int j = 0; j < STOP_WORDS[i].length(); j++) {
        PACKED[i] = (PACKED[i] << 8) | STOP_WORDS[i].charAt(j);
      }
    }
    for (char c = 0; c < 128; c++) {
      KINDS[c] =
          (byte) (Chars.isSpace(c) ? SPACE : Character.isLetter(c) ? LETTER : Character.isDigit(c) ? DIGIT : c == '.' ? DOT : c == '#' ? HASH : 0);
    }
  }

  private final String text;
  private final Lines lines = new Lines();
  private final Grams words = new Grams();
  private final BitSet stopWords = new BitSet();
  private long characters;
  private long lineBreaks;
  private long wordCount;
  private long namedWords;
  private long namedWordCharacters;
  private long alphabeticWords;
  private long hashes;
  private long ellipses;

  private TextStatistics(String text) {
    this.text = text;
  }

  public static TextStatistics of(String text) {
    var statistics = new TextStatistics(text);
    statistics.read();
    return statistics;
  }

  private void read() {
    boolean begun = false;
    long breaks = 0;
    int at = 0;
    while (at < text.length()) {
      at = readLine(at);
      if (lineHadWords) {
        lineBreaks += begun ? breaks : 0;
        begun = true;
        breaks = 0;
      }
      if (at < text.length()) {
        at = Chars.afterLineEnd(text, at);
        characters++;
        breaks++;
      }
    }
  }

  private boolean lineHadWords;

  /// Reads one line and returns where it ends.
  private int readLine(int start) {
    int first = -1;
    int end = start;
    int spaces = 0;
    int size = 0;
    long hash = 0;
    int at = start;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (Chars.isLineEnd(c)) {
        break;
      }
      if (Chars.isSpace(c)) {
        spaces++;
        at++;
        continue;
      }
      if (first < 0) {
        first = at;
      } else {
        size += spaces;
      }
      characters += spaces;
      spaces = 0;
      int wordStart = at;
      at = readWord(wordStart);
      size += wordSize;
      characters += wordSize;
      hash = HashTable.join(hash, wordHash);
      end = at;
    }
    characters += spaces;
    lineHadWords = first >= 0;
    if (lineHadWords) {
      lines.add(first, end, size, hash, Chars.isFence(text, first, end));
    } else {
      lines.addBlank();
    }
    return at;
  }

  private long wordHash;
  private int wordSize;

  /// Reads one word and returns where it ends.
  private int readWord(int start) {
    long hash = 0;
    int kinds = 0;
    int low = 0;
    int dots = 0;
    int at = start;
    for (; at < text.length(); at++) {
      char c = text.charAt(at);
      int kind = c < 128 ? KINDS[c] : kind(c, at, start);
      if (kind == SPACE) {
        break;
      }
      kinds |= kind;
      if (kind >= DOT) {
        dots = kind == DOT ? dots + 1 : 0;
        hashes += kind == HASH ? 1 : 0;
        low += kind == LOW_LETTER || kind == LOW ? 1 : 0;
        ellipses += kind == ELLIPSIS ? 1 : 0;
        if (dots == 3) {
          ellipses++;
          dots = 0;
        }
      } else {
        dots = 0;
      }
      hash = (hash ^ c) * 0x100000001b3L;
      hash ^= hash >>> 29;
    }
    wordHash = SplitMix64.mix(hash ^ (at - start));
    wordSize = at - start - low;
    wordCount++;
    if ((kinds & (LETTER | DIGIT)) != 0) {
      namedWords++;
      namedWordCharacters += wordSize;
    }
    if ((kinds & LETTER) != 0) {
      alphabeticWords++;
      noteStopWord(start, at);
    }
    words.add(wordHash, start, at, wordSize);
    return at;
  }

  private int kind(char c, int at, int start) {
    if (Chars.isSpace(c)) {
      return SPACE;
    }
    if (c == '…') {
      return ELLIPSIS;
    }
    if (Character.isLowSurrogate(c) && at > start && Character.isHighSurrogate(text.charAt(at - 1))) {
      return Character.isLetter(text.codePointAt(at - 1)) ? LOW_LETTER : LOW;
    }
    return Character.isLetter(c) ? LETTER : Character.isDigit(c) ? DIGIT : 0;
  }

  private void noteStopWord(int start, int end) {
    int from = start;
    int to = end;
    while (from < to && !Character.isLetterOrDigit(text.charAt(from))) {
      from++;
    }
    while (to > from && !Character.isLetterOrDigit(text.charAt(to - 1))) {
      to--;
    }
    if (to - from < 2 || to - from > LONGEST_STOP_WORD) {
      return;
    }
    int packed = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c >= 128) {
        return;
      }
      packed = (packed << 8) | c | 0x20;
    }
    for (int i = 0; i < PACKED.length; i++) {
      if (PACKED[i] == packed) {
        stopWords.set(i);
      }
    }
  }

  String text() {
    return text;
  }

  Lines lines() {
    return lines;
  }

  /// All words in their order.
  Grams words() {
    return words;
  }

  /// Code points, a line end as one.
  long characters() {
    return characters;
  }

  /// Between the first and the last line that is not blank.
  long lineBreaks() {
    return lineBreaks;
  }

  long wordCount() {
    return wordCount;
  }

  /// Words with a letter or a digit.
  long namedWords() {
    return namedWords;
  }

  /// Code points in words with a letter or a digit.
  long namedWordCharacters() {
    return namedWordCharacters;
  }

  long alphabeticWords() {
    return alphabeticWords;
  }

  long hashes() {
    return hashes;
  }

  /// `…`, and `...` as often as three dots fit into a run of them.
  long ellipses() {
    return ellipses;
  }

  /// How many of the eight stand in the text.
  int stopWords() {
    return stopWords.cardinality();
  }
}
