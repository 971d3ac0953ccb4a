package dev.athanor.inference.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ConstraintTest {
  private static final String ARITHMETIC =
      """
      # sums of products
      root   ::= sum "."
      sum    ::= factor (("+" | "-") factor)*
      factor ::= value ("*" value)*
      value  ::= [0-9]{1,3}
               | "(" sum ")"   # again
               | "π"
      """;

  private final Random random = new Random(3);
  private final PieceTokenizer tokenizer = PieceTokenizer.random(random, 700);
  private final Grammars grammars = new Grammars(tokenizer);
  private final RandomWalk walk = new RandomWalk(tokenizer, random);

  static List<OutputFormat> formats() {
    return List.of(
        new OutputFormat.JsonObject(JsonStyle.FREE),
        new OutputFormat.JsonObject(JsonStyle.SPACED),
        new OutputFormat.JsonSchema(
            Json.tree(
                "{\"type\": \"array\", \"items\": {\"anyOf\": [{\"$ref\": \"#\"}, {\"type\": \"string\", \"maxLength\": 70},"
                    + " {\"properties\": {\"foo\": {}, \"foobar\": {\"type\": \"integer\"}}, \"type\": \"object\"}]}}"),
            JsonStyle.FREE,
            false),
        new OutputFormat.Regex("([ab]+|foo|[^\"]{3,40}\"|.{0,60}名)x?"),
        new OutputFormat.Gbnf(ARITHMETIC),
        new OutputFormat.Gbnf("root ::= a | b\na ::= \"a\" root \"x\" | \"a\"\nb ::= \"a\" root \"y\" | \"a\" | \"ab\"*"));
  }

  @ParameterizedTest
  @MethodSource("formats")
  void mask_anyPlace_isWhatTokenByTokenTrialsSay(OutputFormat format) {
    Constraint constraint = grammars.compile(format);
    int end = tokenizer.endOfText();
    for (int run = 0; run < 6; run++) {
      Constraint.State state = constraint.start(end);
      for (int step = 0; step < 40; step++) {
        long[] mask = state.mask().clone();
        for (int id = 0; id < tokenizer.vocabSize(); id++) {
          assertThat(RandomWalk.allowed(mask, id)).as("token %d after %d", id, step).isEqualTo(accepted(state, id));
        }
        assertThat(RandomWalk.allowed(mask, end)).isEqualTo(state.canEnd());
        int id = walk.pick(mask, 0);
        if (id == end) {
          break;
        }
        state.accept(id);
      }
    }
  }

  private static boolean accepted(Constraint.State state, int id) {
    int before = state.length();
    try {
      state.accept(id);
    } catch (IllegalArgumentException _) {
      return false;
    }
    state.rollback(1);
    assertThat(state.length()).isEqualTo(before);
    return true;
  }

  @ParameterizedTest
  @MethodSource("formats")
  void text_drawnBlindly_matches(OutputFormat format) {
    Constraint constraint = grammars.compile(format);
    for (int i = 0; i < 30; i++) {
      String text = walk.text(constraint);
      assertThat(constraint.matches(text)).as(text).isTrue();
    }
  }

  @Test
  void matches_recursiveGrammar_countsParentheses() {
    Constraint constraint = grammars.compile(new OutputFormat.Gbnf(ARITHMETIC));
    assertThat(constraint.matches("1+(2*3-(π)).")).isTrue();
    assertThat(constraint.matches("(".repeat(5000) + "7" + ")".repeat(5000) + ".")).isTrue();
    assertThat(constraint.matches("(".repeat(5000) + "7" + ")".repeat(4999) + ".")).isFalse();
    assertThat(constraint.matches("1+.")).isFalse();
    assertThat(constraint.matches("1234.")).isFalse();
    assertThat(constraint.cost().rules()).isGreaterThan(1);
  }

  /// Each `a` may belong to either rule, so the stacks double with every one of them; shared, they do not.
  @Test
  void matches_ambiguousStacks_staysSmall() {
    Constraint constraint =
        grammars.compile(new OutputFormat.Gbnf("root ::= a | b\na ::= \"a\" root \"x\" | \"a\"\nb ::= \"a\" root \"y\" | \"a\""));
    StringBuilder text = new StringBuilder("a".repeat(400));
    for (int i = 0; i < 399; i++) {
      text.append(random.nextBoolean() ? 'x' : 'y');
    }
    assertThat(constraint.matches(text.toString())).isTrue();
    assertThat(constraint.matches(text + "x")).isFalse();
  }

  @Test
  void compile_grammarWithoutRecursion_isOneAutomaton() {
    Constraint constraint = grammars.compile(new OutputFormat.Gbnf("root ::= a \"-\" a\na ::= b | b a2\na2 ::= b\nb ::= [0-9]"));
    assertThat(constraint.cost().rules()).isEqualTo(1);
    assertThat(constraint.matches("12-3")).isTrue();
    assertThat(constraint.matches("123-3")).isFalse();
  }

  @Test
  void state_forkAndRollback_areIndependent() {
    Constraint constraint = grammars.compile(new OutputFormat.Regex("ab(c|d)"));
    Constraint.State state = constraint.start(tokenizer.endOfText());
    state.accept('a');
    Constraint.State other = state.fork();
    state.accept('b');
    other.accept('b');
    other.accept('c');
    assertThat(other.mustEnd()).isTrue();
    assertThat(state.canEnd()).isFalse();
    state.accept('d');
    state.accept(tokenizer.endOfText());
    assertThat(state.mask()).containsOnly(0L);
    state.rollback(3);
    assertThat(RandomWalk.ids(state.mask())).contains('b').doesNotContain('a', tokenizer.endOfText());
    assertThatThrownBy(() -> state.rollback(2)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void mask_vocabularyWithoutSomeBytes_leadsIntoNoDeadEnd() {
    List<byte[]> few = new ArrayList<>();
    for (String piece : new String[] {"a", "b", "ab", "ca", "名"}) {
      few.add(piece.getBytes(StandardCharsets.UTF_8));
    }
    PieceTokenizer small = new PieceTokenizer(few);
    // A c can be written only with an a behind it; single bytes are all that a grammar relies on.
    Constraint constraint = Grammars.compile(new OutputFormat.Regex("a(b|cb|ca|名)*"), small);
    assertThat(RandomWalk.ids(constraint.start(small.endOfText()).mask())).containsExactly(0, 2);
    assertThatThrownBy(() -> Grammars.compile(new OutputFormat.Regex("xyz"), small))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no answer at all");
  }

  @Test
  void compile_sameFormat_isRemembered() {
    OutputFormat format = new OutputFormat.JsonObject(JsonStyle.FREE);
    assertThat(grammars.compile(format)).isSameAs(grammars.compile(new OutputFormat.JsonObject(JsonStyle.FREE)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      value = {
        "root ::= x           ; grammar:1:10: there is no rule 'x'",
        "a ::= \"b\"          ; no rule 'root'",
        "root ::= root \"a\" | \"b\" ; the rule 'root' begins with itself",
        "root ::= a root | \"b\"~a ::= \"c\"? ; the rule 'root' begins with itself",
        "root = \"a\"         ; grammar:1:6: expected ::=",
        "root ::= \"a         ; a literal without its closing quote",
        "root ::= (\"a\"      ; a ( without its )",
        "root ::= [b-a]       ; a range must go up",
        "root ::= \"a\"{3,1}  ; repetitions are written",
        "root ::= \"a\" )     ; unexpected )",
        "root ::= \"a\"~root ::= \"b\" ; grammar:2:1: the rule 'root' stands here a second time",
        "root ::= \"\"        ; only the empty answer"
      })
  void compile_wrongGrammar_saysWhatAndWhere(String line) {
    String[] parts = line.split(";", 2);
    assertThatThrownBy(() -> grammars.compile(new OutputFormat.Gbnf(parts[0].strip().replace('~', '\n'))))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(parts[1].strip());
  }

  @Test
  void compile_hugeInput_isRefused() {
    StringBuilder deep = new StringBuilder("root ::= ");
    deep.append("(".repeat(50_000)).append("\"a\"").append(")".repeat(50_000));
    assertThatThrownBy(() -> grammars.compile(new OutputFormat.Gbnf(deep.toString())))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("nest deeper");
    assertThatThrownBy(() -> grammars.compile(new OutputFormat.Gbnf("root ::= ([ab]{9000}){9000}")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("too large");
    StringBuilder names = new StringBuilder("{\"type\": \"object\", \"properties\": {");
    for (int i = 0; i < 3000; i++) {
      names.append(i == 0 ? "" : ",").append("\"property").append(i).append("\": {\"type\": \"string\", \"maxLength\": ").append(60 + i).append("}");
    }
    assertThatThrownBy(
            () -> grammars.compile(new OutputFormat.JsonSchema(Json.tree(names + "}}"), JsonStyle.FREE, false)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("too large");
  }
}
