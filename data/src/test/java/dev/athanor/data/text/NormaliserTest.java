package dev.athanor.data.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NormaliserTest {
  private static final Normaliser PLAIN = new Normaliser(true, Width.KEEP, ChineseScript.KEEP, 2);

  private static String plain(String text) {
    return PLAIN.apply(text, false);
  }

  @Test
  void apply_lineEndsAndBlanks_areOneWay() {
    assertThat(plain("\uFEFF\r\n \r\na  \r\n\tb\t\r\rc\u3000\u2028d\u0085e\ff\n\n")).isEqualTo("a\n\tb\n\nc\nd\ne\nf\n");
    assertThat(plain("a\n\n\n\n \nb")).isEqualTo("a\n\n\nb\n");
    assertThat(new Normaliser(true, Width.KEEP, ChineseScript.KEEP, 0).apply("a\n\nb", false)).isEqualTo("a\nb\n");
    assertThat(plain(" \n\n")).isEmpty();
  }

  @Test
  void apply_invisibleCharacters_goUnlessTheyMean() {
    assertThat(plain("a\u0000b\u200bc\u00add\u2060e\ufefff\u202eg\u001b")).isEqualTo("abcdefg\n");
    String family = "👨\u200d👩\u200d👧 ❤\ufe0f\u200d🔥 👩🏽\u200d💻";
    assertThat(plain(family)).isEqualTo(family + "\n");
    assertThat(plain("a\u200db 中\u200d文 👨\u200da")).isEqualTo("ab 中文 👨a\n");
    String persian = "می\u200cخواهم";
    assertThat(plain(persian)).isEqualTo(persian + "\n");
    String hindi = "क्\u200dष";
    assertThat(plain(hindi)).isEqualTo(hindi + "\n");
    String wales = "🏴\udb40\udc67\udb40\udc62\udb40\udc77\udb40\udc6c\udb40\udc73\udb40\udc7f";
    assertThat(plain(wales)).isEqualTo(wales + "\n");
    assertThat(plain("a\udb40\udc67b\ud800c")).isEqualTo("ab\ufffdc\n");
  }

  @Test
  void apply_decomposedLetters_areComposed() {
    assertThat(plain("Cafe\u0301 \u1112\u1161\u11ab")).isEqualTo("Café 한\n");
  }

  @Test
  void apply_chineseAsItIs_untouchedUnlessAsked() {
    String text = "ＡＢＣ１２３，“後來”我們發展了。　完\n";
    assertThat(plain(text)).isEqualTo(text);
    assertThat(new Normaliser(true, Width.HALF, ChineseScript.KEEP, 2).apply(text, false)).isEqualTo("ABC123，“後來”我們發展了。 完\n");
    assertThat(new Normaliser(true, Width.KEEP, ChineseScript.SIMPLIFIED, 2).apply("後來我們發展了，頭髮很長。", false)).isEqualTo("后来我们发展了，头发很长。\n");
    assertThat(new Normaliser(true, Width.KEEP, ChineseScript.TRADITIONAL, 2).apply("后来我们发展了，头发干净。", false)).isEqualTo("後來我們發展了，頭髮乾淨。\n");
    assertThat(new Normaliser(true, Width.KEEP, ChineseScript.TRADITIONAL, 2).apply("皇后 abc 𠮷", false)).isEqualTo("皇后 abc 𠮷\n");
  }

  @Test
  void apply_randomUnicode_isCleanAndIdempotent() {
    var random = new Random(11);
    for (int i = 0; i < 3000; i++) {
      var text = new StringBuilder();
      for (int j = random.nextInt(40); j > 0; j--) {
        switch (random.nextInt(4)) {
          case 0 -> text.append((char) random.nextInt(0x10000));
          case 1 -> text.appendCodePoint(random.nextInt(0x110000));
          case 2 -> text.append("\r\n\u200d\u0301 é👩\ud800\u0085\u3000".charAt(random.nextInt(11)));
          default -> text.append((char) (0x80 + random.nextInt(0x80)));
        }
      }
      String once = new Normaliser(false, Width.HALF, ChineseScript.KEEP, 2).apply(text.toString(), false);
      assertThat(new Normaliser(false, Width.HALF, ChineseScript.KEEP, 2).apply(once, false)).isEqualTo(once);
      assertThat(Normalizer.isNormalized(once, Normalizer.Form.NFC)).isTrue();
      assertThat(once).doesNotContain("\r", "\u0000", "\u0085", "\ufeff").doesNotContainPattern("[ \\u3000]\\n");
      // With repairs too: a repaired text may hold what looks damaged again, but it is clean.
      assertThat(Normalizer.isNormalized(plain(text.toString()), Normalizer.Form.NFC)).isTrue();
      assertThat(plain(text.toString())).doesNotContain("\r", "\u0000", "\u0085", "\ufeff");
    }
  }

  @Test
  void apply_alienLineOfAMegabyte_isLinear() {
    for (String unit : new String[] {"Ã©", "Ã", "ÖÐ", "\u200d", "e\u0301", "\r", " ", "國"}) {
      String line = unit.repeat(1_000_000 / unit.length());
      assertThat(plain(line)).isNotEqualTo(line);
    }
  }
}
