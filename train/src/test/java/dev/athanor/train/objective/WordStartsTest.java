package dev.athanor.train.objective;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.Progress;
import dev.athanor.tokenizer.BpeTokenizer;
import dev.athanor.tokenizer.BpeTrainer;
import dev.athanor.tokenizer.PreTokenizerPattern;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WordStartsTest {
  private static BpeTokenizer tokenizer(int vocabSize) {
    String text = "the cat and the hat, reading 中文 and writing 中文。我们读书 return value; ".repeat(5);
    return new BpeTrainer(
            new BpeTrainer.Options(vocabSize, 2, List.of("<end>", "<mask>"), PreTokenizerPattern.QWEN2, 1))
        .train(List.of(text), Progress.silent());
  }

  private static final BpeTokenizer BYTES = tokenizer(258);
  private static final BpeTokenizer WORDS = tokenizer(340);

  private static List<String> words(BpeTokenizer tokenizer, int[] ids) {
    boolean[] starts = WordStarts.of(tokenizer).in(ids);
    List<String> words = new ArrayList<>();
    for (int begin = 0, end; begin < ids.length; begin = end) {
      end = begin + 1;
      while (end < ids.length && !starts[end]) {
        end++;
      }
      words.add(tokenizer.decode(Arrays.copyOfRange(ids, begin, end), false));
    }
    return words;
  }

  private static List<String> words(BpeTokenizer tokenizer, String text) {
    return words(tokenizer, tokenizer.encodeWithSpecials(text));
  }

  @Test
  void in_latin_groupsAWordWithTheBlankBeforeIt() {
    for (BpeTokenizer tokenizer : List.of(BYTES, WORDS)) {
      assertThat(words(tokenizer, "the cats, unreadable;\n\n  x")).containsExactly("the", " cats", ",", " unreadable", ";\n\n", " ", " x");
    }
  }

  /// Without merges a Chinese character is three tokens and yet one word; letters after it are a word of their own.
  @Test
  void in_chinese_makesEveryCharacterAWord() {
    assertThat(words(BYTES, "中文abc读é𠀀é。")).containsExactly("中", "文", "abc", "读", "é", "𠀀", "é", "。");
    assertThat(words(BYTES, " 中 1")).containsExactly(" ", "中", " ", "1");
  }

  /// " 中文" is one token here: it cannot be masked in part.
  @Test
  void in_tokenOfTwoCharacters_isOneWord() {
    assertThat(WORDS.encode(" 中文")).hasSize(1);
    assertThat(words(WORDS, " 中文我")).containsExactly(" 中文", "我");
  }

  @Test
  void in_specialTokens_areWordsOfTheirOwnAndBreakOthers() {
    assertThat(words(WORDS, "ab<mask>cd<end><end>")).containsExactly("ab", "<mask>", "cd", "<end>", "<end>");
  }

  /// A row may begin and end in the middle of a character: whatever the bytes, words begin at the first token, and nowhere
  /// inside a whole character.
  @Test
  void in_anyStretchOfText_beginsNoWordInsideACharacter() {
    Random random = new Random(3);
    String[] parts = {"a", "é", "中", "𠀀", " ", "\n", "1", "👍", "'s"};
    for (int round = 0; round < 300; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 12; i++) {
        text.append(parts[random.nextInt(parts.length)]);
      }
      int[] all = BYTES.encode(text.toString());
      int from = random.nextInt(4);
      int[] ids = Arrays.copyOfRange(all, from, all.length - random.nextInt(4));
      boolean[] starts = WordStarts.of(BYTES).in(ids);
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      assertThat(starts[0]).isTrue();
      int firstWhole = 0;
      while (firstWhole < ids.length && (bytes[from + firstWhole] & 0xC0) == 0x80) {
        firstWhole++;
      }
      int lastWhole = ids.length;
      while (lastWhole < all.length - from && lastWhole > 0 && (bytes[from + lastWhole] & 0xC0) == 0x80) {
        lastWhole--;
      }
      for (int i = firstWhole; i < lastWhole; i++) {
        if ((bytes[from + i] & 0xC0) == 0x80) {
          assertThat(starts[i]).as(text.toString()).isFalse();
        }
      }
    }
  }

  @Test
  void in_noTokens_isNothing() {
    assertThat(WordStarts.of(BYTES).in(new int[0])).isEmpty();
    assertThat(WordStarts.everyToken().in(new int[2])).containsExactly(true, true);
  }

  /// Well-formed and malformed bytes: the text is Java's own where all is well, and every place is a character's first byte.
  @Test
  void placedText_randomBytes_placesEveryCharacter() {
    Random random = new Random(9);
    for (int round = 0; round < 2000; round++) {
      StringBuilder well = new StringBuilder();
      for (int i = random.nextInt(6); i > 0; i--) {
        int codePoint = random.nextInt(random.nextBoolean() ? 0x1000 : 0x110000);
        well.appendCodePoint(codePoint >= 0xD800 && codePoint < 0xE000 ? 'x' : codePoint);
      }
      byte[] bytes = well.toString().getBytes(StandardCharsets.UTF_8);
      PlacedText text = PlacedText.of(bytes);
      assertThat(text.text()).isEqualTo(well.toString());
      for (int i = 0; i <= well.length(); i++) {
        boolean insidePair = i > 0 && i < well.length() && Character.isLowSurrogate(well.charAt(i)) && Character.isHighSurrogate(well.charAt(i - 1));
        String before = well.substring(0, insidePair ? i - 1 : i);
        assertThat(text.place(i)).isEqualTo(before.getBytes(StandardCharsets.UTF_8).length);
      }
      byte[] anything = new byte[random.nextInt(8)];
      random.nextBytes(anything);
      PlacedText broken = PlacedText.of(anything);
      assertThat(broken.place(broken.text().length())).isEqualTo(anything.length);
    }
  }

  @Test
  void placedText_malformed_isOneReplacementAByte() {
    byte[] bytes = {(byte) 0xB8, 'a', (byte) 0xE4, (byte) 0xB8, (byte) 0xC0, (byte) 0xAF, (byte) 0xED, (byte) 0xA0, (byte) 0x80};
    PlacedText text = PlacedText.of(bytes);
    assertThat(text.text()).isEqualTo("\uFFFDa" + "\uFFFD".repeat(7));
    assertThat(text.places()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }
}
