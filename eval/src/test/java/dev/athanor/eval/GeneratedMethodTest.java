package dev.athanor.eval;

import static dev.athanor.eval.GeneratedMethod.Verdict.ACCEPTED;
import static dev.athanor.eval.GeneratedMethod.Verdict.NOT_ONE_METHOD;
import static dev.athanor.eval.GeneratedMethod.Verdict.NO_CODE;
import static dev.athanor.eval.GeneratedMethod.Verdict.SYNTAX_ERROR;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeneratedMethodTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "int f() { return 1; }",
        "@Override\npublic <T> List<T> f(Unknown<? super T> u) throws E { return u.g(x -> x + 1); }",
        "/** 文档 */\nstatic void 方法() {}",
        "void f() {} // the end",
        "Here it is:\n```java\nint f() { return 1; }\n```\nI hope it helps {",
        "```\nint f() { return 1; }",
      })
  void of_oneMethod_isAccepted(String answer) {
    assertThat(GeneratedMethod.of(answer).verdict()).isEqualTo(ACCEPTED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "int f() { return 1;",
        "int f() { return 1 }",
        "This method returns one.",
        "int f() { return 1; } }",
        "f() { return 1; }",
        "import java.util.List; int f() { return 1; }",
        "```java\nint f() { return",
      })
  void of_brokenText_isASyntaxError(String answer) {
    assertThat(GeneratedMethod.of(answer).verdict()).isEqualTo(SYNTAX_ERROR);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "int x = 1;",
        "int f() { return 1; } int g() { return 2; }",
        "int f();",
        "class A { int f() { return 1; } }",
        "Wrapper() { }",
        "// only a comment",
        "int f() { return 1; } } class Other {",
        "int f() { return 1; } } int g() { return 1;",
        "{ }",
      })
  void of_otherJava_isNotOneMethod(String answer) {
    assertThat(GeneratedMethod.of(answer).verdict()).isEqualTo(NOT_ONE_METHOD);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  \n", "```java", "```java\n```"})
  void of_emptyAnswer_isNoCode(String answer) {
    assertThat(GeneratedMethod.of(answer).verdict()).isEqualTo(NO_CODE);
  }

  @Test
  void code_fencedAnswer_isTheFirstBlockAlone() {
    assertThat(GeneratedMethod.code("a\n```java\nint x;\n```\nb\n```\nint y;\n```")).isEqualTo("int x;");
  }

  @Test
  void parseRate_someAccepted_isTheirShare() {
    List<GeneratedMethod> methods =
        Stream.of("int f() { return 1; }", "int x;", "x", "void g() {}").map(GeneratedMethod::of).toList();
    ParseRate rate = ParseRate.of(methods);
    assertThat(rate.rate()).isEqualTo(0.5);
    assertThat(rate.accepted()).isEqualTo(2);
    assertThat(rate.total()).isEqualTo(4);
    assertThat(rate.verdicts())
        .containsEntry(NOT_ONE_METHOD, 1).containsEntry(SYNTAX_ERROR, 1).containsEntry(NO_CODE, 0);
  }
}
