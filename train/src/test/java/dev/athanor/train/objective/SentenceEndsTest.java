package dev.athanor.train.objective;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.Progress;
import dev.athanor.tokenizer.BpeTokenizer;
import dev.athanor.tokenizer.BpeTrainer;
import dev.athanor.tokenizer.PreTokenizerPattern;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SentenceEndsTest {
  private static BpeTokenizer tokenizer(int vocabSize) {
    return tokenizer(vocabSize, "Is it so? It is! He said: \"yes.\" (so.)\n第一句。\n第二句！\n是吗？\n end;\n ".repeat(9));
  }

  private static BpeTokenizer tokenizer(int vocabSize, String text) {
    return new BpeTrainer(new BpeTrainer.Options(vocabSize, 2, List.of("<end.>"), PreTokenizerPattern.QWEN2, 1))
        .train(List.of(text), Progress.silent());
  }

  /// Without merges the mark `。` is three tokens.
  private static final List<BpeTokenizer> TOKENIZERS = List.of(tokenizer(257), tokenizer(300), tokenizer(500));

  private static List<String> sentences(BpeTokenizer tokenizer, String text) {
    int[] ids = tokenizer.encodeWithSpecials(text);
    boolean[] ends = SentenceEnds.of(tokenizer).in(ids);
    List<String> sentences = new ArrayList<>();
    int begin = 0;
    for (int i = 0; i < ids.length; i++) {
      if (i + 1 == ids.length || ends[i]) {
        sentences.add(tokenizer.decode(Arrays.copyOfRange(ids, begin, i + 1), false));
        begin = i + 1;
      }
    }
    return sentences;
  }

  private static void assertSentences(String... sentences) {
    for (BpeTokenizer tokenizer : TOKENIZERS) {
      assertThat(sentences(tokenizer, String.join("", sentences))).containsExactly(sentences);
    }
  }

  @Test
  void in_text_endsSentencesAtMarksAndNewlines() {
    assertSentences("Is it so?", " It is!", " It is so.", " so");
    assertSentences("这是第一句。", "这是第二句！！", "是吗？", "好");
    assertSentences("end;\n", " end; end.");
    assertSentences("a.\n\n", "b");
  }

  @Test
  void in_marksInsideNumbersAndNames_endsNothing() {
    assertSentences("it is 3.14 and a.b() != c?.d.", " so");
  }

  @Test
  void in_closingQuotesAndBrackets_countsThemToTheSentence() {
    assertSentences("He said: \"yes.\"", " (It is.)", " 「是。」", "好");
  }

  @Test
  void in_specialTokens_endsNothing() {
    assertSentences("so<end.>it");
    assertSentences("so.", "<end.>it");
  }

  @Test
  void in_tokenThatGoesOnAfterTheMark_endsTheSentenceWithTheToken() {
    BpeTokenizer tokenizer = tokenizer(300, "是。好 ".repeat(9));
    assertThat(tokenizer.encode("。好")).hasSize(1);
    assertThat(sentences(tokenizer, "是。好吗")).containsExactly("是。好", "吗");
  }

  @Test
  void in_noTokens_isNothing() {
    assertThat(SentenceEnds.of(TOKENIZERS.getFirst()).in(new int[0])).isEmpty();
  }
}
