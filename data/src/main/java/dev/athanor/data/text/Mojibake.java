package dev.athanor.data.text;

import dev.athanor.data.text.Latin.Decoded;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;

/// Repairs text that was decoded wrongly: UTF-8 as Latin-1 or Windows-1252, once or twice ("â€™", "ä¸­æ–‡", "Ã¢â‚¬â„¢"), and GB18030
/// as either ("ÖÐÎÄ").
///
/// UTF-8 leaves traces that no writing system does: a lead byte's letter followed by exactly as many continuation bytes' characters as it
/// announces. A run of such sequences is *sure* when it holds a C1 control, two sequences or more, or one whose continuation is no
/// character that may stand behind a letter in clean text (quotes, dashes, ellipsis, ordinals may: « …é” »), unless it stands alone in
/// quotes, where somebody writes about it, or among other letters beyond ASCII. Sure runs are repaired; the others
/// only where at least half of all characters beyond ASCII stand in sure runs. GB18030 is read for a whole text: when all its characters are
/// bytes, its letters beyond ASCII come in runs, and what they spell is what Chinese is written in.
public final class Mojibake {
  private static final int MOST_ROUNDS = 2;
  private static final Charset GB18030 = Charset.forName("GB18030");
  private static final String COMMON_HAN =
      "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样";
  private static final int LEAST_HAN = 6;
  private static final String QUOTES = "\"'`“”‘’「」『』«»";
  private static final int MOST_ROW = 3;

  private Mojibake() {}

  /// The text as it was meant; the same object where nothing surely gains.
  ///
  /// @param strict repairs only texts most of whose characters beyond ASCII are damaged: in source code, a few may be meant
  public static String repair(String text, boolean strict) {
    String chinese = repairGb(text);
    if (!chinese.equals(text)) {
      return chinese;
    }
    String current = text;
    for (int round = 0; round < MOST_ROUNDS && Latin.mayHoldUtf8(current); round++) {
      String repaired = repairUtf8(current, strict);
      if (repaired.equals(current)) {
        break;
      }
      current = repaired;
    }
    return current;
  }

  /// What was counted of a text's runs.
  ///
  /// @param strangers whether letters beyond ASCII that are no sequence stand three and more in a row: another encoding was read wrongly
  private record Damage(long beyondAscii, long inSureRuns, long sureRuns, boolean strangers) {
    boolean isMost() {
      return 2 * inSureRuns >= beyondAscii;
    }
  }

  private static String repairUtf8(String text, boolean strict) {
    Damage damage = damage(text);
    if (damage.sureRuns == 0 || ((strict || damage.strangers) && !damage.isMost())) {
      return text;
    }
    var repaired = new StringBuilder(text.length());
    for (int at = 0; at < text.length(); ) {
      int end = runEnd(text, at);
      if (end > at && (damage.isMost() || isSure(text, at, end))) {
        decode(text, at, end, repaired);
        at = end;
      } else {
        int next = Math.max(end, at + 1);
        repaired.append(text, at, next);
        at = next;
      }
    }
    return repaired.toString();
  }

  private static Damage damage(String text) {
    long beyond = 0;
    long sure = 0;
    long runs = 0;
    int row = 0;
    boolean strangers = false;
    for (int at = 0; at < text.length(); ) {
      char c = text.charAt(at);
      if (c < 128) {
        row = 0;
        at++;
        continue;
      }
      int end = runEnd(text, at);
      if (end == at) {
        beyond++;
        row = isLatinLetter(c) ? row + 1 : 0;
        strangers |= row >= MOST_ROW;
        at++;
        continue;
      }
      beyond += end - at;
      if (isSure(text, at, end)) {
        sure += end - at;
        runs++;
      }
      at = end;
    }
    return new Damage(beyond, sure, runs, strangers);
  }

