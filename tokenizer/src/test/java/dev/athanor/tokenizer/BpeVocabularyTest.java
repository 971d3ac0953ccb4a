package dev.athanor.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class BpeVocabularyTest {
  private final BpeTokenizer tokenizer = BpeTokenizerTest.trained(400);
  private final BpeVocabulary vocabulary = tokenizer.vocabulary();

  @Test
  void of_vocabularyOfATokenizer_isThatTokenizer() {
    BpeTokenizer again = BpeTokenizer.of(vocabulary);
    assertThat(again.vocabulary()).isEqualTo(vocabulary);
    RandomText random = new RandomText(7);
    for (int i = 0; i < 500; i++) {
      String text = random.next(40);
      assertThat(again.encodeWithSpecials(text)).containsExactly(tokenizer.encodeWithSpecials(text));
      assertThat(again.encode(text)).containsExactly(tokenizer.encode(text));
    }
    assertThat(again.vocabSize()).isEqualTo(tokenizer.vocabSize());
    assertThat(again.endOfText()).isEqualTo(tokenizer.endOfText());
    assertThat(again.padId()).isEqualTo(tokenizer.padId());
    assertThat(again.bosId()).isEmpty();
    assertThat(again.chatTemplate()).isInstanceOf(ChatMl.class);
  }

  @Test
  void of_bos_standsBeforeTextOnlyWhereItIsAdded() {
    int start = tokenizer.id(ChatMl.START).orElseThrow();
    BpeTokenizer named = BpeTokenizer.of(withRoles(start, false));
    assertThat(named.bosId()).isEmpty();
    assertThat(named.vocabulary().roles()).isEqualTo(withRoles(start, false).roles());
    BpeTokenizer added = BpeTokenizer.of(withRoles(start, true));
    assertThat(added.bosId()).hasValue(start);
    assertThat(added.vocabulary().roles()).isEqualTo(withRoles(start, true).roles());
  }

  @Test
  void of_addedTokenThatMergesMake_isStillMadeByThem() {
    // As in vocabularies that list a word as an added token too.
    int id = tokenizer.encode("return")[0];
    List<AddedToken> added = new ArrayList<>(vocabulary.addedTokens());
    String word = vocabulary.tokens().get(id);
    added.add(new AddedToken(id, word, false, false, false, false));
    BpeTokenizer changed =
        BpeTokenizer.of(
            new BpeVocabulary(
                vocabulary.tokens(),
                vocabulary.merges(),
                added,
                vocabulary.rules(),
                vocabulary.roles(),
                vocabulary.chatTemplate()));
    assertThat(changed.encode("return")).containsExactly(tokenizer.encode("return"));
  }

  @Test
  void of_contradictions_areRefused() {
    assertRefused("are both '!'", tokens -> replaced(tokens, 5, "!"));
    assertRefused("token 396 'a b' is not written in bytes", tokens -> replaced(tokens, 396, "a b"));
    assertRefused("is not token 397", tokens -> replaced(tokens, 397, "other"));
    assertRefused("names a token that the vocabulary lacks", tokens -> replaced(tokens, 256, ""));
    assertThatThrownBy(() -> BpeTokenizer.of(withRoles(4000, true)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the id 4000 is no token");
  }

  private void assertRefused(String problem, UnaryOperator<List<String>> change) {
    List<String> tokens = change.apply(vocabulary.tokens());
    assertThatThrownBy(
            () ->
                BpeTokenizer.of(
                    new BpeVocabulary(
                        tokens,
                        vocabulary.merges(),
                        vocabulary.addedTokens(),
                        vocabulary.rules(),
                        vocabulary.roles(),
                        vocabulary.chatTemplate())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(problem);
  }

  private static List<String> replaced(List<String> tokens, int id, String token) {
    List<String> changed = new ArrayList<>(tokens);
    changed.set(id, token);
    return changed;
  }

  private BpeVocabulary withRoles(int bos, boolean addsBos) {
    var roles =
        new BpeVocabulary.Roles(OptionalInt.of(bos), addsBos, tokenizer.endOfText(), OptionalInt.empty());
    return new BpeVocabulary(
        vocabulary.tokens(),
        vocabulary.merges(),
        vocabulary.addedTokens(),
        vocabulary.rules(),
        roles,
        vocabulary.chatTemplate());
  }
}
