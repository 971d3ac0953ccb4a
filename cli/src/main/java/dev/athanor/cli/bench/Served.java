package dev.athanor.cli.bench;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a load saw.
///
/// @param load as a person reads it
/// @param amount requests at a time, or a second
/// @param requests that ended well
/// @param failed that did not
/// @param failure what the first of those said
/// @param seconds from the first request to the last end
/// @param firstTokenMs from asking to the first token
/// @param betweenTokensMs from one token to the next of the same request, as they were told
/// @param endToEndMs from asking to the end
/// @param law of the requests: `latency = prefill + n × per token`
/// @param engine what it did meanwhile; null of a server
public record Served(
    String load,
    double amount,
    int requests,
    int failed,
    @Nullable String failure,
    double seconds,
    long promptTokens,
    long completionTokens,
    double tokensPerSecond,
    double requestsPerSecond,
    @Nullable Percentiles firstTokenMs,
    @Nullable Percentiles betweenTokensMs,
    @Nullable Percentiles endToEndMs,
    @Nullable LatencyLaw law,
    @Nullable EngineWork engine) {

  /// @param reusedTokens prompt tokens that were found in the prefix cache
  /// @param reusedShare of all prompt tokens
  /// @param preemptions times that a request gave its memory back
  /// @param draftedTokens guessed
  /// @param acceptedTokens guessed rightly
  public record EngineWork(long reusedTokens, double reusedShare, long preemptions, long draftedTokens, long acceptedTokens) {}

  /// One request as its client sees it. Told from one thread at a time, then read.
  static final class Request implements Target.Listener {
    private final int promptTokens;
    private final Runnable end;
    private final long start = System.nanoTime();
    private final List<Double> between = new ArrayList<>();
    private double firstMs = Double.NaN;
    private double endMs = Double.NaN;
    private long last = start;
    private int tokens;
    private @Nullable String failure;

    Request(int promptTokens, Runnable end) {
      this.promptTokens = promptTokens;
      this.end = end;
    }

    @Override
    public synchronized void tokens(int count) {
      long now = System.nanoTime();
      if (tokens == 0) {
        firstMs = (now - start) / 1e6;
      } else if (count > 0) {
        between.add((now - last) / 1e6);
      }
      // Those that come together: the others take no time.
      for (int i = 1; i < count; i++) {
        between.add(0.0);
      }
      tokens += count;
      last = now;
    }

    @Override
    public void ended(int all, @Nullable String why) {
      synchronized (this) {
        endMs = (System.nanoTime() - start) / 1e6;
        tokens = all >= 0 ? all : tokens;
        failure = why;
      }
      end.run();
    }

    private synchronized boolean went() {
      return failure == null && !Double.isNaN(endMs);
    }
  }

  /// @param all of which those count that have ended
  static Served of(Load load, List<Request> all, double seconds, @Nullable EngineWork engine) {
    List<Request> done = all.stream().filter(Request::went).toList();
    List<Request> failed = all.stream().filter(request -> request.failure != null).toList();
    long prompts = done.stream().mapToLong(request -> request.promptTokens).sum();
    long tokens = done.stream().mapToLong(request -> request.tokens).sum();
    return new Served(
        load.label(),
        load.amount(),
        done.size(),
        failed.size(),
        failed.isEmpty() ? null : failed.getFirst().failure,
        seconds,
        prompts,
        tokens,
        tokens / seconds,
        done.size() / seconds,
        Percentiles.of(done.stream().map(request -> request.firstMs).filter(Double::isFinite).toList()),
        Percentiles.of(done.stream().flatMap(request -> request.between.stream()).toList()),
        Percentiles.of(done.stream().map(request -> request.endMs).toList()),
        LatencyLaw.fit(
            done.stream().mapToDouble(request -> request.tokens).toArray(),
            done.stream().mapToDouble(request -> request.endMs).toArray()),
        engine);
  }
}
