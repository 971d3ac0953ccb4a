package dev.athanor.eval;

import dev.athanor.base.Progress;
import dev.athanor.data.pairs.InstructionPair;
import dev.athanor.model.LanguageModel;
import dev.athanor.tokenizer.ChatTemplate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/// How well a chat model expects the answers of held-out instruction pairs: the mean negative log-likelihood of the
/// assistant's tokens, its closing token included, as the chat template's loss mask marks them. Question tokens are context.
///
/// @param byKind keyed "doc_to_method", "method_to_doc"
/// @param byLanguage keyed "zh", "en"
/// @param truncated pairs that were longer than the context and are measured up to its end
/// @param unmeasured pairs whose question alone fills the context
public record PairLoss(
    Score overall, Map<String, Score> byKind, Map<String, Score> byLanguage, int truncated, int unmeasured) {

  /// @param natsPerToken nats / tokens; 0 where there are none
  public record Score(double natsPerToken, double nats, long tokens, int pairs) {}

  private record Rendered(InstructionPair pair, int[] ids, boolean[] mask, boolean truncated) {
    /// The mask's first entry has no prediction.
    boolean measurable() {
      for (int i = 1; i < ids.length; i++) {
        if (mask[i]) {
          return true;
        }
      }
      return false;
    }
  }

  private record Measured(InstructionPair pair, double nats, long tokens) {}

  /// @param batch pairs in one call of the model
  public static PairLoss measure(
      List<InstructionPair> pairs, ChatTemplate template, LanguageModel model, int batch, Progress progress) {
    int context = model.spec().contextLength();
    List<Rendered> rendered = pairs.stream().map(pair -> render(pair, template, context)).toList();
    List<Rendered> measurable =
        rendered.stream()
            .filter(Rendered::measurable)
            .sorted(Comparator.comparingInt((Rendered r) -> r.ids().length).reversed())
            .toList();
    List<Measured> measured = new ArrayList<>();
    try (Progress.Task task = progress.start("pair loss", measurable.size(), "pair")) {
      for (int at = 0; at < measurable.size(); at += batch) {
        List<Rendered> some = measurable.subList(at, Math.min(at + batch, measurable.size()));
        List<float[]> scores = model.score(some.stream().map(Rendered::ids).toList());
        for (int i = 0; i < some.size(); i++) {
          measured.add(measured(some.get(i), scores.get(i)));
        }
        task.advance(some.size());
      }
    }
    int truncated = (int) rendered.stream().filter(r -> r.truncated() && r.measurable()).count();
    return new PairLoss(
        sum(measured),
        groups(measured, m -> m.pair().kind().name().toLowerCase(Locale.ROOT)),
        groups(measured, m -> m.pair().language()),
        truncated,
        rendered.size() - measurable.size());
  }

  private static Rendered render(InstructionPair pair, ChatTemplate template, int context) {
    ChatTemplate.Rendered whole = template.render(pair.messages(), false);
    int length = Math.min(context, whole.ids().length);
    return new Rendered(
        pair,
        Arrays.copyOf(whole.ids(), length),
        Arrays.copyOf(whole.lossMask(), length),
        length < whole.ids().length);
  }

  private static Measured measured(Rendered rendered, float[] logProbs) {
    double nats = 0;
    long tokens = 0;
    for (int i = 1; i < rendered.ids().length; i++) {
      if (rendered.mask()[i]) {
        nats -= logProbs[i - 1];
        tokens++;
      }
    }
    return new Measured(rendered.pair(), nats, tokens);
  }

  private static Map<String, Score> groups(List<Measured> all, Function<Measured, String> key) {
    Map<String, Score> scores = new TreeMap<>();
    Groups.by(all, key).forEach((name, some) -> scores.put(name, sum(some)));
    return scores;
  }

  private static Score sum(List<Measured> measured) {
    double nats = measured.stream().mapToDouble(Measured::nats).sum();
    long tokens = measured.stream().mapToLong(Measured::tokens).sum();
    return new Score(tokens == 0 ? 0 : nats / tokens, nats, tokens, measured.size());
  }
}
