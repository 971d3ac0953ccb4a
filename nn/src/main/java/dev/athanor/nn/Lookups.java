package dev.athanor.nn;

import dev.athanor.model.DecoderSpec;
import dev.athanor.model.InductionEmbedding;
import dev.athanor.model.NgramEmbedding;
import dev.athanor.model.WeightNames;
import dev.athanor.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;

/// What a decoder looks up beside its token embedding: [NgramEmbedding] and [InductionEmbedding].
final class Lookups {
  private final DecoderSpec spec;
  private final Parameters parameters;

  Lookups(DecoderSpec spec, Parameters parameters) {
    this.spec = spec;
    this.parameters = parameters;
  }

  boolean isEmpty() {
    return spec.embedsTokensOnly();
  }

  /// A sequence as far as it is known, of which only the last tokens are new.
  private record History(int[] ids, int firstNew) {}

  /// Adds to the embeddings of whole sequences.
  Tensor add(Tensor rows_NC, long[] ids, int[] lengths) {
    List<History> histories = new ArrayList<>();
    int at = 0;
    for (int length : lengths) {
      histories.add(new History(ints(ids, at, at + length), 0));
      at += length;
    }
    return add(rows_NC, histories);
  }

  /// Adds to the embeddings of the tokens that come after those that came before.
  Tensor addContinued(Tensor rows_NC, TokenBatch more, List<? extends Past> pasts) {
    List<History> histories = new ArrayList<>();
    int at = 0;
    for (int i = 0; i < pasts.size(); i++) {
      int known = pasts.get(i).length();
      int[] all = Arrays.copyOf(pasts.get(i).ids(), known + more.lengths()[i]);
      System.arraycopy(ints(more.ids(), at, at + more.lengths()[i]), 0, all, known, more.lengths()[i]);
      histories.add(new History(all, known));
      at += more.lengths()[i];
    }
    return add(rows_NC, histories);
  }

  private static int[] ints(long[] ids, int from, int to) {
    int[] result = new int[to - from];
    for (int i = from; i < to; i++) {
      result[i - from] = (int) ids[i];
    }
    return result;
  }

  private Tensor add(Tensor rows_NC, List<History> histories) {
    Tensor x_NC = rows_NC;
    if (spec.ngrams().isPresent()) {
      x_NC = x_NC.add(embed(spec.ngrams().get(), histories));
    }
    if (spec.induction().isPresent()) {
      x_NC = x_NC.add(embed(spec.induction().get(), histories));
    }
    return x_NC;
  }

  private Tensor embed(NgramEmbedding ngrams, List<History> histories) {
    List<Tensor> found = new ArrayList<>();
    for (int order : ngrams.orders()) {
      long[] rows = each(histories, history -> position -> ngrams.row(order, at -> history.ids()[at], position));
      found.add(parameters.get(WeightNames.ngramTable(order)).sparseEmbedding(Tensor.of(rows, rows.length)));
    }
    return Tensor.cat(found, 1).linear(parameters.get(WeightNames.ngramProjection()));
  }

  private Tensor embed(InductionEmbedding induction, List<History> histories) {
    List<Tensor> followers = new ArrayList<>();
    for (int order : induction.orders()) {
      long[] ids =
          each(histories, history -> position -> InductionEmbedding.follower(history.ids(), 0, position, order));
      float[] there = new float[ids.length];
      for (int i = 0; i < ids.length; i++) {
        there[i] = ids[i] == InductionEmbedding.NONE ? 0 : 1;
        ids[i] = Math.max(0, ids[i]);
      }
      Tensor found = parameters.get(WeightNames.embedding()).embedding(Tensor.of(ids, ids.length));
      followers.add(found.mul(Tensor.of(there, ids.length, 1)));
    }
    return Tensor.cat(followers, 1).linear(parameters.get(WeightNames.inductionProjection()));
  }

  /// One value for each new token.
  private static long[] each(List<History> histories, Function<History, IntUnaryOperator> find) {
    int count = histories.stream().mapToInt(history -> history.ids().length - history.firstNew()).sum();
    long[] values = new long[count];
    int at = 0;
    for (History history : histories) {
      IntUnaryOperator value = find.apply(history);
      for (int position = history.firstNew(); position < history.ids().length; position++) {
        values[at++] = value.applyAsInt(position);
      }
    }
    return values;
  }
}
