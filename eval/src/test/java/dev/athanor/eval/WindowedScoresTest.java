package dev.athanor.eval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WindowedScoresTest {
  private static final Progress.Task SILENT = Progress.silent().start("test", 1, "tok");

  @Test
  void score_documentsThatFit_equalsScoringThemWhole() {
    var model = new FormulaModel(16, (ids, at) -> -ids[at] - 0.5 * ids[0] - at);
    List<int[]> documents = List.of(sequence(16), sequence(1), sequence(7), sequence(16));
    assertThat(scores(model, 3, documents)).isEqualTo(rows(model.score(documents)));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 8, 9})
  void score_longDocument_everyTokenSeesAtLeastHalfAContext(int context) {
    // the "score" is how many tokens stand before the one that is predicted
    var model = new FormulaModel(context, (ids, at) -> at);
    for (int length = 1; length < 60; length++) {
      float[] scores = scores(model, 4, List.of(sequence(length))).getFirst().toArray();
      assertThat(scores).hasSize(length - 1);
      for (int i = 0; i < scores.length; i++) {
        assertThat(scores[i]).as("token %d of %d", i + 1, length).isBetween(Math.min(i + 1f, context / 2f), context - 1f);
      }
    }
  }

  @Test
  void score_modelThatLooksBackOneToken_doesNotNoticeWindows() {
    var model = new FormulaModel(8, (ids, at) -> -(3.0 * ids[at] + ids[at - 1]));
    var whole = new FormulaModel(1000, (ids, at) -> -(3.0 * ids[at] + ids[at - 1]));
    List<int[]> documents = List.of(sequence(100), sequence(8), sequence(9), sequence(12), sequence(13));
    assertThat(scores(model, 5, documents)).isEqualTo(rows(whole.score(documents)));
  }

  @Test
  void score_manyWindows_fillsCallsAndReportsEveryToken() {
    var model = FormulaModel.uniform(8);
    var advanced = new AtomicLong();
    var task =
        new Progress.Task() {
          @Override
          public void advance(long units) {
            advanced.addAndGet(units);
          }

          @Override
          public void note(String text) {}

          @Override
          public void close() {}
        };
    new WindowedScores(model, 16).score(List.of(sequence(100), sequence(50)), task);
    // 1 + ceil(92 / 4) = 24 windows and 1 + ceil(42 / 4) = 12
    assertThat(model.batches).containsExactly(16, 16, 4);
    assertThat(advanced).hasValue(99 + 49);
  }

  private static List<Row> scores(FormulaModel model, int batch, List<int[]> documents) {
    return rows(new WindowedScores(model, batch).score(documents, SILENT));
  }

  private static List<Row> rows(List<float[]> scores) {
    return scores.stream().map(Row::of).toList();
  }

  /// An array that equals another by its content.
  private record Row(List<Float> values) {
    static Row of(float[] array) {
      var values = new ArrayList<Float>();
      for (float value : array) {
        values.add(value);
      }
      return new Row(values);
    }

    float[] toArray() {
      float[] array = new float[values.size()];
      for (int i = 0; i < array.length; i++) {
        array[i] = values.get(i);
      }
      return array;
    }
  }

  private static int[] sequence(int length) {
    int[] ids = new int[length];
    for (int i = 0; i < length; i++) {
      ids[i] = (i * i * 7 + length) % 31;
    }
    return ids;
  }
}
