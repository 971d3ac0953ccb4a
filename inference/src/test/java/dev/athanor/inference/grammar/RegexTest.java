package dev.athanor.inference.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.UserException;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegexTest {
  private final Random random = new Random(11);
  private final PieceTokenizer tokenizer = PieceTokenizer.random(random, 600);
  private final Grammars grammars = new Grammars(tokenizer);
  private final RandomWalk walk = new RandomWalk(tokenizer, random);

  private Constraint compile(String pattern) {
    return grammars.compile(new OutputFormat.Regex(pattern));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(\\d{3})-\\d{4}", "[a-z]+(\\.[a-z]+)*@[^\\s@]{2,5}", "(?:ab|a[^b]|\\x41\\u00e9){1,3}?", "\\p{L}{2}\\P{L}", "\\p{IsHan}+",
        "^abc$", "^a|b$", "(?:^a|b)+c?$", "[\\w\\-.]{0,5}", "(?<year>\\d{4})年", "[^\\d\\s]+\\S", "(a{2}){3}", "(a*)*b", "[\\]\\[^-]{1,4}", ".{3}", "😀?x"
      })
  void compile_pattern_generatesWhatJavaMatchesToo(String pattern) {
    Pattern java = Pattern.compile(pattern);
    Constraint constraint = compile(pattern);
    for (int i = 0; i < 40; i++) {
      String text = walk.text(constraint);
      assertThat(java.matcher(text).matches()).as("%s: '%s'", pattern, text).isTrue();
    }
  }

  @Test
  void matches_randomPatternsAndTexts_agreesWithJava() {
    int matched = 0;
    int refused = 0;
    for (int i = 0; i < 800; i++) {
      String pattern = pattern(3);
      Pattern java = Pattern.compile(pattern);
      Constraint constraint;
      try {
        constraint = compile(pattern);
      } catch (UserException e) {
        // Those that match nothing, or the empty text only.
        assertThat(e).as(pattern).hasMessageContaining("answer");
        refused++;
        continue;
      }
      for (int j = 0; j < 20; j++) {
        String text = text();
        boolean expected = java.matcher(text).matches();
        assertThat(constraint.matches(text)).as("%s: '%s'", pattern, text).isEqualTo(expected);
        matched += expected ? 1 : 0;
      }
      String text = walk.text(constraint);
      assertThat(java.matcher(text).matches()).as("%s: '%s'", pattern, text).isTrue();
    }
    assertThat(matched).isGreaterThan(500);
    assertThat(refused).isLessThan(200);
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(6); n > 0; n--) {
      text.append(new String[] {"a", "b", "c", "é", "名"}[random.nextInt(5)]);
    }
    return text.toString();
  }

  private String pattern(int depth) {
    String[] atoms = {"a", "b", "c", "é", "名", ".", "[ab]", "[^a]", "[a-c]", "\\w", "\\W", "[^\\wé]"};
    if (depth == 0 || random.nextInt(4) == 0) {
      return atoms[random.nextInt(atoms.length)];
    }
    return switch (random.nextInt(5)) {
      case 0 -> pattern(depth - 1) + pattern(depth - 1);
      case 1 -> "(" + pattern(depth - 1) + "|" + pattern(depth - 1) + ")";
      case 2 -> "(?:" + pattern(depth - 1) + ")" + new String[] {"*", "+", "?", "*?", "+?"}[random.nextInt(5)];
      case 3 -> "(" + pattern(depth - 1) + "){" + random.nextInt(3) + "," + (2 + random.nextInt(2)) + "}";
      default -> pattern(depth - 1) + new String[] {"", "|b", "|"}[random.nextInt(3)];
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      value = {
        "a( ¦ character 3: a ( without its )",
        "a) ¦ unmatched )",
        "[a ¦ a [ without its ]",
        "a{2,1} ¦ counts backwards",
        "a{x} ¦ a number after {",
        "*a ¦ nothing before the quantifier",
        "a{2}{3} ¦ a repetition cannot be repeated",
        "^* ¦ an anchor cannot be repeated",
        "a++ ¦ possessive",
        "(?>a) ¦ atomic",
        "(?<!a)b ¦ look-behind",
        "(?!a)b ¦ look-ahead",
        "(?i)a ¦ flags",
        "\\bword ¦ \\b is not supported",
        "(a)\\1 ¦ back references",
        "\\p{Nope} ¦ the property 'Nope'",
        "\\p{IsNope} ¦ there is no script Nope",
        "[z-a] ¦ a range must go",
        "\\ud83d ¦ half of a surrogate pair",
        "a$b ¦ no answer at all",
        "^$ ¦ only the empty answer"
      })
  void compile_notSupported_saysWhatAndWhere(String pattern, String problem) {
    assertThatThrownBy(() -> compile(pattern)).isInstanceOf(UserException.class).hasMessageContaining(problem);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(a{1000}){1000}", "((a{100}){100}){100}", "(a|b)*a(a|b){40}", "(.?){50000}", "(a?){9999}b", "\\p{L}{100000}",
        "((((a{30}){30}){30}){30}){30}", "(x+x+)+y{99999}", "(.*a){300}.{200}"
      })
  void compile_bomb_isRefusedOrSmall(String pattern) {
    long begin = System.nanoTime();
    try {
      assertThat(compile(pattern).cost().bytes()).isLessThan(80L << 20);
    } catch (UserException e) {
      assertThat(e).hasMessageContaining("too large or too ambiguous");
    }
    // Not a measurement: an endless loop would not come back at all, and this says so sooner.
    assertThat(System.nanoTime() - begin).isLessThan(60_000_000_000L);
  }

  @Test
  void compile_deeplyNested_isRefused() {
    assertThatThrownBy(() -> compile("(".repeat(100_000) + ")".repeat(100_000)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("nest deeper");
  }
}
