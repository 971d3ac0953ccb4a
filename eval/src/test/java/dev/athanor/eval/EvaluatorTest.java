package dev.athanor.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.data.Document;
import dev.athanor.data.ngram.NgramModel;
import dev.athanor.data.pairs.InstructionPair;
import dev.athanor.data.pairs.InstructionPair.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EvaluatorTest {
  private static final ByteTokenizer TOKENIZER = new ByteTokenizer();
  private static final String TEXT = "public static int max(int a, int b) { return a > b ? a : b; }\n";

  @Test
  void evaluate_everything_fillsEveryFigureAndSurvivesJson() {
    Evaluation evaluation = evaluator(3, 1).evaluate(subject(pairs(), List.of(document(TEXT + "// seen?"))));

    assertThat(evaluation.bitsPerByte()).containsOnlyKeys("model", "ngram5", "mixture", "xz");
    assertThat(bitsPerByte(evaluation, "model")).isCloseTo(Math.log(257) / Math.log(2), within(1e-6));
    // the n-gram model has read the text in training, the uniform model adds nothing but a little insurance
    assertThat(bitsPerByte(evaluation, "ngram5")).isLessThan(1.5);
    assertThat(bitsPerByte(evaluation, "mixture")).isLessThan(2);
    assertThat(evaluation.mixtureWeight().orElseThrow()).isBetween(0.0, 0.5);
    assertThat(evaluation.pairLoss().orElseThrow().overall().natsPerToken()).isCloseTo(Math.log(257), within(1e-6));
    assertThat(evaluation.parseRate().orElseThrow().total()).isEqualTo(3);
    assertThat(evaluation.parseRate().orElseThrow().rate()).isEqualTo(1.0);
    assertThat(evaluation.samples().samples()).hasSize(4);
    assertThat(Json.read(Json.write(evaluation), Evaluation.class)).isEqualTo(evaluation);
  }

  @Test
  void evaluate_withoutValidationOrPairs_leavesThoseFiguresOut() {
    Evaluation evaluation = evaluator(3, 1).evaluate(subject(List.of(), List.of()));
    assertThat(evaluation.bitsPerByte()).containsOnlyKeys("model", "ngram5", "xz");
    assertThat(evaluation.mixtureWeight()).isEmpty();
    assertThat(evaluation.pairLoss()).isEmpty();
    assertThat(evaluation.parseRate()).isEmpty();
    assertThat(evaluation.samples().samples()).isEmpty();
    assertThat(Json.read(Json.write(evaluation), Evaluation.class)).isEqualTo(evaluation);
  }

  @Test
  void samples_morePairsThanWanted_spreadOverAllAndAskWithoutTheAnswer() {
    List<String> asked = new ArrayList<>();
    Samples samples =
        evaluator(2, 1)
            .samples(
                pairs(),
                conversation -> {
                  assertThat(conversation).extracting("role").containsExactly("user");
                  asked.add(conversation.getLast().content());
                  return "```java\nint broken(\n```";
                });
    assertThat(asked).containsExactly("write 0", "write 4", "explain 0");
    Samples.Sample first = samples.samples().getFirst();
    assertThat(first.reference()).isEqualTo("int f0() { return 0; }");
    assertThat(first.verdict()).contains(GeneratedMethod.Verdict.SYNTAX_ERROR);
    assertThat(samples.samples().getLast().verdict()).isEmpty();
    assertThat(Evaluator.parseRate(samples).map(ParseRate::rate)).isEqualTo(Optional.of(0.0));
  }

  private static double bitsPerByte(Evaluation evaluation, String name) {
    return Optional.ofNullable(evaluation.bitsPerByte().get(name)).orElseThrow().overall().bitsPerByte();
  }

  private static Evaluator evaluator(int methods, int documentations) {
    return new Evaluator(TOKENIZER, new Evaluator.Options(4, 1000, methods, documentations), Progress.silent());
  }

  private static Evaluator.Subject subject(List<InstructionPair> pairs, List<Document> validation) {
    List<Document> test = List.of(document(TEXT));
    List<int[]> train = HeldOut.of(Collections.nCopies(10, document(TEXT)), TOKENIZER).sequences();
    var ngram = NgramModel.train(train, TOKENIZER.vocabSize(), 5);
    return new Evaluator.Subject(
        FormulaModel.uniform(32), ngram, FormulaModel.uniform(64), _ -> TEXT, test, validation, pairs);
  }

  private static List<InstructionPair> pairs() {
    List<InstructionPair> pairs = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      pairs.add(PairLossTest.pair(Kind.DOC_TO_METHOD, "en", "write " + i, "int f" + i + "() { return " + i + "; }"));
      pairs.add(PairLossTest.pair(Kind.METHOD_TO_DOC, "en", "explain " + i, "returns it"));
    }
    return pairs;
  }

  private static Document document(String text) {
    return new Document("o!p", text, "o", "p", "unknown", "java", Map.of());
  }
}
