package dev.athanor.tokenizer;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import java.util.Arrays;
import java.util.Iterator;

/// The distinct words of a corpus with their counts, as symbols of 16 bits: symbol 1 is the most frequent character, 0 ends a word.
/// Words stand in the order of their symbols, so that nothing that is learnt of them depends on the order of the texts or on who
/// counted what.
public final class Words {
  private final char[] symbols;
  private final int[] starts;
  private final long[] counts;
  private final int[] characters;
  private final long[] characterCounts;

  private Words(char[] symbols, int[] starts, long[] counts, Characters alphabet) {
    this.symbols = symbols;
    this.starts = starts;
    this.counts = counts;
    this.characters = alphabet.characters;
    this.characterCounts = alphabet.counts;
  }

  /// The characters that get a piece each, the most frequent first; index 0 is no character.
  private record Characters(int[] characters, long[] counts) {}

  /// Reads the stream once, on the caller's thread.
  ///
  /// @param needed more characters that are a piece each
  /// @throws UserException where the characters that must be covered leave no room in the vocabulary
  public static Words count(Iterator<String> texts, WordOptions options, String needed, Progress progress) {
    PieceCounts pieces;
    try (Progress.Task task = progress.start("count words", -1, "char")) {
      pieces = new PieceCounter(options.rules(), options.threads()).count(texts, task);
    }
    return of(pieces, options, needed);
  }

  static Words of(PieceCounts pieces, WordOptions options, String needed) {
    StringBuilder named = new StringBuilder(needed);
    // Each by itself: two that are named one after the other do not become one.
    options.alphabet().codePoints().forEach(c -> named.append(options.rules().normalizer().apply(Character.toString(c))));
    Characters alphabet = alphabet(pieces, options.coverage(), named.toString());
    int covered = alphabet.characters.length - 1;
    if (covered > options.pieces()) {
      throw new UserException(
          "vocabulary size " + options.vocabSize() + " is too small: " + covered + " characters must be covered, which needs "
              + (options.vocabSize() - options.pieces() + covered) + " at least; or cover fewer (character coverage is "
              + options.coverage() + ")");
    }
    if (covered >= Character.MAX_VALUE) {
      throw new UserException(covered + " characters to be covered are more than 65,534; lower the character coverage");
    }
    char[] symbolOf = new char[Character.MAX_CODE_POINT + 1];
    for (int symbol = 1; symbol <= covered; symbol++) {
      symbolOf[alphabet.characters[symbol]] = (char) symbol;
    }
    return sorted(new Collector(symbolOf).collect(pieces, alphabet), alphabet, options.threads());
  }

  private static Characters alphabet(PieceCounts pieces, double coverage, String needed) {
    long[] counts = new long[Character.MAX_CODE_POINT + 1];
    pieces.forEach(
        (piece, count) -> {
          for (int i = 0; i < piece.length(); ) {
            int c = piece.codePointAt(i);
            counts[c] += count;
            i += Character.charCount(c);
          }
        });
    counts[WordRules.MARKER] += counts[' '];
    counts[' '] = 0;
    // Half a surrogate pair is no character.
    Arrays.fill(counts, Character.MIN_SURROGATE, Character.MAX_SURROGATE + 1, 0);
    long all = 0;
    int[] seen = new int[64];
    int size = 0;
    for (int c = 0; c < counts.length; c++) {
      if (counts[c] > 0) {
        all += counts[c];
        seen = size == seen.length ? Arrays.copyOf(seen, size * 2) : seen;
        seen[size++] = c;
      }
    }
    int[] ranked =
        Arrays.stream(seen, 0, size).boxed()
            .sorted((a, b) -> counts[a] != counts[b] ? Long.compare(counts[b], counts[a]) : Integer.compare(a, b))
            .mapToInt(c -> c)
            .toArray();
    boolean[] wanted = new boolean[counts.length];
    wanted[WordRules.MARKER] = true;
    needed.codePoints().forEach(c -> wanted[c == ' ' ? WordRules.MARKER : c] = true);
    long sum = 0;
    for (int i = 0; i < size && (coverage == 1 || sum < coverage * (double) all); i++) {
      wanted[ranked[i]] = true;
      sum += counts[ranked[i]];
    }
    IntList characters = new IntList(size + 1);
    characters.add(0);
    for (int c : ranked) {
      if (wanted[c]) {
        characters.add(c);
      }
    }
    for (int c = 0; c < wanted.length; c++) {
      if (wanted[c] && counts[c] == 0) {
        characters.add(c);
      }
    }
    int[] chosen = characters.toArray();
    return new Characters(chosen, Arrays.stream(chosen).mapToLong(c -> counts[c]).toArray());
  }

