package dev.athanor.data.language;

import com.github.houbb.opencc4j.util.ZhConverterUtil;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tells simplified, traditional and Cantonese texts by the characters that only one of them writes. Which those are comes from
/// OpenCC's tables: a character that has another form in traditional writing and never stands there itself (国, but not 后) is simplified, and
/// the other way round.
final class ChineseVariant {
  /// Written Cantonese: its particles, pronouns and verbs.
  private static final String CANTONESE = "嘅咗喺佢唔咁嗰哋冇嚟啲乜睇攞咩喎嘢諗瞓搵嘥揸嘞噃嘸嗮俾嗌冚";
  private static final int LEAST_CANTONESE_KINDS = 3;
  private static final double CANTONESE_SHARE = 0.02;
  private static final BitSet SIMPLIFIED = new BitSet();
  private static final BitSet TRADITIONAL = new BitSet();

  static {
    for (char c = 0x4e00; c <= 0x9fff; c++) {
      if (differs(ZhConverterUtil.toTraditional(c), c)) {
        SIMPLIFIED.set(c);
      }
      if (differs(ZhConverterUtil.toSimple(c), c)) {
        TRADITIONAL.set(c);
      }
    }
  }

  private ChineseVariant() {}

  private static boolean differs(@Nullable List<String> forms, char c) {
    return forms != null && !forms.isEmpty() && !forms.contains(String.valueOf(c));
  }

  /// "zh-hans", "zh-hant", "yue"; "zh" where no character tells.
  static String of(String text) {
    int simplified = 0;
    int traditional = 0;
    int han = 0;
    int cantonese = 0;
    var kinds = new BitSet();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x3400 || c > 0x9fff) {
        continue;
      }
      han++;
      simplified += SIMPLIFIED.get(c) ? 1 : 0;
      traditional += TRADITIONAL.get(c) ? 1 : 0;
      int kind = CANTONESE.indexOf(c);
      if (kind >= 0) {
        cantonese++;
        kinds.set(kind);
      }
    }
    if (kinds.cardinality() >= LEAST_CANTONESE_KINDS && cantonese >= CANTONESE_SHARE * han) {
      return "yue";
    }
    return simplified == traditional ? "zh" : simplified > traditional ? "zh-hans" : "zh-hant";
  }
}
