package dev.athanor.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.Progress;
import dev.athanor.data.pairs.InstructionPair;
import dev.athanor.data.pairs.InstructionPair.Kind;
import dev.athanor.tokenizer.ChatMessage;
import java.util.List;
import org.junit.jupiter.api.Test;

class PairLossTest {
  @Test
  void measure_uniformModel_isLogOfTheVocabularyOverAnswerTokens() {
    PairLoss loss = measure(FormulaModel.uniform(100), pair(Kind.DOC_TO_METHOD, "zh", "q", "abc"));
    assertThat(loss.overall().natsPerToken()).isCloseTo(Math.log(257), within(1e-6));
    // the answer's three bytes and its closing token
    assertThat(loss.overall().tokens()).isEqualTo(4);
  }

  @Test
  void measure_questionTokens_countNothing() {
    // each token costs its own id; the letters of the question would show
    var model = new FormulaModel(200, (ids, at) -> -ids[at]);
    PairLoss loss =
        measure(
            model,
            pair(Kind.DOC_TO_METHOD, "zh", "zzzzzz", "a"),
            pair(Kind.METHOD_TO_DOC, "en", "yyyyyyyyyyyy", "bc"),
            pair(Kind.METHOD_TO_DOC, "zh", "x", ""));
    assertThat(loss.overall().nats()).isCloseTo('a' + 'b' + 'c' + 3 * 256, within(1e-3));
    assertThat(loss.overall().tokens()).isEqualTo(6);
    assertThat(loss.byKind()).containsOnlyKeys("doc_to_method", "method_to_doc");
    assertThat(loss.byKind().get("doc_to_method"))
        .isEqualTo(new PairLoss.Score(('a' + 256) / 2.0, 'a' + 256, 2, 1));
    assertThat(loss.byLanguage()).containsOnlyKeys("en", "zh");
    assertThat(loss.byLanguage().get("en"))
        .isEqualTo(new PairLoss.Score(('b' + 'c' + 256) / 3.0, 'b' + 'c' + 256, 3, 1));
    assertThat(loss.truncated()).isZero();
  }

  @Test
  void measure_pairsBeyondTheContext_areCutOrLeftOutAndCounted() {
    var model = FormulaModel.uniform(30);
    PairLoss loss =
        measure(
            model,
            pair(Kind.DOC_TO_METHOD, "zh", "q", "a".repeat(100)),
            pair(Kind.DOC_TO_METHOD, "zh", "q".repeat(100), "a"),
            pair(Kind.DOC_TO_METHOD, "zh", "q", "a"));
    // "user:q<end>assistant:" takes 17 of 30 tokens
    assertThat(loss.overall().tokens()).isEqualTo(13 + 2);
    assertThat(loss.truncated()).isEqualTo(1);
    assertThat(loss.unmeasured()).isEqualTo(1);
    assertThat(model.batches).containsExactly(2);
  }

  private static PairLoss measure(FormulaModel model, InstructionPair... pairs) {
    return PairLoss.measure(List.of(pairs), new ByteTokenizer(), model, 2, Progress.silent());
  }

  static InstructionPair pair(Kind kind, String language, String question, String answer) {
    var messages = List.of(new ChatMessage("user", question), new ChatMessage("assistant", answer));
    return new InstructionPair(kind + question + answer, kind, language, messages, "o!p#A.f");
  }
}
