package dev.athanor.tokenizer;

import dev.athanor.base.UserException;
import java.lang.Character.UnicodeScript;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/// How text becomes words in SentencePiece's manner (Kudo and Richardson 2018, arXiv:1808.06226): blanks are characters like
/// others, written as ▁ (U+2581), and a word takes the blank before it. No piece of a vocabulary goes beyond a word.
///
/// Where two neighbours part: before every blank; at changes of script, where Hiragana, Katakana and Han count as one, marks go
/// with what they follow, and digits and punctuation have a script of their own, "Common"; around digits; around tabs and line
/// ends. So a piece that is found in one word can stand in no other place than inside a word, and a tokenizer that knows no words
/// finds the same pieces.
///
/// @param normalizer applied to a text before all else
/// @param collapse every run of white space is one blank, and none stands at the ends
/// @param prefix every text that is not empty gets a blank before it, so that its first word is as that inside a text
/// @param spacePieces runs of blanks, or of one other white character, may be one piece
/// @param splitDigits digits stand alone
/// @param splitScripts words end where the script changes
/// @param longestPiece characters that a piece may have
public record WordRules(
    TextNormalizer normalizer,
    boolean collapse,
    boolean prefix,
    boolean spacePieces,
    boolean splitDigits,
    boolean splitScripts,
    int longestPiece)
    implements TextCutter {
  /// What stands for a blank in pieces.
  public static final char MARKER = '\u2581';

  /// Longer words are cut, wherever that is: such a run is no word of a language, and learning takes time in proportion.
  static final int LONGEST_WORD = 256;

  private static final int BLANK = 0;
  private static final int INHERITED = 1;
  private static final int WHITE = 2;
  private static final int FIRST_SCRIPT = 3;
  private static final Map<UnicodeScript, Byte> NUMBERS = numbers();
  private static final byte[] KINDS = kinds();

  public WordRules {
    if (longestPiece < 1 || longestPiece > 64) {
      throw new UserException("a piece may have 1 to 64 characters, not " + longestPiece);
    }
    if (collapse && spacePieces) {
      throw new UserException("where white space collapses to one blank there are no runs of blanks that could be pieces");
    }
  }

  /// SentencePiece's own defaults, but the normalizer.
  public static WordRules standard() {
    return new WordRules(TextNormalizer.NFKC, true, true, false, false, true, 16);
  }

  /// Like Llama's: no character of the text is lost, digits stand alone, runs of blanks are pieces.
  public static WordRules lossless() {
    return new WordRules(TextNormalizer.NONE, false, true, true, true, true, 16);
  }

  /// The text as pieces spell it, but with blanks for markers: normalized, with its white space as the rules say.
  String prepare(String text) {
    String normal = normalizer.apply(text);
    if (normal.indexOf(MARKER) >= 0) {
      normal = normal.replace(MARKER, ' ');
    }
    if (collapse) {
      normal = collapsed(normal);
    }
    return prefix && !normal.isEmpty() ? " " + normal : normal;
  }

  @Override
  public void split(String text, PreTokenizer.Pieces pieces) {
    String prepared = prepare(text);
    int start = 0;
    int length = 0;
    int before = -1;
    int script = INHERITED;
    for (int i = 0; i < prepared.length(); ) {
      int codePoint = prepared.codePointAt(i);
      int kind = kind(codePoint);
      int own = kind == INHERITED ? script : kind;
      if (i > start && (length == LONGEST_WORD || parts(before, script, codePoint, own))) {
        pieces.accept(prepared, start, i);
        start = i;
        length = 0;
      }
      // After a blank any script may begin.
      script = own == BLANK ? INHERITED : own;
      before = codePoint;
      length++;
      i += Character.charCount(codePoint);
    }
    if (start < prepared.length()) {
      pieces.accept(prepared, start, prepared.length());
    }
  }

  private boolean parts(int left, int leftScript, int right, int rightScript) {
    if (right == ' ') {
      return left != ' ' || !spacePieces;
    }
    if (rightScript == WHITE || leftScript == WHITE) {
      return left != right || !spacePieces;
    }
    if (splitDigits && (isDigit(left) || isDigit(right))) {
      return true;
    }
    return splitScripts && leftScript != INHERITED && rightScript != leftScript;
  }

  /// Whether it can be a piece: it has no marker but as its first character or as all of them, and is not too long.
  public boolean isPiece(String text) {
    boolean onlyMarkers = text.chars().allMatch(c -> c == MARKER);
    return text.codePointCount(0, text.length()) <= longestPiece && (onlyMarkers || text.lastIndexOf(MARKER) <= 0);
  }

  /// The digits that SentencePiece knows: ASCII's and the full-width ones.
  private static boolean isDigit(int codePoint) {
    return (codePoint >= '0' && codePoint <= '9') || (codePoint >= 0xFF10 && codePoint <= 0xFF19);
  }

  /// As Unicode's property White_Space.
  static boolean isWhite(int c) {
    return c <= ' ' ? c == ' ' || (c >= 9 && c <= 13) : c >= 0x85 && isFarWhite(c);
  }

  private static boolean isFarWhite(int c) {
    return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A)
        || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
  }

  private static String collapsed(String text) {
    if (isCollapsed(text)) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    boolean pending = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isWhite(c)) {
        pending = !out.isEmpty();
      } else {
        if (pending) {
          out.append(' ');
          pending = false;
        }
        out.append(c);
      }
    }
    return out.toString();
  }

  private static boolean isCollapsed(String text) {
    boolean blank = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean white = isWhite(c);
      if (white && (blank || c != ' ')) {
        return false;
      }
      blank = white;
    }
    return !blank || text.isEmpty();
  }

  private static int kind(int codePoint) {
    return codePoint < KINDS.length ? KINDS[codePoint] & 0xFF : kindOf(codePoint);
  }

  private static int kindOf(int codePoint) {
    if (codePoint == ' ') {
      return BLANK;
    }
    if (isWhite(codePoint)) {
      return WHITE;
    }
    UnicodeScript script = UnicodeScript.of(codePoint);
    // The mark of a long vowel belongs to Kana though Unicode calls it common.
    boolean kana = script == UnicodeScript.HIRAGANA || script == UnicodeScript.KATAKANA || codePoint == 0x30FC;
    return Objects.requireNonNull(NUMBERS.get(kana ? UnicodeScript.HAN : script), "every script has a number") & 0xFF;
  }

  private static Map<UnicodeScript, Byte> numbers() {
    Map<UnicodeScript, Byte> numbers = new EnumMap<>(UnicodeScript.class);
    int next = FIRST_SCRIPT;
    for (UnicodeScript script : UnicodeScript.values()) {
      numbers.put(script, (byte) (script == UnicodeScript.INHERITED ? INHERITED : next++));
    }
    return numbers;
  }

  private static byte[] kinds() {
    byte[] kinds = new byte[1 << 16];
    for (int c = 0; c < kinds.length; c++) {
      kinds[c] = (byte) kindOf(c);
    }
    return kinds;
  }
}
