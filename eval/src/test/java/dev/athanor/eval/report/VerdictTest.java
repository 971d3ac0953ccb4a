package dev.athanor.eval.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.eval.report.RunReport.BitsPerByte;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private static Verdict onBits(double model, double ngram5, double xz) {
    return Verdict.of(SampleRun.scored(new BitsPerByte(model, ngram5, Double.NaN, xz))).getFirst();
  }

  @Test
  void of_belowBoth_saysSo() {
    Verdict verdict = onBits(1.12, 1.31, 1.73);
    assertThat(verdict.sentence()).isEqualTo("Held-out bits per byte 1.120: below xz −9 (1.730) and below the 5-gram (1.310).");
    assertThat(verdict.tone()).isEqualTo(Verdict.Tone.GOOD);
  }

  @Test
  void of_aboveOne_saysBut() {
    Verdict verdict = onBits(1.12, 1.05, 1.73);
    assertThat(verdict.sentence()).endsWith("below xz −9 (1.730) but above the 5-gram (1.050).");
    assertThat(verdict.tone()).isEqualTo(Verdict.Tone.BAD);
  }

  @Test
  void of_aboveBoth_saysAbove() {
    assertThat(onBits(2.5, 1.05, 1.73).sentence()).endsWith("above xz −9 (1.730) and above the 5-gram (1.050).");
  }

  @Test
  void of_equalAsShown_saysLevel() {
    assertThat(onBits(1.0501, 1.0502, 1.73).sentence()).contains("level with the 5-gram (1.050)");
  }

  @Test
  void of_oneBaseline_namesOnlyThat() {
    assertThat(onBits(1.1, Double.NaN, 1.73).sentence()).isEqualTo("Held-out bits per byte 1.100: below xz −9 (1.730).");
  }

  @Test
  void overfitting_lossRisesAtTheEnd_givesTheLowestStep() {
    List<Point> rising = List.of(new Point(10, 3), new Point(20, 2), new Point(30, 2.2), new Point(40, 2.5));
    assertThat(Verdict.overfitting(rising)).contains(new Point(20, 2));
  }

  @Test
  void overfitting_lossFallsOrWavers_givesNothing() {
    assertThat(Verdict.overfitting(List.of(new Point(10, 3), new Point(20, 2)))).isEmpty();
    assertThat(Verdict.overfitting(List.of(new Point(10, 2), new Point(20, 2.001)))).isEmpty();
    assertThat(Verdict.overfitting(List.of())).isEmpty();
    assertThat(Verdict.overfitting(List.of(new Point(1, Double.NaN)))).isEmpty();
  }
}
