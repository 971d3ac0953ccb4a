package dev.athanor.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.inference.GenerationEvent.Finished;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Mixer;
import dev.athanor.model.Norm;
import dev.athanor.model.Rope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jspecify.annotations.Nullable;

/// Scheduler and memory without a model: a step's logits are drawn, its keys and values never written.
class SchedulerTest {
  private static final int VOCABULARY = 257;

  private static final class World {
    final Random random;
    final int stepTokens;
    final KvMemory memory;
    final Scheduler scheduler;
    final @Nullable KvSpill spill;
    final List<Sequence> alive = new ArrayList<>();
    int finished;

    World(long seed, int pages, int maxRunning, boolean speculation) {
      this(seed, pages, maxRunning, speculation, null);
    }

    /// @param folder for a spill file that soon is full; null: none
    World(long seed, int pages, int maxRunning, boolean speculation, @Nullable Path folder) {
      random = new Random(seed);
      stepTokens = 8 + random.nextInt(60);
      DecoderSpec spec =
          DecoderSpec.uniform(
              VOCABULARY, 4, 1, 10_000, new Mixer.Attention(1, 1, 2, new Rope(100), false, false),
              new FeedForward.Gated(4), new Norm.Rms(1e-6), true);
      memory = new KvMemory(spec, KvFormat.F32, pages, new HeapKv(spec, KvFormat.F32, BlockRange.all(spec)));
      spill = folder == null ? null : new KvSpill(memory.store(), folder, 12 * memory.store().pageBytes());
      scheduler = new Scheduler(memory, maxRunning, stepTokens, true, speculation ? new NgramDrafter() : null, spill);
    }

    Sequence arrive(int[] prompt, int tokens, int priority) {
      GenerationRequest request =
          new GenerationRequest(prompt, tokens, Sampling.GREEDY, new int[0], List.of(), -1)
              .withPriority(priority)
              .salted(random.nextInt(3) + "");
      Sequence sequence = sequence(request);
      scheduler.add(sequence);
      return sequence;
    }

    private Sequence sequence(GenerationRequest request) {
      Sequence sequence =
          new Sequence(
              request, event -> finished += event instanceof Finished ? 1 : 0, new ByteTokenizer(),
              memory.pool().capacity() * PagePool.PAGE, () -> {});
      alive.add(sequence);
      return sequence;
    }

    /// Several texts of one prompt.
    void arriveTogether(int[] prompt, int tokens, int count) {
      GenerationRequest request = new GenerationRequest(prompt, tokens, Sampling.DEFAULT, new int[0], List.of(), -1);
      List<Sequence> sequences = IntStream.range(0, count).mapToObj(_ -> sequence(request)).toList();
      sequences.getFirst().leads(sequences.subList(1, count));
      scheduler.add(sequences.getFirst());
      sequences.subList(1, count).forEach(scheduler::addResting);
    }

    /// A search for one text.
    void search(int[] prompt, int tokens, int width) {
      GenerationRequest request =
          new GenerationRequest(prompt, tokens, Sampling.DEFAULT, new int[] {256}, List.of(), -1).searchedBy(Beams.of(width));
      BeamSearch search =
          new BeamSearch(
              request, Beams.of(width), new ByteTokenizer(), List.of(event -> finished += event instanceof Finished ? 1 : 0));
      for (int i = 0; i < width; i++) {
        Sequence sequence = sequence(request);
        sequence.join(search);
        if (i == 0) {
          scheduler.add(sequence);
        } else {
          scheduler.addResting(sequence);
        }
      }
    }

    int[] prompt(int most) {
      int length = 1 + random.nextInt(most);
      int kind = random.nextInt(3);
      return IntStream.range(0, length).map(i -> kind == 0 ? random.nextInt(VOCABULARY) : i % (kind * 20) + kind).toArray();
    }

