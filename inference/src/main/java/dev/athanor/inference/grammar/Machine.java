package dev.athanor.inference.grammar;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Runs a [Network] over bytes. Equal configurations are one object as long as its tables have room; when they are full they
/// are emptied, which costs time and no correctness. Thread-safe.
final class Machine {
  /// Configurations and stacks that are known at a time.
  private static final int MAX_KNOWN = 40_000;

  private final Network network;
  private final Configuration dead;
  private final Configuration start;
  private final Map<Integer, Object[]> known = new HashMap<>();
  private int knownCount;

  Machine(Network network) {
    this.network = network;
    this.dead = new Configuration(false, new int[0], new Returns[0], network.classCount());
    Places places = new Places();
    places.canEnd = network.emptyAllowed();
    places.add(network.root(), Returns.END);
    this.start = places.closed();
  }

  Network network() {
    return network;
  }

  /// Of what is known now, about.
  long bytes() {
    synchronized (known) {
      return knownCount * (4L * network.classCount() + 200);
    }
  }

  Configuration start() {
    return start;
  }

  Configuration dead() {
    return dead;
  }

  /// After one more byte.
  Configuration step(Configuration from, int unsignedByte) {
    int byteClass = network.classOf(unsignedByte);
    Configuration known = from.next(byteClass);
    return known != null ? known : compute(from, byteClass);
  }

  private Configuration compute(Configuration from, int byteClass) {
    Places places = new Places();
    for (int i = 0; i < from.size(); i++) {
      int to = network.next(from.state(i), byteClass);
      if (to >= 0) {
        places.add(to, from.returns(i));
      }
    }
    Configuration next = places.size == 0 ? dead : places.closed();
    from.next(byteClass, next);
    return next;
  }

  /// A state as if its rule were all.
  Configuration at(int state) {
    Places places = new Places();
    places.add(state, Returns.END);
    return places.closed();
  }

  /// Where one stands when a rule ends.
  Configuration resume(Returns returns) {
    Configuration known = returns.resumed();
    if (known == null) {
      Places places = new Places();
      places.returnTo(returns);
      known = places.closed();
      returns.resumed(known);
    }
    return known;
  }

  /// Places on their way to a configuration.
  private final class Places {
    private int[] states = new int[8];
    private Returns[] returns = new Returns[8];
    private int size;
    private boolean canEnd;
    private @Nullable Map<Integer, Integer> index;

    /// One more stack for a state; true when that is news.
    boolean add(int state, Returns more) {
      int at = find(state);
      if (at >= 0) {
        Returns all = union(returns[at], more);
        boolean grown = all != returns[at];
        returns[at] = all;
        return grown;
      }
      if (size == states.length) {
        states = Arrays.copyOf(states, 2 * size);
        returns = Arrays.copyOf(returns, 2 * size);
      }
      states[size] = state;
      returns[size++] = more;
      if (index != null) {
        index.put(state, size - 1);
      } else if (size == 32) {
        index = new HashMap<>();
        for (int i = 0; i < size; i++) {
          index.put(states[i], i);
        }
      }
      return true;
    }

    private int find(int state) {
      if (index != null) {
        return index.getOrDefault(state, -1);
      }
      for (int i = 0; i < size; i++) {
        if (states[i] == state) {
          return i;
        }
      }
      return -1;
    }

    void returnTo(Returns to) {
      canEnd |= to.end();
      for (int i = 0; i < to.size(); i++) {
        add(to.state(i), to.below(i));
      }
    }

    /// First all returns, then all calls: a rule that is called never ends at once.
    Configuration closed() {
      boolean again = true;
      while (again) {
        again = false;
        // Grows while it runs; stacks that grew may belong to states before.
        for (int i = 0; i < size; i++) {
          again |= follow(i);
        }
      }
      call();
      Integer[] order = new Integer[size];
      Arrays.setAll(order, i -> i);
      Arrays.sort(order, (a, b) -> Integer.compare(states[a], states[b]));
      int kept = 0;
      int[] outStates = new int[size];
      Returns[] outReturns = new Returns[size];
      for (int i : order) {
        if (reads(states[i])) {
          outStates[kept] = states[i];
          outReturns[kept++] = returns[i];
        }
      }
      return configuration(canEnd, Arrays.copyOf(outStates, kept), Arrays.copyOf(outReturns, kept));
    }

