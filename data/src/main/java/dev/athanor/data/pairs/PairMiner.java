package dev.athanor.data.pairs;

import dev.athanor.base.Sha256;
import dev.athanor.data.Document;
import dev.athanor.tokenizer.ChatMessage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Makes instruction pairs of the documented methods in Java documents: documentation → method and method → documentation.
/// The result depends on the documents and their order alone, not on the number of threads. Of equal pairs the first stays.
public final class PairMiner {
  /// Documents handed to the threads ahead of the one whose turn it is; bounds what is held in memory.
  private static final int AHEAD = 64;

  private final PairLimits limits;
  private final int threads;

  public PairMiner() {
    this(PairLimits.DEFAULT, 2);
  }

  public PairMiner(PairLimits limits, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, not " + threads);
    }
    this.limits = limits;
    this.threads = threads;
  }

  /// What mining gave.
  ///
  /// @param files Java documents that parsed
  /// @param unparsed Java documents that did not
  /// @param skipped how many methods gave no pair, by reason; "duplicate" counts pairs equal to an earlier one
  public record Mined(List<InstructionPair> pairs, int files, int unparsed, Map<String, Integer> skipped) {}

  /// Documents whose language is not "java" are passed over.
  public Mined mine(Iterable<Document> documents) {
    var harvest = new Harvest();
    Queue<Future<FromDocument>> ahead = new ArrayDeque<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      for (Document document : documents) {
        if (document.language().equals("java")) {
          ahead.add(pool.submit(() -> read(document)));
          if (ahead.size() > AHEAD) {
            harvest.add(finished(ahead.remove()));
          }
        }
      }
      while (!ahead.isEmpty()) {
        harvest.add(finished(ahead.remove()));
      }
    }
    return harvest.mined();
  }

  private static FromDocument finished(Future<FromDocument> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while mining pairs");
    } catch (ExecutionException e) {
      throw new IllegalStateException("mining failed", e.getCause());
    }
  }

  private record FromDocument(Optional<MethodScanner.Found> found, List<InstructionPair> pairs) {}

  private FromDocument read(Document document) {
    Optional<MethodScanner.Found> found =
        JavaSyntax.parse(document.text()).map(unit -> MethodScanner.scan(unit, limits));
    List<InstructionPair> pairs = new ArrayList<>();
    found.ifPresent(f -> f.methods().forEach(method -> addPairs(document, method, pairs)));
    return new FromDocument(found, pairs);
  }

  private static void addPairs(Document document, DocumentedMethod method, List<InstructionPair> pairs) {
    String origin = document.id() + "#" + method.className() + "." + method.name();
    String language = DocLanguage.of(method.documentation());
    int choice = Integer.parseInt(Sha256.of(method.documentation() + method.source()).substring(0, 7), 16);
    for (InstructionPair.Kind kind : InstructionPair.Kind.values()) {
      String answer =
          switch (kind) {
            case DOC_TO_METHOD -> method.source();
            case METHOD_TO_DOC -> method.documentation();
          };
      String request = Phrasing.request(kind, language, method, choice);
      String id = Sha256.of(kind + "\0" + request + "\0" + answer).substring(0, 16);
      var messages = List.of(new ChatMessage("user", request), new ChatMessage("assistant", answer));
      pairs.add(new InstructionPair(id, kind, language, messages, origin));
    }
  }

  private static final class Harvest {
    private final List<InstructionPair> pairs = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();
    private final Map<String, Integer> skipped = new TreeMap<>();
    private int files;
    private int unparsed;

    void add(FromDocument from) {
      if (from.found().isEmpty()) {
        unparsed++;
        return;
      }
      files++;
      from.found().get().skipped().forEach((reason, n) -> count(reason.name().toLowerCase(Locale.ROOT), n));
      for (InstructionPair pair : from.pairs()) {
        if (ids.add(pair.id())) {
          pairs.add(pair);
        } else {
          count("duplicate", 1);
        }
      }
    }

    private void count(String reason, int n) {
      skipped.merge(reason, n, Integer::sum);
    }

    Mined mined() {
      return new Mined(List.copyOf(pairs), files, unparsed, Map.copyOf(skipped));
    }
  }
}