    void step() {
      List<Scheduler.Turn> turns = scheduler.schedule();
      int generating = 0;
      int tokens = 0;
      Set<Sequence> seen = new HashSet<>();
      for (Scheduler.Turn turn : turns) {
        assertThat(seen.add(turn.sequence())).isTrue();
        Slice slice = turn.slice();
        assertThat(slice.from()).isEqualTo(slice.cache().length());
        generating += slice.length() == slice.wanted() ? 1 : 0;
        tokens += slice.length();
        // Every position to be written lies in a page that this sequence alone holds and that nobody finds.
        for (int position = slice.from(); position < slice.to(); position++) {
          assertThat(memory.pool().writable(slice.cache().table()[position / PagePool.PAGE])).isTrue();
          slice.cache().putId(position, slice.ids()[position]);
        }
      }
      assertThat(tokens).isLessThanOrEqualTo(Math.max(stepTokens, generating + 1));
      if (scheduler.running() > 0) {
        assertThat(turns).as(() -> describe()).isNotEmpty();
      }
      int right = 0;
      for (Scheduler.Turn turn : turns) {
        if (!turn.slice().provisional()) {
          turn.slice().cache().advance(turn.slice().length());
        }
      }
      for (Scheduler.Turn turn : turns) {
        right += turn.slice().wanted() == 0 ? 0 : compute(turn);
      }
      scheduler.passed(turns, right, 1000 + random.nextInt(1000));
      scheduler.removeEnded();
      alive.removeIf(Sequence::ended);
      invariants();
    }

    private int compute(Scheduler.Turn turn) {
      Slice slice = turn.slice();
      float[] rows = new float[slice.wanted() * VOCABULARY];
      for (int row = 0; row < slice.wanted(); row++) {
        // The next token mostly follows from the last, so that texts repeat and guesses are right at times.
        int last = slice.ids()[slice.to() - slice.wanted() + row];
        rows[row * VOCABULARY + (random.nextInt(10) == 0 ? random.nextInt(256) : (last + 1) % 40)] = 1;
      }
      Logits logits = new Logits(rows, VOCABULARY, VOCABULARY, slice.wanted());
      BeamSearch search = turn.sequence().search();
      if (slice.provisional()) {
        return turn.sequence().verify(logits, 0);
      } else if (search == null) {
        scheduler.branch(turn.sequence()).forEach(sequence -> sequence.accept(rows, 0, VOCABULARY));
      } else if (!search.over()) {
        for (int i = 0; i < 5; i++) {
          rows[random.nextInt(VOCABULARY)] = random.nextFloat();
        }
        if (search.deliver(turn.sequence(), rows, 0, VOCABULARY)) {
          search.choose();
          if (search.over()) {
            search.finish(null);
          }
          scheduler.place(search);
        }
      }
      return 0;
    }

    private String describe() {
      StringBuilder text = new StringBuilder("free " + memory.pool().free() + " of " + memory.pool().capacity());
      for (Sequence s : alive) {
        text.append("; ").append(s.arrival()).append(" priority ").append(s.priority()).append(" length ").append(s.length());
        if (s.hasMemory()) {
          text.append(" cached ").append(s.cache().length()).append(" needs ").append(s.cache().pagesToReserve(s.length()));
        }
      }
      return text.toString();
    }

    private void invariants() {
      Set<Integer> held = new HashSet<>();
      int[] holders = new int[memory.pool().capacity()];
      for (Sequence sequence : alive) {
        if (sequence.hasMemory()) {
          KvCache cache = sequence.cache();
          for (int page = 0; page < PagePool.pages(cache.length()); page++) {
            held.add(cache.table()[page]);
            holders[cache.table()[page]]++;
          }
        }
      }
      for (int page : held) {
        assertThat(memory.pool().holders(page)).isEqualTo(holders[page]);
      }
      assertThat(memory.pool().held() + memory.pool().free()).isEqualTo(memory.pool().capacity());
      // What is held beyond that was reserved for guesses that were wrong.
      assertThat(memory.pool().held() - held.size()).isBetween(0, alive.size());
    }
  }