    /// Returns from a place where its rule ends; true when a place before this one has grown.
    private boolean follow(int at) {
      if (!network.ends(states[at])) {
        return false;
      }
      Returns to = returns[at];
      canEnd |= to.end();
      boolean grown = false;
      for (int i = 0; i < to.size(); i++) {
        int old = size;
        boolean news = add(to.state(i), to.below(i));
        grown |= news && size == old;
      }
      return grown;
    }

    private void call() {
      PriorityQueue<Integer> starts =
          new PriorityQueue<>((a, b) -> Integer.compare(network.rank(a), network.rank(b)));
      int plain = size;
      for (int i = 0; i < plain; i++) {
        if (network.rank(states[i]) < 0) {
          callFrom(i, starts);
        } else {
          starts.add(states[i]);
        }
      }
      int last = -1;
      while (!starts.isEmpty()) {
        int state = starts.remove();
        if (state != last) {
          callFrom(find(state), starts);
        }
        last = state;
      }
    }

    private void callFrom(int at, PriorityQueue<Integer> starts) {
      int[] calls = network.calls(states[at]);
      Returns mine = returns[at];
      for (int i = 0; i < calls.length; i += 2) {
        int behind = calls[i + 1];
        Returns after =
            network.onlyEnds(behind) ? mine : intern(false, new int[] {behind}, new Returns[] {mine});
        add(calls[i], after);
        starts.add(calls[i]);
      }
    }
  }

  private boolean reads(int state) {
    for (int c = 0; c < network.classCount(); c++) {
      if (network.next(state, c) >= 0) {
        return true;
      }
    }
    return false;
  }

  private Returns union(Returns a, Returns b) {
    if (a == b) {
      return a;
    }
    int[] states = new int[a.size() + b.size()];
    Returns[] below = new Returns[states.length];
    int n = 0;
    int i = 0;
    int j = 0;
    while (i < a.size() || j < b.size()) {
      int order =
          i == a.size() ? 1 : j == b.size() ? -1 : Returns.compare(a.state(i), a.below(i), b.state(j), b.below(j));
      Returns from = order <= 0 ? a : b;
      int at = order <= 0 ? i : j;
      states[n] = from.state(at);
      below[n++] = from.below(at);
      i += order <= 0 ? 1 : 0;
      j += order >= 0 ? 1 : 0;
    }
    return intern(a.end() || b.end(), Arrays.copyOf(states, n), Arrays.copyOf(below, n));
  }

  private Returns intern(boolean end, int[] states, Returns[] below) {
    if (end && states.length == 0) {
      return Returns.END;
    }
    int hash = Returns.hash(states, below) * 2 + (end ? 1 : 0);
    return lookUp(
        Returns.class, hash, one -> one.hasContent(end, states, below), () -> new Returns(end, states, below));
  }

  private Configuration configuration(boolean canEnd, int[] states, Returns[] returns) {
    if (!canEnd && states.length == 0) {
      return dead;
    }
    int hash = ~(Returns.hash(states, returns) * 2 + (canEnd ? 1 : 0));
    return lookUp(
        Configuration.class,
        hash,
        one -> one.hasContent(canEnd, states, returns),
        () -> new Configuration(canEnd, states, returns, network.classCount()));
  }

  private <T> T lookUp(Class<T> type, int hash, Predicate<T> is, Supplier<T> fresh) {
    synchronized (known) {
      Object[] there = known.getOrDefault(hash, new Object[0]);
      for (Object one : there) {
        if (type.isInstance(one) && is.test(type.cast(one))) {
          return type.cast(one);
        }
      }
      if (++knownCount > MAX_KNOWN) {
        known.clear();
        knownCount = 1;
        there = new Object[0];
      }
      T made = fresh.get();
      Object[] more = Arrays.copyOf(there, there.length + 1);
      more[there.length] = made;
      known.put(hash, more);
      return made;
    }
  }
}
