package dev.athanor.inference;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// @param maxRunning requests that are computed at the same time
/// @param maxWaiting requests that wait for a place; more are refused
/// @param maxPromptTokens of the requests that run and wait; more are refused
/// @param stepTokens tokens that one step computes at most, of all requests together: the smaller, the less a long prompt
///     holds up the others' next tokens
/// @param prefixCaching whether a prompt's beginning that was computed before is not computed again
/// @param speculation whether tokens are guessed from the text so far and verified together, as long as that is faster; the text is the
///     same
/// @param spill where requests that give their memory to others leave what is computed; null: it is computed again
/// @param draft the folder of a smaller model of the same vocabulary that guesses instead; null: none
public record EngineOptions(
    int maxRunning,
    int maxWaiting,
    int maxPromptTokens,
    int stepTokens,
    boolean prefixCaching,
    boolean speculation,
    @Nullable Spill spill,
    @Nullable Path draft,
    CpuOptions runner) {
  /// @param folder for a file, which is gone with the process
  /// @param bytes that it takes at most
  public record Spill(Path folder, long bytes) {}

  public static final int DEFAULT_MAX_PROMPT_TOKENS = 1 << 20;
  public static final EngineOptions DEFAULT = new EngineOptions(8, 256, 128, Runtime.getRuntime().availableProcessors());

  public EngineOptions {
    if (maxRunning < 1 || maxWaiting < 0 || maxPromptTokens < 1 || stepTokens < 1) {
      throw new IllegalArgumentException(
          "impossible engine options: " + maxRunning + ", " + maxWaiting + ", " + maxPromptTokens + ", " + stepTokens);
    }
  }

  public EngineOptions withRunner(CpuOptions options) {
    return new EngineOptions(maxRunning, maxWaiting, maxPromptTokens, stepTokens, prefixCaching, speculation, spill, draft, options);
  }

  /// @param tokens of the prompts of all that run and wait
  public EngineOptions withMaxPromptTokens(int tokens) {
    return new EngineOptions(maxRunning, maxWaiting, tokens, stepTokens, prefixCaching, speculation, spill, draft, runner);
  }

  public EngineOptions withPrefixCaching(boolean wanted) {
    return new EngineOptions(maxRunning, maxWaiting, maxPromptTokens, stepTokens, wanted, speculation, spill, draft, runner);
  }

  public EngineOptions withSpeculation(boolean wanted) {
    return new EngineOptions(maxRunning, maxWaiting, maxPromptTokens, stepTokens, prefixCaching, wanted, spill, draft, runner);
  }

  public EngineOptions withSpill(@Nullable Spill where) {
    return new EngineOptions(
        maxRunning, maxWaiting, maxPromptTokens, stepTokens, prefixCaching, speculation, where, draft, runner);
  }

  public EngineOptions withDraft(@Nullable Path folder) {
    return new EngineOptions(maxRunning, maxWaiting, maxPromptTokens, stepTokens, prefixCaching, speculation, spill, folder, runner);
  }

  /// @param threads that compute
  public EngineOptions(int maxRunning, int maxWaiting, int stepTokens, int threads) {
    this(maxRunning, maxWaiting, DEFAULT_MAX_PROMPT_TOKENS, stepTokens, true, true, null, null, CpuOptions.of(threads));
  }
}
