package dev.athanor.data.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.data.flow.Span;
import dev.athanor.data.privacy.LabelledText.Label;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrivacyScoresTest {
  @Test
  void parse_labelledLine_givesTextAndBounds() {
    LabelledText text = LabelledText.parse("en", "Call ⟦phone:1\\j23⟧\\nor ⟦email:a@b.de⟧.");
    assertThat(text.text()).isEqualTo("Call 123\nor a@b.de.");
    assertThat(text.labels()).containsExactly(new Label(PiiKind.PHONE, new Span(5, 8)), new Label(PiiKind.EMAIL, new Span(12, 18)));
  }

  @Test
  void scores_threeTexts_countByHand() {
    var texts =
        List.of(
            LabelledText.parse("en", "write to ⟦email:a.b@contoso.com⟧"),
            LabelledText.parse("en", "write to ⟦phone:somebody⟧"),
            LabelledText.parse("en", "c.d@contoso.com"));
    PrivacyScores scores = PrivacyScores.of(PrivacyScanner.standard(), texts);
    assertThat(scores.of("en")).isEqualTo(new PrivacyScores.Counts(2, 2, 1, 1));
    assertThat(scores.of("en").precision()).isEqualTo(0.5);
    assertThat(scores.of("en").recall()).isEqualTo(0.5);
    assertThat(scores.of("en").f1()).isEqualTo(0.5);
    assertThat(scores.negatives()).isEqualTo(1);
    assertThat(scores.falseAlarms()).isEqualTo(1);
    assertThat(scores.misses()).hasSize(2);
  }

  /// Floors a little below what was seen; the set is small and of our own making, so they guard against steps back, no more.
  @Test
  void labelledSet_standardScanner_staysAboveItsFloors() {
    List<LabelledText> texts = LabelledText.all();
    PrivacyScores scores = PrivacyScores.of(PrivacyScanner.standard(), texts);
    assertThat(texts.stream().mapToInt(text -> text.labels().size()).sum()).isGreaterThan(450);
    assertThat(scores.negatives()).isGreaterThan(200);
    for (String language : LabelledText.LANGUAGES) {
      assertThat(scores.of(language).precision()).as("%s %s", language, scores.misses()).isGreaterThanOrEqualTo(0.97);
      assertThat(scores.of(language).recall()).as("%s %s", language, scores.misses()).isGreaterThanOrEqualTo(0.95);
    }
    assertThat(scores.falseAlarms()).isLessThanOrEqualTo(4);
  }
}
