package dev.athanor.eval;

import dev.athanor.data.pairs.InstructionPair;
import dev.athanor.tokenizer.ChatMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a chat model said to held-out questions, beside what the source says.
///
/// @param samples in the order of the pairs
public record Samples(List<Sample> samples) {
  public Samples {
    samples = List.copyOf(samples);
  }

  /// @param prompt the last question
  /// @param reference the answer that stands in the source
  /// @param verdict of the parser; present where a method was asked for
  public record Sample(
      InstructionPair.Kind kind,
      String language,
      String origin,
      String prompt,
      String reference,
      String answer,
      Optional<GeneratedMethod.Verdict> verdict) {}

  /// Answers a conversation that ends in the user's turn with the assistant's text.
  @FunctionalInterface
  public interface Answerer {
    String answer(List<ChatMessage> conversation);
  }

  static Sample sample(InstructionPair pair, Answerer answerer) {
    String answer = answerer.answer(pair.prompt());
    Optional<GeneratedMethod.Verdict> verdict =
        switch (pair.kind()) {
          case DOC_TO_METHOD -> Optional.of(GeneratedMethod.of(answer).verdict());
          case METHOD_TO_DOC -> Optional.empty();
        };
    return new Sample(
        pair.kind(),
        pair.language(),
        pair.origin(),
        pair.prompt().getLast().content(),
        pair.answer(),
        answer,
        verdict);
  }

  /// `count` pairs of a kind, evenly spread over all of that kind; all when there are fewer.
  static List<InstructionPair> spread(List<InstructionPair> pairs, InstructionPair.Kind kind, int count) {
    List<InstructionPair> all = pairs.stream().filter(pair -> pair.kind() == kind).toList();
    int wanted = Math.min(count, all.size());
    List<InstructionPair> some = new ArrayList<>();
    for (int i = 0; i < wanted; i++) {
      some.add(all.get((int) ((long) i * all.size() / wanted)));
    }
    return some;
  }
}
