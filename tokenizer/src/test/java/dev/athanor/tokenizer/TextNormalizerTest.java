package dev.athanor.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.UserException;
import java.text.Normalizer;
import org.junit.jupiter.api.Test;

class TextNormalizerTest {
  @Test
  void apply_randomTexts_isUnicodesNormalForm() {
    RandomText random = new RandomText(5);
    for (int i = 0; i < 5_000; i++) {
      String text = random.next(12) + (i % 3 == 0 ? "한글ᄒ" + "ᅡ" + "ᆫ，。ｆｕｌｌ①ﬁ" : "");
      assertThat(TextNormalizer.NFC.apply(text)).isEqualTo(Normalizer.normalize(text, Normalizer.Form.NFC));
      assertThat(TextNormalizer.NFKC.apply(text)).isEqualTo(Normalizer.normalize(text, Normalizer.Form.NFKC));
      assertThat(TextNormalizer.NONE.apply(text)).isSameAs(text);
    }
  }

  @Test
  void apply_everyPairOfACharacterAndOneThatMayAct_isUnicodesNormalForm() {
    String seconds = "\u0300\u0301\u0338\u3099\u1161\u11A8a，ﬁ";
    for (int c = 0; c < 0x10000; c++) {
      String text = (char) c + seconds.substring(c % seconds.length(), c % seconds.length() + 1);
      assertThat(TextNormalizer.NFKC.apply(text)).isEqualTo(Normalizer.normalize(text, Normalizer.Form.NFKC));
    }
  }

  @Test
  void named_unknown_listsThoseThereAre() {
    assertThat(TextNormalizer.named("NFKC")).isEqualTo(TextNormalizer.NFKC);
    assertThatThrownBy(() -> TextNormalizer.named("nfd")).isInstanceOf(UserException.class).hasMessageContaining("none, nfc, nfkc");
  }
}
