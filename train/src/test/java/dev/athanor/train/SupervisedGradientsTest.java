package dev.athanor.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.model.DecoderSpec;
import dev.athanor.nn.Parameters;
import dev.athanor.tokenizer.ChatTemplate;
import dev.athanor.train.objective.SupervisedFineTuning;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What fine-tuning learns, seen from the gradients.
class SupervisedGradientsTest {
  private static final DecoderSpec SPEC = TinyModels.spec(false, false, false);

  private record Learned(double loss, Map<String, float[]> gradients) {}

  private static Learned learn(ChatTemplate.Rendered... conversations) {
    LabelledBatch batch =
        SupervisedFineTuning.of(List.of(conversations), 64, conversations.length, 1).microBatch(0);
    try (Parameters parameters = TinyModels.parameters(SPEC, 3);
        Replicas team = new Replicas(SPEC, parameters, 1, 1)) {
      double loss = team.backward(List.of(batch), 1);
      Map<String, float[]> gradients = new LinkedHashMap<>();
      team.gradients().forEach((name, gradient) -> gradients.put(name, gradient.floats()));
      assertThat(team.score(List.of(batch)).loss() * batch.learned()).isCloseTo(loss, within(1e-4));
      return new Learned(loss, gradients);
    }
  }

  /// The last token that a user says after the assistant's last word is never an input to anything learned, only a target: what
  /// it is must not matter.
  @Test
  void backward_otherTargetThatTheUserSpoke_changesNoBit() {
    boolean[] mask = {false, false, true, true, false};
    Learned one = learn(new ChatTemplate.Rendered("", new int[] {5, 6, 7, 8, 9}, mask));
    Learned other = learn(new ChatTemplate.Rendered("", new int[] {5, 6, 7, 8, 40}, mask));
    assertThat(other.loss()).isEqualTo(one.loss());
    one.gradients().forEach((name, values) -> assertThat(other.gradients().get(name)).as(name).isEqualTo(values));
    Learned learned = learn(new ChatTemplate.Rendered("", new int[] {5, 6, 7, 40, 9}, mask));
    assertThat(learned.loss()).isNotEqualTo(one.loss());
  }

  /// What a user says is read all the same: the answer depends on it.
  @Test
  void backward_otherQuestion_changesTheLoss() {
    boolean[] mask = {false, false, true, true};
    assertThat(learn(new ChatTemplate.Rendered("", new int[] {5, 6, 7, 8}, mask)).loss())
        .isNotEqualTo(learn(new ChatTemplate.Rendered("", new int[] {30, 6, 7, 8}, mask)).loss());
  }

  /// Together as apart: loss and gradients are sums over conversations that never see each other.
  @Test
  void backward_twoConversationsTogether_isTheSumOfEachAlone() {
    var first = new ChatTemplate.Rendered("", new int[] {5, 6, 7, 8}, new boolean[] {false, false, true, true});
    var second =
        new ChatTemplate.Rendered("", new int[] {20, 21, 22, 23, 24, 25}, new boolean[] {false, true, false, false, true, true});
    Learned one = learn(first);
    Learned two = learn(second);
    Learned both = learn(first, second);
    assertThat(both.loss()).isCloseTo(one.loss() + two.loss(), within(1e-4));
    both.gradients()
        .forEach(
            (name, values) -> {
              float[] a = java.util.Objects.requireNonNull(one.gradients().get(name), name);
              float[] b = java.util.Objects.requireNonNull(two.gradients().get(name), name);
              for (int i = 0; i < values.length; i++) {
                assertThat(values[i]).isCloseTo(a[i] + b[i], within(1e-4f));
              }
            });
  }
}
