package dev.athanor.inference;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/// Decides what each step computes, under one budget of tokens: first one token of every sequence that generates, then shares of
/// those that still read, so that neither a long prompt holds the others up nor generation stops while one is read. A sequence
/// waits until all that it will read fits the memory's free pages; when generation runs out of pages, the last in order gives its own
/// back and waits again, to read its text once more (found in the pages that it left, if they are still there).
///
/// The order is priority, then arrival; so the first of all is never preempted, and always ends.
///
/// Belongs to the engine's thread.
final class Scheduler {
  /// A sequence's part in a step.
  record Turn(Sequence sequence, Slice slice) {}

  /// Guesses that fill a tile with the token before them, and that fill four.
  private static final int FIRST_DRAFT = Lanes.TILE - 1;
  private static final int LAST_DRAFT = 4 * Lanes.TILE - 1;

  private static final Comparator<Sequence> ORDER =
      Comparator.comparingInt((Sequence sequence) -> -sequence.priority()).thenComparingLong(Sequence::arrival);

  private final KvMemory memory;
  private final int maxRunning;
  private final int stepTokens;
  private final boolean prefixCaching;
  private final TreeSet<Sequence> waiting = new TreeSet<>(ORDER);
  private final TreeSet<Sequence> running = new TreeSet<>(ORDER);
  private final SpeculationGain gain = new SpeculationGain();
  private final boolean speculates;
  private int draftTokens = FIRST_DRAFT;
  private long arrivals;
  private long preemptions;
  private long reusedTokens;

  Scheduler(KvMemory memory, int maxRunning, int stepTokens, boolean prefixCaching, boolean speculates) {
    this.speculates = speculates && !memory.recurs();
    this.memory = memory;
    this.maxRunning = maxRunning;
    this.stepTokens = stepTokens;
    this.prefixCaching = prefixCaching;
  }

  void add(Sequence sequence) {
    sequence.arrive(arrivals++);
    waiting.add(sequence);
  }

  int running() {
    return running.size();
  }

  int waiting() {
    return waiting.size();
  }

  /// How often a sequence had to give its pages back.
  long preemptions() {
    return preemptions;
  }

  /// Tokens that need not be read, because an earlier sequence had.
  long reusedTokens() {
    return reusedTokens;
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

  /// Gives free places to those that wait and shares out the next step. Pages for it are reserved.
  List<Turn> schedule() {
    List<Turn> turns = new ArrayList<>();
    int generating = (int) running.stream().filter(sequence -> sequence.pending() == 1).count();
    // While one reads, the step is full enough.
    boolean guess = speculates && generating > 0 && generating == running.size() && gain.guess(generating);
    for (Sequence sequence : List.copyOf(running)) {
      if (running.contains(sequence) && sequence.pending() == 1) {
        int room = guess ? Math.min(draftTokens, (stepTokens - 1) / generating - 1) : 0;
        int guesses = room > 0 ? sequence.draft(room) : 0;
        if (reserve(sequence, 1 + guesses, turns)) {
          turns.add(new Turn(sequence, guesses > 0 ? sequence.draftedSlice() : sequence.slice(1)));
        }
      }
    }
    admit();
    // One that was admitted now may have a single token to read.
    List<Sequence> reading =
        running.stream().filter(sequence -> turns.stream().noneMatch(turn -> turn.sequence() == sequence)).toList();
    int generated = turns.stream().mapToInt(turn -> turn.slice().length()).sum();
    int budget = Math.max(1, stepTokens - generated);
    for (int i = 0; i < reading.size() && budget > 0; i++) {
      Sequence sequence = reading.get(i);
      int share = (budget - 1) / (reading.size() - i) + 1;
      int count = running.contains(sequence) ? Math.min(share, sequence.pending()) : 0;
      if (count > 0 && reserve(sequence, count, turns)) {
        turns.add(new Turn(sequence, sequence.slice(count)));
        budget -= count;
      }
    }
    return turns;
  }

  /// What the last step took, where all of it was generation: whether guesses are worth their time, and how long they should be.
  ///
  /// @param right the guesses that were
  void passed(List<Turn> turns, int right, long nanos) {
    int guesses = 0;
    for (Turn turn : turns) {
      if (turn.slice().wanted() != turn.slice().length()) {
        return;
      }
      guesses += turn.slice().length() - 1;
    }
    gain.passed(turns.size(), guesses, right, nanos);
    if (guesses > 0) {
      draftTokens = Math.clamp(right == guesses ? 2L * draftTokens + 1 : right * 2 < guesses ? FIRST_DRAFT : draftTokens, FIRST_DRAFT, LAST_DRAFT);
    }
  }

  /// Tokens that were guessed, and those that were guessed rightly.
  long drafted() {
    return gain.drafted();
  }

  long accepted() {
    return gain.accepted();
  }

  /// Makes room for the next tokens of a sequence, if need be at the cost of those after it in the order; or takes it back itself.
  private boolean reserve(Sequence sequence, int count, List<Turn> turns) {
    KvCache cache = sequence.cache();
    int end = cache.length() + count;
    while (memory.pool().free() < cache.pagesToReserve(end)) {
      Sequence victim = running.last();
      preempt(victim);
      turns.removeIf(turn -> turn.sequence() == victim);
      if (victim == sequence) {
        return false;
      }
    }
    cache.reserve(end);
    return true;
  }

  private void preempt(Sequence sequence) {
    preemptions++;
    running.remove(sequence);
    sequence.giveBack();
    waiting.add(sequence);
  }

  private void admit() {
    long promised = 0;
    for (Sequence sequence : running) {
      promised += sequence.cache().pagesToReserve(sequence.cache().length() + sequence.pending());
    }
    while (running.size() < maxRunning && !waiting.isEmpty()) {
      Sequence next = waiting.first();
      KvCache cache = memory.newCache();
      int reused = prefixCaching ? next.reuse(cache) : 0;
      int needed = cache.pagesToReserve(next.length());
      // One page more for each that runs: what is admitted now should not be preempted at once.
      if (!running.isEmpty() && memory.pool().free() < promised + needed + running.size() + 1) {
        cache.close();
        return;
      }
      promised += needed;
      reusedTokens += reused;
      waiting.remove(next);
      next.start(cache);
      running.add(next);
    }
  }
}
