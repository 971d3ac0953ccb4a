package dev.athanor.cli.bench;

import dev.athanor.base.UserException;
import java.util.Random;

/// The requests of a measurement: prompts of random tokens, and answers whose lengths lie evenly between half and one and a half times
/// `tokens`, so that a law over them can be seen.
///
/// @param shared tokens with which all prompts begin, of `prompt`
public record Workload(int prompt, int shared, int tokens, long seed) {
  public Workload {
    if (prompt < 1 || tokens < 2) {
      throw new UserException("--prompt must be at least 1 and --tokens at least 2, not " + prompt + " and " + tokens);
    }
    if (shared < 0 || shared >= prompt) {
      throw new UserException("--shared-prefix must be less than --prompt, which is %d, not %d".formatted(prompt, shared));
    }
  }

  /// Of a prompt and its answer together, at most.
  public int longest() {
    return prompt + tokens + tokens / 2;
  }

  /// @param index no two of which have equal prompts
  int[] prompt(long index, int vocabSize) {
    int[] ids = new Random(seed * 31 + index).ints(prompt, 0, vocabSize).toArray();
    System.arraycopy(new Random(seed).ints(shared, 0, vocabSize).toArray(), 0, ids, 0, shared);
    return ids;
  }

  int tokens(long index) {
    return tokens - tokens / 2 + new Random(seed * 17 + index).nextInt(2 * (tokens / 2) + 1);
  }
}
