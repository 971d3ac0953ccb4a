package dev.athanor.inference;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Decides what each step computes: one token of every request that generates, and a share of the prompts that are still
/// read, so that no prompt holds the others up. First come, first run. Belongs to the engine's thread.
final class Scheduler {
  /// A sequence's part in a step.
  record Turn(Sequence sequence, Slice slice) {}

  private final int maxRunning;
  private final int stepTokens;
  private final Deque<Sequence> waiting = new ArrayDeque<>();
  private final List<Sequence> running = new ArrayList<>();

  Scheduler(int maxRunning, int stepTokens) {
    this.maxRunning = maxRunning;
    this.stepTokens = stepTokens;
  }

  void add(Sequence sequence) {
    waiting.add(sequence);
  }

  int running() {
    return running.size();
  }

  int waiting() {
    return waiting.size();
  }

  /// Those that run, then those that wait.
  List<Sequence> all() {
    List<Sequence> all = new ArrayList<>(running);
    all.addAll(waiting);
    return all;
  }

  /// Takes out what has ended, and says how many.
  int removeEnded() {
    int before = running.size() + waiting.size();
    running.removeIf(Sequence::ended);
    waiting.removeIf(Sequence::ended);
    return before - running.size() - waiting.size();
  }

  /// Gives free places to those that wait and shares out the next step.
  List<Turn> schedule(Runner runner) {
    while (running.size() < maxRunning && !waiting.isEmpty()) {
      Sequence next = waiting.remove();
      next.start(runner.newCache());
      running.add(next);
    }
    long prefilling = running.stream().filter(Sequence::prefilling).count();
    int share = Math.max(1, (int) (stepTokens / Math.max(1, prefilling)));
    List<Turn> turns = new ArrayList<>();
    for (Sequence sequence : running) {
      int count = sequence.prefilling() ? Math.min(share, sequence.pending()) : 1;
      turns.add(new Turn(sequence, sequence.slice(count)));
    }
    return turns;
  }
}
