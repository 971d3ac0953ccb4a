package dev.athanor.inference.grammar;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.tokenizer.Tokenizer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Compiles output formats for one tokenizer and remembers those that were asked for last. Thread-safe.
///
/// A format that cannot be compiled costs a few seconds at most, and is refused.
public final class Grammars {
  private static final int MAX_REMEMBERED = 64;
  /// Bytes of automata and masks.
  private static final long MAX_REMEMBERED_BYTES = 256L << 20;

  private static final int MAX_SCHEMA_BYTES = 1 << 20;

  private record Vocabulary(TokenTrie trie, byte[][] bytes) {}

  private final Tokenizer tokenizer;
  private final LinkedHashMap<OutputFormat, Constraint> remembered = new LinkedHashMap<>(16, 0.75f, true);
  /// One format at a time: what compiling takes of memory is then bounded whatever clients send.
  private final Object compiling = new Object();
  private @Nullable Vocabulary vocabulary;

  public Grammars(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /// Once; [Grammars] remembers.
  public static Constraint compile(OutputFormat format, Tokenizer tokenizer) {
    return new Grammars(tokenizer).compile(format);
  }

  /// @throws dev.athanor.base.UserException when the format is no format, uses what is not supported, contradicts itself or is
  ///     too large; names the place
  public Constraint compile(OutputFormat format) {
    Constraint known = remembered(format);
    if (known != null) {
      return known;
    }
    synchronized (compiling) {
      known = remembered(format);
      if (known != null) {
        return known;
      }
      Constraint made = make(format);
      synchronized (remembered) {
        remembered.put(format, made);
        forget();
      }
      return made;
    }
  }

  private @Nullable Constraint remembered(OutputFormat format) {
    synchronized (remembered) {
      return remembered.get(format);
    }
  }

  private void forget() {
    long bytes = remembered.values().stream().mapToLong(Constraint::memory).sum();
    var oldest = remembered.entrySet().iterator();
    while (remembered.size() > 1 && (remembered.size() > MAX_REMEMBERED || bytes > MAX_REMEMBERED_BYTES)) {
      bytes -= oldest.next().getValue().memory();
      oldest.remove();
    }
  }

  private Constraint make(OutputFormat format) {
    Vocabulary words = vocabulary();
    long begin = System.nanoTime();
    Network network = network(format, words.trie.singleBytes());
    Duration compiling = Duration.ofNanos(System.nanoTime() - begin);
    var cost = new Constraint.Cost(network.ruleCount(), network.stateCount(), network.bytes(), compiling);
    return new Constraint(format, network, words.trie, words.bytes, cost);
  }

  private static Network network(OutputFormat format, boolean[] available) {
    Budget budget = new Budget();
    return switch (format) {
      case OutputFormat.JsonObject object ->
          JsonGrammar.compile(Json.tree("{\"type\": \"object\"}"), object.style(), false, available, budget);
      case OutputFormat.JsonSchema schema ->
          JsonGrammar.compile(checked(schema).schema(), schema.style(), schema.closed(), available, budget);
      case OutputFormat.Regex regex -> finite(RegexParser.parse(regex.pattern()), "the pattern", available, budget);
      case OutputFormat.Choice choice -> {
        var texts = choice.texts().stream().map(Expression::literal).toList();
        yield finite(new Expression.Choice(texts), "the choice", available, budget);
      }
      case OutputFormat.Gbnf gbnf -> Gbnf.compile(gbnf.grammar(), available, budget);
    };
  }

  private static Network finite(Expression expression, String name, boolean[] available, Budget budget) {
    Nfa nfa = new Nfa(budget);
    int root = nfa.rule();
    CharAutomaton texts = CharAutomaton.matching(expression, budget);
    nfa.automaton(nfa.start(root), texts, false, nfa.accept(root));
    return Determinizer.run(nfa, root, available, List.of(name));
  }

  private static OutputFormat.JsonSchema checked(OutputFormat.JsonSchema schema) {
    int length = schema.schema().toString().length();
    if (length > MAX_SCHEMA_BYTES) {
      throw new UserException(
          "the schema has %,d characters; at most %,d are supported".formatted(length, MAX_SCHEMA_BYTES));
    }
    return schema;
  }

  private synchronized Vocabulary vocabulary() {
    if (vocabulary == null) {
      byte[][] bytes = new byte[tokenizer.vocabSize()][];
      for (int id = 0; id < bytes.length; id++) {
        bytes[id] = tokenizer.isSpecial(id) ? new byte[0] : tokenizer.bytes(id);
      }
      vocabulary = new Vocabulary(new TokenTrie(tokenizer), bytes);
    }
    return vocabulary;
  }
}
