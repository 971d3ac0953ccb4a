package dev.athanor.data.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.base.recipe.Recipes;
import dev.athanor.data.contamination.Action;
import dev.athanor.data.contamination.Contamination;
import dev.athanor.data.dedup.ExactDuplicates;
import dev.athanor.data.dedup.MinhashDuplicates;
import dev.athanor.data.dedup.RepeatedSubstrings;
import dev.athanor.data.dedup.SimhashDuplicates;
import dev.athanor.data.dedup.Snap;
import dev.athanor.data.dedup.Tokens;
import dev.athanor.data.dedup.Unit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DuplicateStepsTest {
  @TempDir Path folder;

  private record Recipe(List<Step> steps) {}

  private static List<Step> steps(String yaml) {
    return Recipes.parse("r.yaml", "steps:\n" + yaml, Recipe.class, List.of()).steps();
  }

  @Test
  void recipe_namesAndDefaults_bind() {
    List<Step> steps =
        steps(
            """
            - exact: {unit: line, min_length: 5}
            - minhash: {verify: 0.8, unit: character}
            - simhash: {level: paragraph}
            - substring: {unit: line}
            - decontaminate: {against: [sets], action: cut}
            """);
    assertThat(steps.get(0)).isEqualTo(new ExactStep(Unit.LINE, true, 5));
    assertThat(steps.get(1)).isEqualTo(new MinhashStep(14, 8, 5, Tokens.Cut.CHARACTER, Unit.DOCUMENT, 50, .8));
    assertThat(steps.get(2)).isEqualTo(new SimhashStep(64, 3, 2, Tokens.Cut.AUTO, Unit.PARAGRAPH, 50));
    assertThat(steps.get(3)).isEqualTo(new SubstringStep(100, Snap.LINE));
    assertThat(steps.get(4)).isInstanceOfSatisfying(DecontaminateStep.class, step -> {
      assertThat(step.action()).isEqualTo(Action.CUT);
      assertThat(step.fields()).contains("question", "canonical_solution").doesNotContain("passage");
    });
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "exact: {min_length: 0} | min_length", "minhash: {rows: 2} | rows", "minhash: {bands: 0} | bands", "minhash: {verify: 1.5} | verify",
    "minhash: {bands: 1000} | bands times rows", "simhash: {distance: 8} | distance", "simhash: {bits: 65} | bits", "substring: {min_length: 7} | min_length",
    "decontaminate: {against: []} | against", "decontaminate: {against: [a], ngram: 2} | ngram"})
  void recipe_valuesOutOfRange_areRefusedAtTheirPlace(String step, String named) {
    assertThatThrownBy(() -> steps("- " + step + "\n")).isInstanceOf(UserException.class).hasMessageContaining("r.yaml:2").hasMessageContaining(named);
  }

  @Test
  void open_steps_areAtWork() throws IOException {
    var context = new StepContext(folder, 1, Progress.silent());
    assertThat(new ExactStep(Unit.DOCUMENT, true, 20).open(context)).isInstanceOf(ExactDuplicates.class);
    assertThat(steps("- minhash: {}\n").getFirst().open(context)).isInstanceOf(MinhashDuplicates.class);
    assertThat(steps("- simhash: {}\n").getFirst().open(context)).isInstanceOf(SimhashDuplicates.class);
    assertThat(steps("- substring: {}\n").getFirst().open(context)).isInstanceOf(RepeatedSubstrings.class);
    Step decontaminate = steps("- decontaminate: {against: [a.jsonl]}\n").getFirst();
    assertThatThrownBy(() -> decontaminate.open(context)).isInstanceOf(UserException.class).hasMessageContaining("a.jsonl");
    Files.writeString(folder.resolve("a.jsonl"), "{\"question\": \"x\"}\n");
    assertThat(decontaminate.open(context)).isInstanceOf(Contamination.class);
  }

  @Test
  void version_seedAndFiles_countWhereTheyMatter() throws IOException {
    var one = new StepContext(folder, 1, Progress.silent());
    var two = new StepContext(folder, 2, Progress.silent());
    Step minhash = steps("- minhash: {}\n").getFirst();
    assertThat(minhash.version(one)).isNotEqualTo(minhash.version(two));
    Step exact = steps("- exact: {}\n").getFirst();
    assertThat(exact.version(one)).isEqualTo(exact.version(two));
    Step decontaminate = steps("- decontaminate: {against: [a.jsonl]}\n").getFirst();
    Files.writeString(folder.resolve("a.jsonl"), "{\"question\": \"x\"}\n");
    String before = decontaminate.version(one);
    Files.writeString(folder.resolve("a.jsonl"), "{\"question\": \"y\"}\n");
    assertThat(decontaminate.version(one)).isNotEqualTo(before);
  }
}
