package dev.athanor.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class CharacterBpeTrainerTest {
  private static WordOptions options(int vocabSize, WordRules rules, boolean bytes, int threads) {
    return new WordOptions(vocabSize, List.of("</s>"), rules, 1, "", bytes, threads);
  }

  private static PublishedTokenizer train(List<String> texts, WordOptions options) {
    return new CharacterBpeTrainer(options, 1).train(texts.iterator(), Progress.silent());
  }

  private static List<String> merges(PublishedTokenizer tokenizer) {
    return tokenizer.tokenizer().path("model").path("merges").valueStream().map(JsonNode::asString).toList();
  }

  private static List<String> texts(long seed) {
    RandomText random = new RandomText(seed);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      texts.add(random.words(60) + random.next(6));
    }
    return texts;
  }

  /// The merges by the definition, everything counted anew at every step; ids are places in `pieces`.
  private static List<String> naive(List<String> texts, WordRules rules, List<String> pieces, int most) {
    List<List<String>> words = new ArrayList<>();
    for (String text : texts) {
      rules.split(text, (t, start, end) -> words.add(new ArrayList<>(
          t.substring(start, end).codePoints().mapToObj(c -> c == ' ' ? "▁" : Character.toString(c)).toList())));
    }
    List<String> merges = new ArrayList<>();
    Set<String> known = new HashSet<>(pieces);
    while (merges.size() < most) {
      Map<List<String>, Long> counts = new HashMap<>();
      for (List<String> word : words) {
        for (int i = 0; i + 1 < word.size(); i++) {
          counts.merge(List.of(word.get(i), word.get(i + 1)), 1L, Long::sum);
        }
      }
      List<String> best = null;
      for (List<String> pair : counts.keySet()) {
        String text = pair.get(0) + pair.get(1);
        boolean allowed = !known.contains(text) && rules.isPiece(text);
        if (allowed && (best == null || before(pair, best, counts, pieces))) {
          best = pair;
        }
      }
      if (best == null) {
        return merges;
      }
      String text = best.get(0) + best.get(1);
      pieces.add(text);
      known.add(text);
      merges.add(best.get(0) + " " + best.get(1));
      for (List<String> word : words) {
        for (int i = 0; i + 1 < word.size(); i++) {
          if (word.get(i).equals(best.get(0)) && word.get(i + 1).equals(best.get(1))) {
            word.set(i, text);
            word.remove(i + 1);
          }
        }
      }
    }
    return merges;
  }

  private static boolean before(List<String> a, List<String> b, Map<List<String>, Long> counts, List<String> ids) {
    long own = counts.getOrDefault(a, 0L);
    long other = counts.getOrDefault(b, 0L);
    if (own != other) {
      return own > other;
    }
    int left = Integer.compare(ids.indexOf(a.get(0)), ids.indexOf(b.get(0)));
    return (left != 0 ? left : Integer.compare(ids.indexOf(a.get(1)), ids.indexOf(b.get(1)))) < 0;
  }

  @Test
  void train_randomCorpora_learnsTheMergesOfAFullRecount() {
    for (int seed = 0; seed < 20; seed++) {
      List<String> texts = texts(seed);
      WordRules rules = seed % 2 == 0 ? WordRules.lossless() : new WordRules(TextNormalizer.NFKC, true, true, false, false, false, 5);
      Words words = Words.count(texts.iterator(), options(400, rules, false, 1), "", Progress.silent());
      List<String> pieces = new ArrayList<>();
      for (int symbol = 1; symbol <= words.lastSymbol(); symbol++) {
        pieces.add(Character.toString(words.character(symbol)));
      }
      int room = 40;
      PublishedTokenizer tokenizer = train(texts, options(pieces.size() + 2 + room, rules, false, 1));
      assertThat(merges(tokenizer)).as("seed %d", seed).isEqualTo(naive(texts, rules, pieces, room)).isNotEmpty();
    }
  }

  @Test
  void train_anyThreadsAndOrder_givesTheSameBytes() {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      texts.add(String.join(" ", texts(i)).repeat(200));
    }
    String one = Json.pretty(train(texts, options(900, WordRules.lossless(), true, 1)).tokenizer());
    Collections.shuffle(texts, new Random(1));
    assertThat(Json.pretty(train(texts, options(900, WordRules.lossless(), true, 3)).tokenizer())).isEqualTo(one);
  }

  @Test
  void train_bytes_placesUnknownBytesCharactersMergesSpecials() {
    PublishedTokenizer tokenizer = train(List.of("low low lower"), options(268, WordRules.lossless(), true, 1));
    JsonNode vocab = tokenizer.tokenizer().path("model").path("vocab");
    assertThat(vocab.path("<unk>").intValue()).isZero();
    assertThat(vocab.path("<0xFF>").intValue()).isEqualTo(256);
    // "▁", "l", "o" and "w" come three times each; "l" is the smallest of them.
    assertThat(vocab.path("l").intValue()).isEqualTo(257);
    assertThat(vocab.path("r").intValue()).isEqualTo(262);
    assertThat(vocab.has("▁low")).isTrue();
    assertThat(merges(tokenizer).getFirst()).isEqualTo("l o");
    assertThat(tokenizer.vocabSize()).isEqualTo(268);
    assertThat(tokenizer.tokenizer().path("added_tokens").path(1).path("id").intValue()).isEqualTo(267);
    assertThat(tokenizer.config().path("eos_token").asString("")).isEqualTo("</s>");
  }

  @Test
  void train_namesOfOtherTokensInTheText_areNoPieces() {
    WordRules rules = new WordRules(TextNormalizer.NONE, false, false, true, false, false, 16);
    JsonNode vocab = train(List.of("<0x41><unk></s>".repeat(9)), options(300, rules, true, 1)).tokenizer().path("model").path("vocab");
    assertThat(vocab.path("<0x41>").intValue()).isEqualTo(1 + 0x41);
    assertThat(vocab.path("<unk>").intValue()).isZero();
    assertThat(vocab.has("</s>")).isFalse();
  }
}
