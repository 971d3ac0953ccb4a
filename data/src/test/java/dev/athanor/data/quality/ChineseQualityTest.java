package dev.athanor.data.quality;

import static dev.athanor.data.quality.RuleSteps.measure;
import static dev.athanor.data.quality.RuleSteps.verdict;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.data.Documents;
import dev.athanor.data.flow.Span;
import dev.athanor.data.flow.Verdict;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChineseQualityTest {
  @Test
  void chineseQuality_proseVerseDialogueTable_areKept() {
    assertThat(verdict("chinese_quality", Texts.CHINESE_PROSE)).isEqualTo("kept");
    assertThat(verdict("chinese_quality", Texts.CHINESE_POEM)).isEqualTo("kept");
    assertThat(verdict("chinese_quality", Texts.CHINESE_DIALOGUE)).isEqualTo("kept");
    assertThat(verdict("chinese_quality", Texts.CHINESE_TABLE)).isEqualTo("kept");
    String traditional =
        "這條河他走了四十年，哪裡水深、哪裡有石頭，閉著眼睛也知道。後來橋修好了，過河的人越來越少，可是他還是每天早上把船擦得乾乾淨淨，等著有人從對岸叫他。"
            + "我們問他為什麼不去城裡住，他說城裡沒有水聲，晚上睡不著覺。";
    assertThat(verdict("chinese_quality", traditional)).isEqualTo("kept");
  }

  @Test
  void chineseQuality_pagesOfNoWorth_areDropped() {
    assertThat(verdict("chinese_quality", Texts.CHINESE_MENU)).isIn("few punctuation marks", "navigation", "few punctuated lines");
    assertThat(verdict("chinese_quality: {min_marks_share: 0, min_punctuated_lines: 0, min_common_share: 0}", Texts.CHINESE_MENU))
        .isEqualTo("navigation");
    assertThat(verdict("chinese_quality", Texts.CHINESE_TITLES)).isIn("few punctuation marks", "few punctuated lines", "many digits");
    assertThat(verdict("chinese_quality", Texts.CHINESE_ADS)).isEqualTo("advertisement");
    assertThat(verdict("chinese_quality", Texts.CHINESE_KEYWORDS)).isIn("few common characters", "few punctuation marks");
    assertThat(verdict("chinese_quality", "锟斤拷烫烫烫屯屯屯，".repeat(20))).isIn("few common characters", "frequent n-gram");
    assertThat(verdict("chinese_quality", Texts.CHINESE_PROSE.substring(0, 40))).isEqualTo("few characters");
    assertThat(verdict("chinese_quality", "The quick brown fox jumps over the lazy dog. ".repeat(5) + "中文。")).isEqualTo("little Chinese");
    assertThat(verdict("chinese_quality", Texts.CHINESE_PROSE + "★●■◆→".repeat(6))).isEqualTo("many symbols");
  }

  @Test
  void chineseQuality_verseWithoutMarks_isDroppedAsDocumented() {
    assertThat(verdict("chinese_quality: {min_characters: 20}", Texts.CHINESE_POEM.replaceAll("[，。]", ""))).isEqualTo("few punctuation marks");
  }

  @Test
  void chineseQuality_smallText_measuresAsCountedByHand() {
    // 12 code points: 我们(2) ，(1) 𠀀(1) abc(3) 12(2) ★(1) 。(1) 嘢(1)
    Map<String, Double> measures = measure("chinese_quality", "我们， 𠀀abc 12★。\n嘢");
    assertThat(measures).containsEntry("chinese.characters", 12.0);
    assertThat(measures.get("chinese.han_share")).isEqualTo(4 / 12.0, within(1e-12));
    assertThat(measures.get("chinese.common_share")).isEqualTo(2 / 4.0, within(1e-12));
    assertThat(measures.get("chinese.marks_share")).isEqualTo(2 / 12.0, within(1e-12));
    assertThat(measures.get("chinese.symbol_share")).isEqualTo(1 / 12.0, within(1e-12));
    assertThat(measures.get("chinese.digit_share")).isEqualTo(2 / 12.0, within(1e-12));
    assertThat(measures.get("chinese.punctuated_lines")).isEqualTo(1 / 2.0, within(1e-12));
    assertThat(measures.get("chinese.navigation_lines")).isEqualTo(1 / 2.0, within(1e-12));
  }

  @Test
  void chineseQuality_repeatedSentence_isFrequent() {
    String text = Texts.CHINESE_PROSE + "买好鞋就来这里。".repeat(12);
    assertThat(verdict("chinese_quality", text)).isEqualTo("frequent n-gram");
    Map<String, Double> measures = measure("chinese_quality", "甲乙丙丁甲乙丙丁");
    assertThat(measures.get("chinese.top_4_gram")).isEqualTo(1, within(1e-12));
    assertThat(measures.get("chinese.top_6_gram")).isZero();
  }

  @Test
  void where_ads_areThePhrases() {
    Verdict verdict = RuleSteps.step("chinese_quality: {max_ads: 0}").apply(Documents.prose("d", Texts.CHINESE_PROSE + "上一篇"));
    int end = Texts.CHINESE_PROSE.length();
    assertThat(((Verdict.Dropped) verdict).spans()).containsExactly(new Span(end, end + 3));
  }
}