  /// The end of the run of sequences that begins at `from`; `from` where none does.
  private static int runEnd(String text, int from) {
    int at = from;
    while (at < text.length()) {
      Decoded decoded = Latin.decode(text, at);
      if (decoded.length() == 0) {
        break;
      }
      at += decoded.length();
    }
    return at;
  }

  private static boolean isSure(String text, int from, int to) {
    int sequences = 0;
    boolean telling = false;
    boolean pairsOnly = true;
    for (int at = from; at < to; ) {
      int length = Latin.decode(text, at).length();
      sequences++;
      pairsOnly &= length == 2;
      boolean ordinary = true;
      for (int i = at + 1; i < at + length; i++) {
        char c = text.charAt(i);
        telling |= c >= 0x80 && c <= 0x9f;
        ordinary &= Latin.mayFollow(c, text.charAt(at));
      }
      telling |= !ordinary;
      at += length;
    }
    char before = from > 0 ? text.charAt(from - 1) : ' ';
    char after = to < text.length() ? text.charAt(to) : ' ';
    // Pairs among letters that are none are how other encodings look by chance.
    if (pairsOnly && (isLatinLetter(before) || isLatinLetter(after))) {
      return false;
    }
    // “Ã©”: somebody writes about it.
    boolean quoted = sequences == 1 && (QUOTES.indexOf(before) >= 0 || QUOTES.indexOf(after) >= 0);
    return (telling || sequences >= 2) && !(quoted && !Character.isLetter(before) && !Character.isLetter(after));
  }

  private static boolean isLatinLetter(char c) {
    return c >= 0xc0 && c <= 0xff;
  }

  private static void decode(String text, int from, int to, StringBuilder into) {
    for (int at = from; at < to; ) {
      Decoded decoded = Latin.decode(text, at);
      into.appendCodePoint(decoded.codePoint());
      at += decoded.length();
    }
  }

  // ---- GB18030

  private static String repairGb(String text) {
    byte[] bytes = gbBytes(text);
    if (bytes.length == 0) {
      return text;
    }
    try {
      CharBuffer decoded =
          GB18030.newDecoder().onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(bytes));
      String chinese = decoded.toString();
      return isChinese(chinese) ? chinese : text;
    } catch (CharacterCodingException _) {
      return text;
    }
  }

  /// The bytes that were read as Latin; none where a character is no byte or where those beyond ASCII mostly stand alone.
  private static byte[] gbBytes(String text) {
    long beyond = 0;
    long inRuns = 0;
    int run = 0;
    for (int i = 0; i < text.length(); i++) {
      int b = Latin.byteOf(text.charAt(i));
      if (b < 0) {
        return new byte[0];
      }
      if (b >= 0x80) {
        beyond++;
        run++;
        inRuns += run == 4 ? 4 : run > 4 ? 1 : 0;
      } else {
        run = 0;
      }
    }
    if (beyond < 2 * LEAST_HAN || inRuns * 2 < beyond) {
      return new byte[0];
    }
    byte[] bytes = new byte[text.length()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Latin.byteOf(text.charAt(i));
    }
    return bytes;
  }

  /// At least a sixth of what lies beyond ASCII is among the hundred most frequent characters (running Chinese: two fifths; Cyrillic or Greek
  /// read so: a thirtieth), and nearly all is Han or Chinese punctuation.
  private static boolean isChinese(String text) {
    long beyond = 0;
    long han = 0;
    long marks = 0;
    long common = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 128) {
        continue;
      }
      beyond++;
      han += c >= 0x4e00 && c <= 0x9fff ? 1 : 0;
      marks += (c >= 0x3000 && c <= 0x303f) || (c >= 0xff00 && c <= 0xffef) || (c >= 0x2010 && c <= 0x2026) || c == '·' ? 1 : 0;
      common += COMMON_HAN.indexOf(c) >= 0 ? 1 : 0;
    }
    return han >= LEAST_HAN && common >= 2 && 6 * common >= han && (han + marks) * 20 >= beyond * 19;
  }
}
