package dev.athanor.inference;

import dev.athanor.inference.GenerationEvent.Alternative;
import dev.athanor.inference.GenerationEvent.Failed;
import dev.athanor.inference.GenerationEvent.FinishReason;
import dev.athanor.inference.GenerationEvent.Finished;
import dev.athanor.inference.GenerationEvent.Text;
import dev.athanor.inference.GenerationEvent.Token;
import dev.athanor.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One search by beams. Each of its sequences delivers what could follow it; when all have, the best beginnings are chosen, which go on
/// in sequences that take over or share the memory of those that they come from.
///
/// Of the 2 · width best continuations, those that end a text count when they are among the best `width`; it is over when `width` texts
/// have ended and none that goes on can do better, as Hugging Face's library has it.
final class BeamSearch {
  private static final Comparator<Ended> BEST_FIRST = Comparator.comparingDouble((Ended text) -> -text.score);

  /// A token that may follow a member's text.
  ///
  /// @param sum of the log-probabilities of all generated tokens
  private record Next(int member, Token token, double sum) {}

  private record Ended(List<Token> tokens, int drawn, double score, FinishReason reason) {}

  private final GenerationRequest request;
  private final Beams beams;
  private final Tokenizer tokenizer;
  private final List<Consumer<GenerationEvent>> listeners;
  private final List<Sequence> members = new ArrayList<>();
  private final List<@Nullable List<Next>> delivered = new ArrayList<>();
  private final List<Ended> ended = new ArrayList<>();
  private List<List<Token>> tokens = new ArrayList<>();
  private double[] sums;
  /// The first so many members go on.
  private int live = 1;
  private boolean over;

  /// @param listeners at most the beams' width: one for each of the best texts
  BeamSearch(GenerationRequest request, Beams beams, Tokenizer tokenizer, List<Consumer<GenerationEvent>> listeners) {
    this.request = request;
    this.beams = beams;
    this.tokenizer = tokenizer;
    this.listeners = List.copyOf(listeners);
    sums = new double[beams.width()];
    tokens.add(List.of());
  }

  /// Another sequence of this search; the first one reads the prompt.
  void join(Sequence member) {
    members.add(member);
    delivered.add(null);
  }

  List<Sequence> members() {
    return members;
  }

  boolean over() {
    return over;
  }

  /// Whether a member has nothing to compute until the others have delivered.
  boolean waits(Sequence member) {
    int index = members.indexOf(member);
    return index >= live || delivered.get(index) != null;
  }

