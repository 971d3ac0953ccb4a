package dev.athanor.inference.grammar;

import dev.athanor.base.UserException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/// A compiled output format for one vocabulary. Immutable to its users, shared by any number of requests and threads; what
/// it learns about masks is kept in it.
public final class Constraint {
  /// What it took and takes.
  ///
  /// @param rules automata that call each other; 1: all is one finite automaton
  /// @param states of all of them
  /// @param bytes of their tables
  public record Cost(int rules, int states, long bytes, Duration compiling) {}

  private final OutputFormat format;
  private final TokenTrie trie;
  private final Machine machine;
  private final Masks masks;
  private final Cost cost;
  private final byte[][] tokenBytes;

  Constraint(OutputFormat format, Network network, TokenTrie trie, byte[][] tokenBytes, Cost cost) {
    this.format = format;
    this.trie = trie;
    this.tokenBytes = tokenBytes;
    this.machine = new Machine(network);
    this.masks = new Masks(machine, trie);
    this.cost = cost;
    // The first mask is the dearest: here it does not hold up an engine.
    long[] first = masks.of(machine.start());
    if (Arrays.stream(first).allMatch(word -> word == 0)) {
      throw new UserException(
          "the output format allows no text that this model's tokens can write");
    }
  }

  public OutputFormat format() {
    return format;
  }

  public Cost cost() {
    return cost;
  }

  /// Bytes that are held now, about.
  long memory() {
    return cost.bytes() + machine.bytes() + masks.bytes();
  }

  /// Ids are below this.
  public int vocabSize() {
    return trie.vocabSize();
  }

  /// An answer's beginning.
  ///
  /// @param endIds the tokens that end an answer: allowed where the text may end, and nowhere else
  public State start(int... endIds) {
    return new State(Arrays.stream(endIds).filter(id -> id >= 0 && id < vocabSize()).toArray());
  }

  /// Whether a text is a whole answer.
  public boolean matches(String text) {
    Configuration at = machine.start();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      at = machine.step(at, b & 0xff);
    }
    return at.canEnd();
  }

  /// How far one request's answer has come. At every place at least one token may come or the text may end; whatever token
  /// comes of those allowed, the answer can be finished. Not thread-safe.
  public final class State {
    private final int[] endIds;
    private final long[] buffer = new long[trie.words()];
    private Configuration[] path = new Configuration[64];
    private int length;
    private boolean ended;

    private State(int[] endIds) {
      this.endIds = endIds;
      path[0] = machine.start();
    }

    private Configuration now() {
      return path[length];
    }

    /// The ids that may come next, a bit each: id i is bit i % 64 of word i / 64. Valid until the next call on this state.
    public long[] mask() {
      if (ended) {
        Arrays.fill(buffer, 0);
        return buffer;
      }
      long[] allowed = masks.of(now());
      System.arraycopy(allowed, 0, buffer, 0, buffer.length);
      for (int id : endIds) {
        if (now().canEnd()) {
          TokenTrie.set(buffer, id);
        } else {
          buffer[id >> 6] &= ~(1L << id);
        }
      }
      return buffer;
    }

    /// Goes on by a token.
    ///
    /// @throws IllegalArgumentException when it is not allowed here
    public void accept(int id) {
      if (ended) {
        throw new IllegalArgumentException("token " + id + " comes after the end");
      }
      boolean end = Arrays.stream(endIds).anyMatch(endId -> endId == id);
      Configuration next = end ? (now().canEnd() ? now() : machine.dead()) : after(id);
      if (next.dead()) {
        throw new IllegalArgumentException("token " + id + " is not allowed here");
      }
      if (length + 1 == path.length) {
        path = Arrays.copyOf(path, 2 * path.length);
      }
      path[++length] = next;
      ended = end;
    }

    private Configuration after(int id) {
      byte[] bytes = tokenBytes[id];
      Configuration at = bytes.length == 0 ? machine.dead() : now();
      for (byte b : bytes) {
        at = machine.step(at, b & 0xff);
      }
      return at;
    }

    /// The text is a whole answer.
    public boolean canEnd() {
      return now().canEnd();
    }

    /// The text is a whole answer and nothing may follow it.
    public boolean mustEnd() {
      return ended || now().size() == 0;
    }

    /// Tokens so far.
    public int length() {
      return length;
    }

    /// Takes back tokens, the last first.
    public void rollback(int tokens) {
      if (tokens < 0 || tokens > length) {
        throw new IllegalArgumentException("cannot take back " + tokens + " of " + length + " tokens");
      }
      length -= tokens;
      ended &= tokens == 0;
    }

    /// Another answer that begins like this one.
    public State fork() {
      State copy = new State(endIds);
      copy.path = Arrays.copyOf(path, path.length);
      copy.length = length;
      copy.ended = ended;
      return copy;
    }
  }
}
