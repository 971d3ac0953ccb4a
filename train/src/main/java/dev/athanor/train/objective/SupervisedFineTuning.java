package dev.athanor.train.objective;

import dev.athanor.base.UserException;
import dev.athanor.nn.TokenBatch;
import dev.athanor.tokenizer.ChatTemplate;
import dev.athanor.train.BatchSource;
import dev.athanor.train.LabelledBatch;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Supervised fine-tuning on rendered conversations: only what the assistant says is learned. Conversations lie one after
/// the other, none sees another, none is padded.
public final class SupervisedFineTuning implements BatchSource {
  private final List<Example> examples;
  private final int perBatch;
  private final long seed;

  /// A conversation's tokens, and which of them the assistant spoke.
  record Example(int[] ids, boolean[] learned) {}

  private SupervisedFineTuning(List<Example> examples, int perBatch, long seed) {
    this.examples = examples;
    this.perBatch = perBatch;
    this.seed = seed;
  }

  /// @param contextLength conversations are cut to it; those of which nothing learnable remains are left out
  /// @throws UserException when nothing at all is left to learn
  public static SupervisedFineTuning of(
      List<ChatTemplate.Rendered> conversations, int contextLength, int perBatch, long seed) {
    List<Example> examples =
        conversations.stream()
            .map(c -> cut(c, contextLength + 1))
            .filter(SupervisedFineTuning::teaches)
            .toList();
    if (examples.isEmpty()) {
      throw new UserException(
          "none of " + conversations.size() + " conversations has a token to learn within a context of " + contextLength
              + "; raise context_length");
    }
    return new SupervisedFineTuning(examples, perBatch, seed);
  }

  public int conversations() {
    return examples.size();
  }

  public long batchesPerEpoch() {
    return Math.max(1, examples.size() / perBatch);
  }

  @Override
  public LabelledBatch microBatch(long index) {
    Example[] chosen = new Example[perBatch];
    for (int i = 0; i < perBatch; i++) {
      chosen[i] = example(index * perBatch + i);
    }
    int total = Arrays.stream(chosen).mapToInt(e -> e.ids.length - 1).sum();
    long[] ids = new long[total];
    long[] targets = new long[total];
    int[] lengths = new int[perBatch];
    int at = 0;
    for (int c = 0; c < perBatch; c++) {
      Example e = chosen[c];
      lengths[c] = e.ids.length - 1;
      for (int i = 0; i + 1 < e.ids.length; i++, at++) {
        ids[at] = e.ids[i];
        targets[at] = e.learned[i + 1] ? e.ids[i + 1] : LabelledBatch.IGNORED;
      }
    }
    return new LabelledBatch(new TokenBatch(ids, lengths), targets);
  }

  private volatile Shuffle shuffle = new Shuffle(-1, new int[0]);

  private record Shuffle(long epoch, int[] order) {}

  private Example example(long place) {
    long epoch = place / examples.size();
    Shuffle current = shuffle;
    if (current.epoch != epoch) {
      current = new Shuffle(epoch, permutation(epoch));
      shuffle = current;
    }
    return examples.get(current.order[(int) (place % examples.size())]);
  }

  private int[] permutation(long epoch) {
    int[] order = new int[examples.size()];
    Random random = new Random(seed * 1_000_003 + epoch);
    for (int i = 0; i < order.length; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  private static Example cut(ChatTemplate.Rendered conversation, int length) {
    int keep = Math.min(length, conversation.ids().length);
    return new Example(Arrays.copyOf(conversation.ids(), keep), Arrays.copyOf(conversation.lossMask(), keep));
  }

  private static boolean teaches(Example example) {
    for (int i = 1; i < example.learned.length; i++) {
      if (example.learned[i]) {
        return true;
      }
    }
    return false;
  }
}
