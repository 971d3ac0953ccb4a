package dev.athanor.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TokenizerStatsTest {
  @Test
  void measure_textsByKind_countsBytesAndTokensOfEach() {
    BpeTokenizer tokenizer = BpeTokenizerTest.trained(400);
    Map<String, List<String>> texts = new LinkedHashMap<>();
    texts.put("zh", List.of("中", "中文"));
    texts.put("en", List.of("aab"));
    texts.put("none", List.of());
    TokenizerStats stats = TokenizerStats.measure(tokenizer, texts);
    assertThat(stats.byKind().keySet()).containsExactly("zh", "en", "none");
    TokenizerStats.Count zh = Objects.requireNonNull(stats.byKind().get("zh"));
    assertThat(zh.bytes()).isEqualTo(9);
    assertThat(zh.characters()).isEqualTo(3);
    int tokens = tokenizer.encode("中").length + tokenizer.encode("中文").length;
    assertThat(zh.bytesPerToken()).isEqualTo(9.0 / tokens);
    assertThat(Objects.requireNonNull(stats.byKind().get("none")).bytesPerToken()).isZero();
    assertThat(stats.total().bytes()).isEqualTo(12);
    assertThat(stats.total().texts()).isEqualTo(3);
  }
}
