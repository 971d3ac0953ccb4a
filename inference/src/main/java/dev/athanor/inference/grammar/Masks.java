package dev.athanor.inference.grammar;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// Which tokens may come at a configuration, found by walking the vocabulary's tree of bytes rather than token by token.
///
/// Most tokens' fate is known from the automaton's state alone, whatever it was called from (the idea of XGrammar,
/// https://arxiv.org/abs/2411.15100): those are found once for each state. For the others, tokens that run over the end of
/// their rule, the places in the tree are kept where that happens, and only what lies below them is walked again. A run of
/// characters that a JSON string takes as they are is known to be taken without a walk.
final class Masks {
  /// Memory for masks of one constraint; when it is used up they are forgotten and computed again as needed.
  private static final long MAX_BYTES = 32L << 20;

  private static final int[] NO_EXITS = {};

  /// What a state takes by itself, and the nodes of the tree where its rule may end.
  private record Own(long[] mask, int[] exits) {}

  private final Machine machine;
  private final TokenTrie trie;
  private final Map<Integer, Own> own = new ConcurrentHashMap<>();
  private final Map<Configuration, Boolean> masked = new ConcurrentHashMap<>();
  private final AtomicLong bytes = new AtomicLong();
  private final PlainRuns plain;

  Masks(Machine machine, TokenTrie trie) {
    this.machine = machine;
    this.trie = trie;
    this.plain = new PlainRuns(machine.network());
  }

  long bytes() {
    return bytes.get();
  }

  /// The tokens that may come; not to be changed.
  long[] of(Configuration at) {
    long[] known = at.mask();
    if (known != null) {
      return known;
    }
    if (at.size() == 1) {
      Own only = own(at.state(0));
      if (only.exits.length == 0) {
        return only.mask;
      }
    }
    long[] computed = compute(at);
    charge(computed.length);
    masked.put(at, true);
    at.mask(computed);
    return computed;
  }

  private long[] compute(Configuration at) {
    long[] mask = new long[trie.words()];
    for (int i = 0; i < at.size(); i++) {
      Own one = own(at.state(i));
      for (int w = 0; w < mask.length; w++) {
        mask[w] |= one.mask[w];
      }
      if (one.exits.length > 0) {
        Configuration resumed = machine.resume(at.returns(i));
        if (resumed.size() > 0) {
          Configuration[] path = new Configuration[trie.maxDepth() + 1];
          for (int exit : one.exits) {
            walk(resumed, exit, mask, path, new Exits());
          }
        }
      }
    }
    return mask;
  }

  private Own own(int state) {
    Own known = own.get(state);
    if (known == null) {
      long[] mask = new long[trie.words()];
      int run = plain.run(state);
      if (run > 0) {
        System.arraycopy(trie.plainMask(run), 0, mask, 0, mask.length);
      }
      int[] exits = walkOwn(state, run, mask);
      known = new Own(mask, exits);
      charge(mask.length + exits.length / 2);
      own.put(state, known);
    }
    return known;
  }

  /// Adds the tokens that a state takes by itself, along its rule's table as long as no rule is called.
  ///
  /// @param run so many plain characters are taken, and their tokens are in the mask
  private int[] walkOwn(int state, int run, long[] mask) {
    Network network = machine.network();
    int[] path = new int[trie.maxDepth() + 1];
    path[0] = state;
    Exits exits = new Exits();
    int stop = trie.end(0);
    for (int node = 1; node < stop; ) {
      int characters = trie.plain(node);
      if (characters > 0 && characters <= run) {
        node = trie.end(node);
        continue;
      }
      int depth = trie.depth(node);
      int to = network.next(path[depth - 1], network.classOf(trie.label(node)));
      if (to < 0) {
        node = trie.end(node);
        continue;
      }
      trie.addTokens(node, mask);
      int end = trie.end(node);
      if (end == node + 1) {
        node = end;
      } else if (network.calls(to).length > 0) {
        Configuration called = machine.at(to);
        if (called.canEnd()) {
          exits.add(node);
        }
        walk(called, node, mask, new Configuration[trie.maxDepth() + 1], exits);
        node = end;
      } else {
        if (network.ends(to)) {
          exits.add(node);
        }
        path[depth] = to;
        node++;
      }
    }
    return exits.all();
  }

  /// Adds the tokens below a node that go on from there, and the nodes on the way where all may end.
  private void walk(Configuration from, int top, long[] mask, Configuration[] path, Exits exits) {
    int stop = trie.end(top);
    path[trie.depth(top)] = from;
    for (int node = top + 1; node < stop; ) {
      int depth = trie.depth(node);
      Configuration to = machine.step(path[depth - 1], trie.label(node));
      if (to.dead()) {
        node = trie.end(node);
        continue;
      }
      trie.addTokens(node, mask);
      if (to.canEnd() && trie.end(node) > node + 1) {
        exits.add(node);
      }
      path[depth] = to;
      node = to.size() == 0 ? trie.end(node) : node + 1;
    }
  }

  private static final class Exits {
    private int[] nodes = NO_EXITS;
    private int count;

    void add(int node) {
      if (count == nodes.length) {
        nodes = Arrays.copyOf(nodes, Math.max(8, 2 * count));
      }
      nodes[count++] = node;
    }

    int[] all() {
      return count == 0 ? NO_EXITS : Arrays.copyOf(nodes, count);
    }
  }

  private void charge(long longs) {
    if (bytes.addAndGet(8 * longs) > MAX_BYTES) {
      masked.keySet().forEach(at -> at.mask(null));
      masked.clear();
      own.clear();
      bytes.set(0);
    }
  }
}