  /// What follows a member's text, by the logits of its last token.
  ///
  /// @return whether all have delivered
  boolean deliver(Sequence member, float[] logits, int at, int n) {
    if (!Float.isFinite(Kernels.max(logits, at, n))) {
      throw new ArithmeticException(Sampler.NOT_FINITE);
    }
    int index = members.indexOf(member);
    int count = Math.min(2 * beams.width(), n);
    int alternatives = Math.min(Math.max(0, request.topLogprobs()), n);
    double normaliser = Kernels.logSumExp(logits, at, n);
    long[] best = Draw.ofThisThread().best(logits, at, n, Math.max(count, alternatives));
    List<Alternative> top = new ArrayList<>();
    for (int i = 0; i < alternatives; i++) {
      top.add(new Alternative((int) best[i], (float) (logits[at + (int) best[i]] - normaliser)));
    }
    List<Next> next = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int id = (int) best[i];
      double logprob = logits[at + id] - normaliser;
      Token token = request.topLogprobs() < 0 ? new Token(id, Float.NaN, List.of()) : new Token(id, (float) logprob, top);
      next.add(new Next(index, token, sums[index] + logprob));
    }
    delivered.set(index, next);
    return delivered.subList(0, live).stream().allMatch(list -> list != null);
  }

  /// Goes on with the best beginnings.
  void choose() {
    List<Next> all = new ArrayList<>();
    for (int i = 0; i < live; i++) {
      List<Next> next = delivered.set(i, null);
      if (next != null) {
        all.addAll(next);
      }
    }
    all.sort(Comparator.comparingDouble((Next next) -> -next.sum));
    int drawn = members.getFirst().length() - request.promptIds().length + 1;
    List<Next> going = new ArrayList<>();
    for (int rank = 0; rank < Math.min(2 * beams.width(), all.size()) && going.size() < beams.width(); rank++) {
      Next next = all.get(rank);
      boolean stopId = isStop(next.token.id());
      if (!stopId && !stopText(next)) {
        going.add(next);
      } else if (rank < beams.width()) {
        end(new Ended(stopId ? tokens.get(next.member) : extended(next), drawn, score(next.sum, drawn), FinishReason.STOP));
      }
    }
    if (drawn == members.getFirst().most()) {
      going.forEach(next -> end(new Ended(extended(next), drawn, score(next.sum, drawn), FinishReason.LENGTH)));
      going.clear();
    }
    over = going.isEmpty() || isOver(going.getFirst().sum, drawn);
    if (!over) {
      goOn(going);
    }
  }

  private boolean isOver(double best, int drawn) {
    return ended.size() == beams.width() && (beams.earlyStopping() || ended.getLast().score >= score(best, drawn));
  }

  private double score(double sum, int drawn) {
    return sum / Math.pow(drawn, beams.lengthPenalty());
  }

  private void end(Ended text) {
    ended.add(text);
    ended.sort(BEST_FIRST);
    if (ended.size() > beams.width()) {
      ended.removeLast();
    }
  }

  private List<Token> extended(Next next) {
    List<Token> longer = new ArrayList<>(tokens.get(next.member));
    longer.add(next.token);
    return longer;
  }

  private boolean isStop(int id) {
    for (int stop : request.stopIds()) {
      if (stop == id) {
        return true;
      }
    }
    return false;
  }

  private boolean stopText(Next next) {
    return !request.stop().isEmpty() && read(extended(next)).stopped();
  }

  private TextStream read(List<Token> text) {
    TextStream stream = new TextStream(tokenizer, request.stop());
    text.forEach(stream::push);
    return stream;
  }

  private void goOn(List<Next> going) {
    List<int[]> ids = new ArrayList<>();
    List<@Nullable KvCache> caches = new ArrayList<>();
    List<List<Token>> longer = new ArrayList<>();
    boolean[] taken = new boolean[members.size()];
    double[] nextSums = new double[beams.width()];
    for (Next next : going) {
      Sequence from = members.get(next.member);
      ids.add(from.idsAnd(next.token.id()));
      // The first that goes on from a sequence has its memory, others share it.
      caches.add(!from.hasMemory() ? null : taken[next.member] ? from.cache().fork() : from.cache());
      taken[next.member] = true;
      nextSums[longer.size()] = next.sum;
      longer.add(extended(next));
    }
    for (int i = 0; i < members.size(); i++) {
      if (!taken[i] && members.get(i).hasMemory()) {
        members.get(i).cache().close();
      }
    }
    for (int i = 0; i < members.size(); i++) {
      members.get(i).become(i < going.size() ? ids.get(i) : members.get(i).ids(), i < going.size() ? caches.get(i) : null);
    }
    live = going.size();
    sums = nextSums;
    tokens = longer;
  }

  /// Tells the listeners the best texts; those that end because of the caller are what they are by then.
  ///
  /// @param reason null when it has ended by itself
  void finish(@Nullable FinishReason reason) {
    over = true;
    members.forEach(Sequence::end);
    if (reason != null) {
      int drawn = members.getFirst().length() - request.promptIds().length;
      for (int i = 0; i < live && drawn > 0; i++) {
        end(new Ended(tokens.get(i), drawn, score(sums[i], drawn), reason));
      }
    }
    RuntimeException failure = null;
    for (int i = 0; i < listeners.size(); i++) {
      Ended none = new Ended(List.of(), 0, 0, reason == null ? FinishReason.STOP : reason);
      Ended text = i < ended.size() ? ended.get(i) : none;
      FinishReason why = reason == FinishReason.CANCELLED ? reason : text.reason;
      try {
        tell(listeners.get(i), text);
        listeners.get(i).accept(new Finished(why, request.promptIds().length, text.drawn));
      } catch (RuntimeException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void tell(Consumer<GenerationEvent> listener, Ended text) {
    TextStream stream = new TextStream(tokenizer, request.stop());
    for (Token token : text.tokens) {
      tell(listener, stream.push(token));
    }
    tell(listener, stream.finish());
  }

  private static void tell(Consumer<GenerationEvent> listener, TextStream.Piece piece) {
    if (!piece.isEmpty()) {
      listener.accept(new Text(piece.text(), piece.tokens()));
    }
  }

  void fail(Throwable cause) {
    over = true;
    members.forEach(Sequence::end);
    listeners.forEach(listener -> listener.accept(new Failed(cause)));
  }
}