  @RepeatedTest(60)
  void schedule_randomLife_leaksNothingAndStarvesNobody(RepetitionInfo info, @TempDir Path folder) {
    int turn = info.getCurrentRepetition();
    World world = new World(turn, 12 + turn % 40, 6, turn % 2 == 0, turn % 3 == 0 ? folder : null);
    int arrived = 0;
    int most = world.memory.pool().capacity() * PagePool.PAGE - 1;
    for (int step = 0; step < 400; step++) {
      while (world.random.nextInt(4) == 0 && arrived < 60) {
        arrived++;
        if (world.random.nextInt(6) == 0) {
          int texts = 2 + world.random.nextInt(4);
          arrived += texts - 1;
          world.arriveTogether(world.prompt(Math.min(most, 100)), 1 + world.random.nextInt(30), texts);
          continue;
        }
        if (world.random.nextInt(6) == 0) {
          world.search(world.prompt(Math.min(most, 60)), 1 + world.random.nextInt(20), 1 + world.random.nextInt(9));
          continue;
        }
        world.arrive(world.prompt(Math.min(most, 150)), 1 + world.random.nextInt(60), world.random.nextInt(3));
      }
      if (!world.alive.isEmpty() && world.random.nextInt(40) == 0) {
        Sequence victim = world.alive.get(world.random.nextInt(world.alive.size()));
        victim.finish(GenerationEvent.FinishReason.CANCELLED);
        world.scheduler.removeEnded();
        world.alive.removeIf(Sequence::ended);
      }
      world.step();
    }
    for (int step = 0; step < 20_000 && !world.alive.isEmpty(); step++) {
      world.step();
    }
    assertThat(world.alive).isEmpty();
    assertThat(world.finished).isEqualTo(arrived);
    assertThat(world.memory.pool().held()).isZero();
    if (world.spill != null) {
      assertThat(world.spill.held()).isZero();
      world.spill.close();
    }
    assertThat(world.scheduler.running() + world.scheduler.waiting()).isZero();
  }

  /// A day of short requests: nothing grows.
  @Test
  void schedule_manyRequestsOneAfterTheOther_keepsMemoryAndOrder() {
    World world = new World(5, 30, 4, true);
    for (int request = 0; request < 5_000; request++) {
      world.arrive(world.prompt(60), 5, 0);
      while (world.scheduler.waiting() > 3) {
        world.step();
      }
    }
    while (!world.alive.isEmpty()) {
      world.step();
    }
    assertThat(world.finished).isEqualTo(5_000);
    assertThat(world.memory.pool().held()).isZero();
    assertThat(world.scheduler.reusedTokens()).isPositive();
  }

  @Test
  void schedule_higherPriority_runsFirst() {
    World world = new World(1, 100, 1, false);
    Sequence low = world.arrive(new int[] {1, 2, 3}, 20, 0);
    Sequence high = world.arrive(new int[] {1, 2, 3}, 20, 1);
    while (!high.ended()) {
      world.step();
    }
    assertThat(low.ended()).isFalse();
  }

  @Test
  void gain_guessesThatCostMoreThanTheyGive_pauses() {
    SpeculationGain gain = new SpeculationGain();
    int guesses = 0;
    for (int pass = 0; pass < 1000; pass++) {
      boolean guess = gain.guess(1);
      guesses += guess ? 1 : 0;
      gain.passed(1, guess ? 3 : 0, 0, guess ? 1100 : 1000);
    }
    assertThat(guesses).isBetween(4, 100);
    SpeculationGain worth = new SpeculationGain();
    guesses = 0;
    for (int pass = 0; pass < 1000; pass++) {
      boolean guess = worth.guess(1);
      guesses += guess ? 1 : 0;
      worth.passed(1, guess ? 3 : 0, guess ? 2 : 0, guess ? 1100 : 1000);
    }
    assertThat(guesses).isGreaterThan(900);
    assertThat(worth.accepted()).isEqualTo(2L * guesses);
  }

  @Test
  void draft_textThatRepeats_isWhatFollowed() {
    int[] ids = {7, 1, 2, 3, 4, 5, 9, 1, 2, 3};
    assertThat(NgramDrafter.of(ids, ids.length, 2)).containsExactly(4, 5);
    assertThat(NgramDrafter.of(ids, ids.length, 20)).containsExactly(4, 5, 9, 1, 2, 3);
    assertThat(NgramDrafter.of(ids, 7, 3)).isEmpty();
    assertThat(NgramDrafter.of(new int[] {1}, 1, 3)).isEmpty();
    assertThat(NgramDrafter.of(new int[] {4, 4, 4}, 3, 2)).containsExactly(4);
  }
}
