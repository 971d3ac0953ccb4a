package dev.athanor.eval;

import dev.athanor.base.Progress;
import dev.athanor.model.LanguageModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// Scores documents longer than a model's context: windows of `contextLength` tokens, each half a context further than the
/// one before. A window scores what no earlier one has, so every token is scored once, and beyond the first window each
/// sees at least half a context of its document.
public final class WindowedScores {
  private final LanguageModel model;
  private final int batch;

  /// @param batch windows in one call of the model
  public WindowedScores(LanguageModel model, int batch) {
    if (batch < 1) {
      throw new IllegalArgumentException("at least one window a call, not " + batch);
    }
    if (model.spec().contextLength() < 2) {
      throw new IllegalArgumentException("a context of one token predicts nothing");
    }
    this.model = model;
    this.batch = batch;
  }

  /// @param sequence the document's index
  /// @param from the window's first token
  /// @param to behind its last
  /// @param firstScored the first token whose score is taken from this window
  private record Window(int sequence, int from, int to, int firstScored) {
    int length() {
      return to - from;
    }
  }

  /// @param progress counts scored tokens
  /// @return for each sequence of n ≥ 1 tokens the natural-log probabilities of its tokens 1 … n − 1
  public List<float[]> score(List<int[]> sequences, Progress.Task progress) {
    List<float[]> scores = sequences.stream().map(ids -> new float[ids.length - 1]).toList();
    List<Window> windows = windows(sequences);
    for (int at = 0; at < windows.size(); at += batch) {
      List<Window> some = windows.subList(at, Math.min(at + batch, windows.size()));
      List<float[]> results = model.score(some.stream().map(w -> ids(sequences, w)).toList());
      for (int i = 0; i < some.size(); i++) {
        Window window = some.get(i);
        take(window, results.get(i), scores.get(window.sequence()));
        progress.advance(window.to() - window.firstScored());
      }
    }
    return scores;
  }

  /// Longest first: windows of one length share calls without padding.
  private List<Window> windows(List<int[]> sequences) {
    int length = model.spec().contextLength();
    int stride = length / 2;
    List<Window> windows = new ArrayList<>();
    for (int s = 0; s < sequences.size(); s++) {
      int tokens = sequences.get(s).length;
      for (int from = 0, scored = 1; scored < tokens; from += stride) {
        int to = Math.min(from + length, tokens);
        windows.add(new Window(s, from, to, scored));
        scored = to;
      }
    }
    windows.sort(Comparator.comparingInt(Window::length).reversed());
    return windows;
  }

  private static int[] ids(List<int[]> sequences, Window window) {
    return Arrays.copyOfRange(sequences.get(window.sequence()), window.from(), window.to());
  }

  private static void take(Window window, float[] result, float[] scores) {
    int skip = window.firstScored() - window.from() - 1;
    System.arraycopy(result, skip, scores, window.firstScored() - 1, window.to() - window.firstScored());
  }
}
