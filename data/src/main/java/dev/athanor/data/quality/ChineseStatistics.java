package dev.athanor.data.quality;

import dev.athanor.data.SplitMix64;
import java.util.BitSet;

/// What the rules for Chinese count, in one pass over code points. Elements of n-grams are Han characters and runs of other letters
/// and digits; punctuation is none.
public final class ChineseStatistics {
  /// About the 400 most frequent characters of modern texts, in both scripts: two thirds of running text, a fifth of a list of names.
  private static final String COMMON =
      "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小"
          + "部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西"
          + "斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管"
          + "期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切"
          + "院让识候带导争运"
          + "這個們來為國說時會後發過麼對於種現當沒動還進樣開從實軍無與長機將關點業兩間問東見產給話員論處義幾認條係氣題爾別變總電數報結務場計資許統區隊則聽達強難權設記類據邊張該規萬"
          + "覺術領確傳師觀讓識帶導爭運裡頭學經應戰裏著";
  private static final String SENTENCE_MARKS = "，。！？；：、,.!?;:";
  /// What a line of prose, of a dialogue or of verse ends in.
  private static final String LINE_ENDS = "。！？；：，、…”’」』）》】.!?;:,\"')";
  private static final String SEPARATORS = "|｜»>›/·•";
  private static final int SHORT_LINE = 10;
  private static final int LEAST_LINKS = 4;
  private static final int LONGEST_LINK = 8;
  private static final BitSet COMMON_SET = new BitSet();

  static {
    COMMON.chars().forEach(COMMON_SET::set);
  }

  private final String text;
  private final Lines lines = new Lines();
  private final Grams elements = new Grams();
  private final BitSet navigation = new BitSet();
  private final BitSet punctuated = new BitSet();
  private final BitSet ellipsis = new BitSet();
  private final BitSet bullets = new BitSet();
  private long characters;
  private long han;
  private long commonHan;
  private long digits;
  private long symbols;
  private long marks;

  private ChineseStatistics(String text) {
    this.text = text;
  }

  public static ChineseStatistics of(String text) {
    var statistics = new ChineseStatistics(text);
    int at = 0;
    while (at < text.length()) {
      at = statistics.readLine(at);
      if (at < text.length()) {
        at = Chars.afterLineEnd(text, at);
      }
    }
    return statistics;
  }

  static boolean isHan(int c) {
    return (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3400 && c <= 0x4dbf) || c == 0x3007 || (c >= 0xf900 && Character.isIdeographic(c));
  }

  private int readLine(int start) {
    int first = -1;
    int end = start;
    int size = 0;
    int spaces = 0;
    int links = 1;
    long marksBefore = marks;
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
      links += (spaces > 0 && size > 0) || SEPARATORS.indexOf(c) >= 0 ? 1 : 0;
      spaces = 0;
      at = readElement(at);
      size += elementSize;
      hash = HashTable.join(hash, elementHash);
      end = at;
    }
    if (first < 0) {
      lines.addBlank();
    } else if (lines.count() < Lines.MOST) {
      int line = lines.count();
      lines.add(first, end, size, hash, Chars.isFence(text, first, end));
      bullets.set(line, Chars.isBullet(text.charAt(first)));
      ellipsis.set(line, Chars.endsInEllipsis(text, first, end));
      punctuated.set(line, LINE_ENDS.indexOf(text.charAt(end - 1)) >= 0);
      boolean unmarked = marks == marksBefore && !punctuated.get(line) && text.charAt(first) != '|';
      navigation.set(line, unmarked && (size <= SHORT_LINE || (links >= LEAST_LINKS && size <= LONGEST_LINK * links)));
    }
    return at;
  }

  private long elementHash;
  private int elementSize;

  /// Reads a Han character, a run of other letters and digits, or another character, and returns where it ends.
  private int readElement(int start) {
    int c = text.codePointAt(start);
    int at = start + Character.charCount(c);
    elementSize = 1;
    long hash = c;
    boolean counts = true;
    if (isHan(c)) {
      han++;
      commonHan += COMMON_SET.get(c) ? 1 : 0;
    } else if (Character.isLetterOrDigit(c)) {
      digits += Character.isDigit(c) ? 1 : 0;
      while (at < text.length()) {
        int next = text.codePointAt(at);
        if (!Character.isLetterOrDigit(next) || isHan(next)) {
          break;
        }
        digits += Character.isDigit(next) ? 1 : 0;
        hash = (hash ^ next) * 0x100000001b3L;
        hash ^= hash >>> 29;
        at += Character.charCount(next);
        elementSize++;
      }
    } else {
      counts = false;
      if (c < 0x10000 && SENTENCE_MARKS.indexOf(c) >= 0) {
        marks++;
      } else if (isSymbol(c)) {
        symbols++;
      }
    }
    characters += elementSize;
    elementHash = SplitMix64.mix(hash ^ elementSize);
    if (counts) {
      elements.add(elementHash, start, at, elementSize);
    }
    return at;
  }

  /// Not `|`, which rules tables; menus have their own measure.
  private static boolean isSymbol(int c) {
    return c != '|' && isOfSymbols(c);
  }

  private static boolean isOfSymbols(int c) {
    return switch (Character.getType(c)) {
      case Character.MATH_SYMBOL, Character.CURRENCY_SYMBOL, Character.MODIFIER_SYMBOL, Character.OTHER_SYMBOL, Character.PRIVATE_USE,
          Character.UNASSIGNED, Character.SURROGATE, Character.CONTROL, Character.FORMAT ->
          true;
      default -> c == '#' || c == '*' || c == '_' || c == '@' || c == '\\' || c == '&' || c == '%';
    };
  }

  String text() {
    return text;
  }

  Lines lines() {
    return lines;
  }

  Grams elements() {
    return elements;
  }

  /// Code points that are not white space.
  long characters() {
    return characters;
  }

  long han() {
    return han;
  }

  long commonHan() {
    return commonHan;
  }

  long digits() {
    return digits;
  }

  long symbols() {
    return symbols;
  }

  /// Commas, full stops and what else parts sentences.
  long marks() {
    return marks;
  }

  /// Short without any mark, or four or more short pieces in a line: links of a menu.
  boolean isNavigation(int line) {
    return navigation.get(line);
  }

  boolean isPunctuated(int line) {
    return punctuated.get(line);
  }

  boolean endsInEllipsis(int line) {
    return ellipsis.get(line);
  }

  boolean isBullet(int line) {
    return bullets.get(line);
  }
}
