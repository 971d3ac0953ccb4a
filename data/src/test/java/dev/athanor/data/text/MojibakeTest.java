package dev.athanor.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MojibakeTest {
  private static final Charset GB18030 = Charset.forName("GB18030");
  private static final String FRENCH = "Élève modèle, il a été reçu à l’école « Saint-Exupéry » — où l’été dure… déjà.";
  private static final String CHINESE = "我们在河边看到了很多人，他们说今天的天气很好。";

  /// As browsers read bytes: Windows-1252, its holes as controls.
  private static String asWindows(byte[] bytes) {
    var text = new StringBuilder();
    for (byte b : bytes) {
      int c = b & 0xff;
      char read = c >= 0x80 && c < 0xa0 ? new String(new byte[] {b}, Charset.forName("windows-1252")).charAt(0) : (char) c;
      text.append(read == '\ufffd' ? (char) c : read);
    }
    return text.toString();
  }

  private static String asLatin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void repair_utf8ReadAsLatinOrWindows_isAsMeant() {
    for (String text : List.of(FRENCH, CHINESE, "naïve", "don’t", "It is 25 °C", "Größe: 5 μm", "Привет, мир", "こんにちは世界", "emoji 🙂 too", "price: 5€ ®")) {
      assertThat(Mojibake.repair(asLatin(utf8(text)), false)).isEqualTo(text);
      assertThat(Mojibake.repair(asWindows(utf8(text)), false)).isEqualTo(text);
    }
  }

  @Test
  void repair_readWronglyTwice_isAsMeant() {
    for (String text : List.of(FRENCH, CHINESE, "don’t", "naïve café")) {
      assertThat(Mojibake.repair(asWindows(utf8(asWindows(utf8(text)))), false)).isEqualTo(text);
      assertThat(Mojibake.repair(asLatin(utf8(asLatin(utf8(text)))), false)).isEqualTo(text);
    }
  }

  @Test
  void repair_gbReadAsLatin_isAsMeant() {
    assertThat(Mojibake.repair(asLatin(CHINESE.getBytes(GB18030)), false)).isEqualTo(CHINESE);
    String mixed = "Java 中的集合类：我们先看 List，再看 Map；它们都是接口，不能直接用。\n";
    assertThat(Mojibake.repair(asWindows(mixed.getBytes(GB18030)), false)).isEqualTo(mixed);
  }

  @Test
  void repair_cleanText_isTheSameObject() {
    for (String text :
        List.of(FRENCH, CHINESE, "«liberté»…", "l’été»…", "NESCAFÉ® CAFÉ™", "IRMÃ… MAÇÃ— “NÃO”", "ÂNGELA Â»", "É«x»", "naïve — “café”", "Ñandú º ª", "25 °C ±3 µm", "ÀÉÎÕÜ", "åäö ÅÄÖ ß",
            "Đây là tiếng Việt: Ân cần, Ôn tồn.", "ÄÖÜäöüß ÄÖÜäöüß ÄÖÜäöüß", "Ðað er góður dagur", "像“Ã©”或者「Ã¨」这样的字符")) {
      assertThat(Mojibake.repair(text, false)).isSameAs(text);
    }
    // Too short to be told as GB18030, and not taken for UTF-8 either.
    String few = asLatin("在河边".getBytes(GB18030));
    assertThat(Mojibake.repair(few, false)).isSameAs(few);
    // Russian and Greek read as Latin are damaged, but not Chinese.
    for (String name : List.of("windows-1251", "KOI8-R", "ISO-8859-7")) {
      String damaged = asLatin("Привет, это обычный русский текст. Καλημέρα σας".getBytes(Charset.forName(name)));
      assertThat(Mojibake.repair(damaged, false)).isSameAs(damaged);
    }
  }

  @Test
  void repair_oneDamagedQuoteInCleanText_isRepairedButNotInCode() {
    String text = FRENCH + FRENCH + " donâ€™t";
    assertThat(Mojibake.repair(text, false)).isEqualTo(FRENCH + FRENCH + " don’t");
    assertThat(Mojibake.repair(text, true)).isSameAs(text);
    assertThat(Mojibake.repair("// " + asLatin(utf8(CHINESE)), true)).isEqualTo("// " + CHINESE);
  }

  @Test
  void repair_realTexts_changesOnlyWhatIsDamaged() throws IOException {
    Path data = Path.of("../../shared/data");
    assumeTrue(Files.isDirectory(data), "no " + data + ": real texts are not there");
    int looked = 0;
    int changed = 0;
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.filter(path -> path.toString().matches(".*(llamafactory|agieval|cmmlu|gsm8k|mtbench|text).*\\.(jsonl?|csv|txt)")).toList()) {
        String text = Files.readString(file);
        for (String line : text.split("\n", -1)) {
          if (!Mojibake.repair(line, false).equals(line)) {
            assertThat(line).as(file.toString()).containsPattern("fiancÃ©|FranÃ§oise|ChÃ©ri");
            changed++;
          }
        }
        looked++;
      }
    }
    assertThat(looked).isPositive();
    // FranÃ§oise, ChÃ©ri and a fiancÃ©, of 100,000 lines
    assertThat(changed).isLessThanOrEqualTo(3);
  }
}