  /// Words as they come, cut where a character is not covered, with one of count 0 for every character.
  private static final class Collector {
    private final char[] symbolOf;
    private char[] symbols = new char[1 << 16];
    private int size;
    private int[] starts = new int[1 << 12];
    private long[] counts = new long[1 << 12];
    private int words;

    Collector(char[] symbolOf) {
      this.symbolOf = symbolOf;
    }

    Collector collect(PieceCounts pieces, Characters alphabet) {
      pieces.forEach(this::add);
      for (int symbol = 1; symbol < alphabet.characters.length; symbol++) {
        put((char) symbol);
        end(size - 1, 0);
      }
      return this;
    }

    private void add(String piece, long count) {
      int start = size;
      for (int i = 0; i < piece.length(); ) {
        int c = piece.codePointAt(i);
        char symbol = symbolOf[c == ' ' ? WordRules.MARKER : c];
        if (symbol == 0) {
          end(start, count);
          start = size;
        } else {
          put(symbol);
        }
        i += Character.charCount(c);
      }
      end(start, count);
    }

    private void put(char symbol) {
      if (size == symbols.length) {
        if (size > Integer.MAX_VALUE / 2) {
          throw new UserException("the corpus has too many different words: more than 2³⁰ characters of them");
        }
        symbols = Arrays.copyOf(symbols, size + (size >> 1));
      }
      symbols[size++] = symbol;
    }

    private void end(int start, long count) {
      if (size == start) {
        return;
      }
      put('\0');
      if (words == starts.length) {
        starts = Arrays.copyOf(starts, words * 2);
        counts = Arrays.copyOf(counts, words * 2);
      }
      starts[words] = start;
      counts[words++] = count;
    }
  }

  private static Words sorted(Collector all, Characters alphabet, int threads) {
    int[] order = Arrays.copyOf(all.starts, all.words);
    SymbolSort.sort(all.symbols, order, WordRules.LONGEST_WORD + 1, threads);
    char[] symbols = new char[all.size];
    int[] starts = new int[all.words + 1];
    long[] counts = new long[all.words];
    int words = 0;
    int size = 0;
    for (int start : order) {
      long count = all.counts[Arrays.binarySearch(all.starts, 0, all.words, start)];
      int length = 0;
      while (all.symbols[start + length] != 0) {
        length++;
      }
      int last = words == 0 ? 0 : starts[words - 1];
      if (words > 0 && Arrays.equals(symbols, last, size - 1, all.symbols, start, start + length)) {
        counts[words - 1] += count;
        continue;
      }
      System.arraycopy(all.symbols, start, symbols, size, length + 1);
      starts[words] = size;
      counts[words++] = count;
      size += length + 1;
    }
    starts[words] = size;
    return new Words(Arrays.copyOf(symbols, size), Arrays.copyOf(starts, words + 1), Arrays.copyOf(counts, words), alphabet);
  }

  /// Distinct words.
  public int size() {
    return counts.length;
  }

  /// All words one after another, a 0 behind each. Not to be changed.
  public char[] symbols() {
    return symbols;
  }

  /// Where a word begins in [#symbols()]; that of [#size()] is their end.
  public int start(int word) {
    return starts[word];
  }

  /// How often the word comes; 0 of a word that is only a character which must be covered.
  public long count(int word) {
    return counts[word];
  }

  /// Symbols are 1 ≤ symbol ≤ this.
  public int lastSymbol() {
    return characters.length - 1;
  }

  /// How often a symbol comes.
  public long symbolCount(int symbol) {
    return characterCounts[symbol];
  }

  public int character(int symbol) {
    return characters[symbol];
  }

  /// The text of a stretch of [#symbols()].
  public String text(int at, int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = at; i < at + length; i++) {
      text.appendCodePoint(characters[symbols[i]]);
    }
    return text.toString();
  }

  /// [WordRules#isPiece] of a stretch of [#symbols()].
  public boolean isPiece(int at, int length, WordRules rules) {
    if (length > rules.longestPiece()) {
      return false;
    }
    boolean blank = false;
    boolean other = false;
    for (int i = at; i < at + length; i++) {
      boolean marker = characters[symbols[i]] == WordRules.MARKER;
      blank |= marker && i > at;
      other |= !marker;
    }
    return !blank || !other;
  }
}
