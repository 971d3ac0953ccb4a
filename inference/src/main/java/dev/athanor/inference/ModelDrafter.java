package dev.athanor.inference;

import dev.athanor.base.UserException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A smaller model of the same vocabulary guesses. Leviathan, Kalman and Matias, https://arxiv.org/abs/2211.17192
///
/// It draws with the noise that the sequence's own model will draw with (see [Noise]), so a guess is right as often as two draws of the two
/// distributions can be made to agree without knowing each other.
final class ModelDrafter implements Drafter {
  /// Tokens of one pass.
  private static final int AT_ONCE = 128;

  /// What it has read of a sequence.
  private static final class Reading {
    final KvCache cache;
    /// Tokens of the sequence that were read as such; those after them were guesses.
    int sure;
    int[] guesses = {};

    Reading(KvCache cache) {
      this.cache = cache;
    }

    /// How many of the tokens that it has read are the sequence's.
    int right(int[] ids) {
      int right = Math.min(sure, cache.length());
      while (right < cache.length() && ids[right] == guesses[right - sure]) {
        right++;
      }
      return right;
    }
  }

  private final Runner model;
  private final Map<Sequence, Reading> readings = new HashMap<>();

  /// @param model closed with this; its memory is for guesses alone
  /// @throws UserException when its states cannot go back behind a wrong guess
  ModelDrafter(Runner model) {
    if (model.memory().recurs()) {
      throw new UserException("a draft model must be able to take tokens back; one with states (Mamba) cannot");
    }
    this.model = model;
  }

  @Override
  public void draft(List<Sequence> sequences, int most) {
    List<Sequence> willing = new ArrayList<>();
    for (Sequence sequence : sequences) {
      sequence.propose(new int[0]);
      if (Math.min(most, sequence.guessable()) > 0 && ready(sequence, most)) {
        willing.add(sequence);
      }
    }
    List<List<Integer>> guesses = new ArrayList<>();
    willing.forEach(_ -> guesses.add(new ArrayList<>()));
    for (int ahead = 0; ahead < most; ahead++) {
      List<Sequence> going = new ArrayList<>();
      List<Slice> slices = new ArrayList<>();
      List<Integer> places = new ArrayList<>();
      for (int i = 0; i < willing.size(); i++) {
        Sequence sequence = willing.get(i);
        if (ahead < Math.min(most, sequence.guessable())) {
          KvCache cache = reading(sequence).cache;
          int[] next = ahead == 0 ? sequence.ids() : new int[] {guesses.get(i).getLast()};
          slices.add(
              ahead == 0
                  ? new Slice(cache, next, cache.length(), sequence.length(), 1)
                  : new Slice(cache, next, 0, 1, 1));
          going.add(sequence);
          places.add(i);
        }
      }
      if (going.isEmpty()) {
        break;
      }
      Logits logits = model.forward(slices);
      for (int i = 0; i < going.size(); i++) {
        int guess = going.get(i).guess(logits.data(), logits.row(i), logits.vocabSize(), ahead);
        guesses.get(places.get(i)).add(guess);
      }
    }
    for (int i = 0; i < willing.size(); i++) {
      int[] proposed = guesses.get(i).stream().mapToInt(id -> id).toArray();
      Reading reading = reading(willing.get(i));
      reading.sure = willing.get(i).length();
      reading.guesses = proposed;
      willing.get(i).propose(proposed);
    }
  }

  private Reading reading(Sequence sequence) {
    return readings.computeIfAbsent(sequence, _ -> new Reading(model.newCache()));
  }

  /// Reads all but the last few tokens of a sequence; whether there is memory for them and for as many guesses.
  private boolean ready(Sequence sequence, int most) {
    int length = sequence.length();
    int right = Math.min(reading(sequence).right(sequence.ids()), length - 1);
    if (!reading(sequence).cache.canGoBack(right)) {
      forget(sequence);
      right = 0;
    }
    KvCache cache = reading(sequence).cache;
    cache.back(right);
    if (length + most > model.spec().contextLength()
        || cache.pagesToReserve(length + most) > model.memory().pool().free()) {
      forget(sequence);
      return false;
    }
    while (length - cache.length() > AT_ONCE) {
      int from = cache.length();
      model.forward(List.of(new Slice(cache, sequence.ids(), from, from + AT_ONCE, 0)));
    }
    // So that the others of this step do not take them.
    cache.reserve(length + most);
    return true;
  }

  @Override
  public void forget(Sequence sequence) {
    Reading reading = readings.remove(sequence);
    if (reading != null) {
      reading.cache.close();
    }
  }

  @Override
  public void close() {
    List.copyOf(readings.keySet()).forEach(this::forget);
    model.close();
  }
}
