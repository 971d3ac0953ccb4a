package dev.athanor.train.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.nn.TokenBatch;
import dev.athanor.tokenizer.ChatTemplate;
import dev.athanor.train.LabelledBatch;
import dev.athanor.train.TinyModels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SupervisedFineTuningTest {
  /// "uuuaaa": a letter a token; u is what the user says, a what the assistant does.
  private static ChatTemplate.Rendered conversation(String speakers, int firstId) {
    int[] ids = new int[speakers.length()];
    boolean[] learned = new boolean[ids.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = firstId + i;
      learned[i] = speakers.charAt(i) == 'a';
    }
    return new ChatTemplate.Rendered(speakers, ids, learned);
  }

  @Test
  void microBatch_conversation_teachesExactlyWhatTheAssistantSays() {
    var source = SupervisedFineTuning.of(List.of(conversation("uuaauua", 10)), 64, 1, 1);
    LabelledBatch batch = source.microBatch(0);
    assertThat(TinyModels.tokens(batch).ids()).containsExactly(10, 11, 12, 13, 14, 15);
    long no = LabelledBatch.IGNORED;
    assertThat(batch.targets()).containsExactly(no, 12, 13, no, no, 16);
    assertThat(batch.learned()).isEqualTo(3);
  }

  @Test
  void microBatch_severalConversations_areSequencesOfTheirOwn() {
    var source = SupervisedFineTuning.of(List.of(conversation("uua", 0), conversation("uuaaa", 20), conversation("ua", 40)), 64, 3, 1);
    TokenBatch batch = TinyModels.tokens(source.microBatch(0));
    assertThat(Arrays.stream(batch.lengths()).sum()).isEqualTo(2 + 4 + 1);
    int at = 0;
    for (int length : batch.lengths()) {
      long first = batch.ids()[at];
      assertThat(first % 20).isZero();
      for (int i = 0; i < length; i++) {
        assertThat(batch.ids()[at + i]).isEqualTo(first + i);
      }
      at += length;
    }
  }

  @Test
  void microBatch_epoch_holdsEachConversationOnceInAnOrderOfItsOwn() {
    List<ChatTemplate.Rendered> conversations = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      conversations.add(conversation("ua", 2 * i));
    }
    var source = SupervisedFineTuning.of(conversations, 64, 5, 1);
    assertThat(source.batchesPerEpoch()).isEqualTo(6);
    List<Long> first = epoch(source, 0);
    List<Long> second = epoch(source, 6);
    assertThat(first).doesNotHaveDuplicates().hasSize(30);
    assertThat(second).containsExactlyInAnyOrderElementsOf(first).isNotEqualTo(first);
    assertThat(epoch(SupervisedFineTuning.of(conversations, 64, 5, 1), 0)).isEqualTo(first);
    assertThat(epoch(SupervisedFineTuning.of(conversations, 64, 5, 2), 0)).isNotEqualTo(first);
  }

  private static List<Long> epoch(SupervisedFineTuning source, long from) {
    List<Long> ids = new ArrayList<>();
    for (long batch = from; batch < from + 6; batch++) {
      Arrays.stream(TinyModels.tokens(source.microBatch(batch)).ids()).forEach(ids::add);
    }
    return ids;
  }

  @Test
  void of_longConversations_areCutToTheContextAndTheUnteachableLeftOut() {
    var source = SupervisedFineTuning.of(List.of(conversation("uuuuaaaa", 0), conversation("uuuuuuuua", 50)), 6, 1, 1);
    assertThat(source.conversations()).isEqualTo(1);
    LabelledBatch batch = source.microBatch(0);
    assertThat(TinyModels.tokens(batch).ids()).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(batch.learned()).isEqualTo(3);
    assertThatThrownBy(() -> SupervisedFineTuning.of(List.of(conversation("uuuuuuuua", 50)), 6, 1, 1))
        .hasMessageContaining("none of 1");
  }
}
