package dev.athanor.inference;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Decides what each step computes, under one budget of tokens: first one token of every sequence that generates, then shares of
/// those that still read, so that neither a long prompt holds the others up nor generation stops while one is read. A sequence
/// waits until all that it will read fits the memory's free pages; when generation runs out of pages, the last in order gives its own
/// back and waits again, to read its text once more (found in the pages that it left, if they are still there).
///
/// The order is priority, then arrival; so the first of all is never preempted, and always ends.
///
/// Some have nothing to compute for a while, and are neither running nor waiting when they hold no memory: followers until their leader
/// has read the prompt of both, and members of a search until the others have delivered.
///
/// Belongs to the engine's thread.
final class Scheduler {
  /// A sequence's part in a step.
  record Turn(Sequence sequence, Slice slice) {}

  private static final System.Logger LOG = System.getLogger(Scheduler.class.getName());

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
  private final TreeSet<Sequence> resting = new TreeSet<>(ORDER);
  private final SpeculationGain gain = new SpeculationGain();
  private final @Nullable KvSpill spill;
  private @Nullable Drafter drafter;
  private int draftTokens = FIRST_DRAFT;
  /// What the guesses of this step took.
  private long draftNanos;
  private long arrivals;
  private long preemptions;
  private long reusedTokens;

  /// @param drafter guesses tokens; null: nothing is guessed
  /// @param spill keeps what preempted sequences had computed; null: it is computed again
  Scheduler(KvMemory memory, int maxRunning, int stepTokens, boolean prefixCaching, @Nullable Drafter drafter, @Nullable KvSpill spill) {
    this.spill = spill;
    this.drafter = memory.recurs() ? null : drafter;
    this.memory = memory;
    this.maxRunning = maxRunning;
    this.stepTokens = stepTokens;
    this.prefixCaching = prefixCaching;
  }

  void add(Sequence sequence) {
    sequence.arrive(arrivals++);
    waiting.add(sequence);
  }

  /// One that has nothing to compute yet: it follows another, or is a member of its search.
  void addResting(Sequence sequence) {
    sequence.arrive(arrivals++);
    resting.add(sequence);
  }

  /// Those that draw from the logits of a sequence that has computed all of its tokens: itself, and those that it leads, which share its
  /// memory from now on. For those without a place it stays to read the prompt, mostly from the prefix cache.
  List<Sequence> branch(Sequence sequence) {
    if (!sequence.leads()) {
      return List.of(sequence);
    }
    List<Sequence> together = new ArrayList<>(List.of(sequence));
    for (Sequence follower : sequence.takeFollowers()) {
      if (!follower.ended() && resting.remove(follower)) {
        if (running.size() < maxRunning) {
          follower.start(sequence.cache().fork());
          running.add(follower);
          together.add(follower);
        } else {
          waiting.add(follower);
        }
      }
    }
    return together;
  }

  /// Puts a search's sequences where they belong after a choice.
  void place(BeamSearch search) {
    for (Sequence member : search.members()) {
      running.remove(member);
      waiting.remove(member);
      resting.remove(member);
      (member.hasMemory() ? running : member.waitsForOthers() || member.ended() ? resting : waiting).add(member);
    }
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

  /// Those that run, then those that wait, then those that rest.
  List<Sequence> all() {
    List<Sequence> all = new ArrayList<>(running);
    all.addAll(waiting);
    all.addAll(resting);
    return all;
  }

  /// Takes out what has ended. Where one has ended before it could begin for those that it leads, the first of them leads the others.
  List<Sequence> removeEnded() {
    List<Sequence> removed = new ArrayList<>();
    removeEnded(running, removed);
    removeEnded(waiting, removed);
    removeEnded(resting, removed);
    return removed;
  }

  private void removeEnded(Set<Sequence> those, List<Sequence> removed) {
    for (Sequence sequence : those) {
      if (sequence.ended()) {
        removed.add(sequence);
      }
    }
    if (those.removeAll(removed)) {
      removed.forEach(this::forget);
      removed.forEach(sequence -> succeed(sequence.takeFollowers()));
    }
  }

  private void succeed(List<Sequence> followers) {
    List<Sequence> left = followers.stream().filter(follower -> !follower.ended() && resting.remove(follower)).toList();
    if (!left.isEmpty()) {
      left.getFirst().leads(left.subList(1, left.size()));
      resting.addAll(left.subList(1, left.size()));
      waiting.add(left.getFirst());
    }
  }

  private void forget(Sequence sequence) {
    if (drafter != null) {
      drafter.forget(sequence);
    }
  }

  /// Gives free places to those that wait and shares out the next step. Pages for it are reserved. Where all that run have to wait for
  /// some that have no place, they make room, the last in order first.
  List<Turn> schedule() {
    draftNanos = 0;
    List<Turn> turns = share();
    while (turns.isEmpty() && !running.isEmpty() && !waiting.isEmpty()) {
      preempt(running.last());
      turns = share();
    }
    return turns;
  }

  private List<Turn> share() {
    List<Turn> turns = new ArrayList<>();
    List<Sequence> generating = running.stream().filter(sequence -> sequence.pending() == 1).toList();
    if (!generating.isEmpty()) {
      guess(generating);
    }
    for (Sequence sequence : generating) {
      if (running.contains(sequence) && reserve(sequence, 1 + sequence.proposed(), turns)) {
        turns.add(new Turn(sequence, sequence.proposed() > 0 ? sequence.draftedSlice() : sequence.slice(1)));
      }
    }
    admit();
    // One that was admitted now may have a single token to read.
    List<Sequence> reading =
        running.stream()
            .filter(sequence -> sequence.pending() > 0 && turns.stream().noneMatch(turn -> turn.sequence() == sequence))
            .toList();
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

  /// While one reads, the step is full enough.
  private void guess(List<Sequence> generating) {
    int room = Math.min(draftTokens, (stepTokens - 1) / generating.size() - 1);
    boolean all = running.stream().allMatch(sequence -> sequence.pending() <= 1);
    if (drafter != null && all && room > 0 && gain.guess(generating.size())) {
      long start = System.nanoTime();
      try {
        drafter.draft(generating, room);
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.WARNING, "guessing tokens failed and is given up; texts are not affected", e);
        generating.forEach(sequence -> sequence.propose(new int[0]));
        generating.forEach(this::forget);
        drafter = null;
      }
      draftNanos = System.nanoTime() - start;
    }
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
    gain.passed(turns.size(), guesses, right, nanos + draftNanos);
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
    sequence.giveBack(spill);
    forget(sequence);
    (sequence.waitsForOthers() ? resting : waiting).add(sequence);
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
