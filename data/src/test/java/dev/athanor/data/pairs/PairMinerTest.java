package dev.athanor.data.pairs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.data.Document;
import dev.athanor.data.pairs.InstructionPair.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PairMinerTest {
  private static final String CHINESE =
      """
      package cn.example;

      public class StrUtil {
          /**
           * 字符串是否为空白，空白的定义见{@link CharUtil#isBlank(char)}
           * <p>
           * 例如：{@code isBlank("&nbsp;")}
           *
           * @param str 被检测的字符串
           * @return 是否为空白
           */
          @Deprecated
          public static <T extends CharSequence> boolean isBlank(final T str,
                                                                 int from) {
              // 逐个检查
              for (int i = from; i < str.length(); i++) {
                  if (!CharUtil.isBlank(str.charAt(i))) {
                      return false;
                  }
              }
              return true;
          }
      }
      """;

  @Test
  void mine_chineseDocumentation_givesBothKindsInChinese() {
    List<InstructionPair> pairs = mine(CHINESE).pairs();
    String method =
        """
        @Deprecated
        public static <T extends CharSequence> boolean isBlank(final T str,
                                                               int from) {
            // 逐个检查
            for (int i = from; i < str.length(); i++) {
                if (!CharUtil.isBlank(str.charAt(i))) {
                    return false;
                }
            }
            return true;
        }"""
            .stripIndent();
    String documentation = "字符串是否为空白，空白的定义见CharUtil.isBlank\n例如：isBlank(\"&nbsp;\")";

    assertThat(pairs).extracting(InstructionPair::kind).containsExactly(Kind.DOC_TO_METHOD, Kind.METHOD_TO_DOC);
    assertThat(pairs).extracting(InstructionPair::language).containsOnly("zh");
    assertThat(pairs).extracting(InstructionPair::origin).containsOnly("test!A.java#StrUtil.isBlank");
    assertThat(pairs.getFirst().answer()).isEqualTo(method);
    assertThat(pairs.getFirst().prompt().getFirst().content())
        .contains(documentation)
        .contains("public static <T extends CharSequence> boolean isBlank(final T str, int from)")
        .contains("方法")
        .doesNotContain("被检测的字符串");
    assertThat(pairs.getLast().answer()).isEqualTo(documentation);
    assertThat(pairs.getLast().prompt().getFirst().content()).endsWith(method);
    assertThat(pairs.getFirst().messages()).extracting("role").containsExactly("user", "assistant");
  }

  @Test
  void mine_englishDocumentation_isAskedInEnglish() {
    List<InstructionPair> pairs =
        mine(type("/** Adds two numbers, exactly. */ static int add(int a, int b) { return Math.addExact(a, b); }"))
            .pairs();
    assertThat(pairs).extracting(InstructionPair::language).containsOnly("en");
    assertThat(pairs.getFirst().prompt().getFirst().content())
        .contains("Java")
        .contains("Adds two numbers, exactly.")
        .contains("static int add(int a, int b)");
    assertThat(pairs.getFirst().answer()).isEqualTo("static int add(int a, int b) { return Math.addExact(a, b); }");
  }

  @Test
  void mine_markdownComment_isDocumentationToo() {
    String source = type("/// Doubles the number that it is given.\nint twice(int a) { return Math.multiplyExact(2, a); }");
    assertThat(mine(source).pairs().getLast().answer()).isEqualTo("Doubles the number that it is given.");
  }

  @Test
  void mine_methodsThatTeachNothing_areCountedByReason() {
    String source =
        """
        abstract class A {
          int x;
          /** Gets the x of this thing. */ int getX() { return this.x; }
          /** Sets the x of this thing. */ A setX(int x) { this.x = x; return this; }
          /** Does something or other here. */ abstract void run();
          /** Does nothing at all here. */ void nothing() { }
          /** {@inheritDoc} and a few words more. */ int inherited() { return run(1); }
          /** Todo */ int todo() { return run(2); }
          /** @return the one number */ int tagsOnly() { return run(3); }
          int undocumented() { return run(4); }
          /** A constructor has no result. */ A() { run(5); }
          Object o = new Object() {
            /** Inside of an anonymous class. */ int hidden() { return run(6); }
          };
        }
        """;
    PairMiner.Mined mined = mine(source);
    assertThat(mined.pairs()).isEmpty();
    assertThat(mined.skipped())
        .isEqualTo(
            Map.of("trivial", 2, "no_body", 2, "inherited_documentation", 1, "no_sentence", 1, "no_documentation", 2));
  }

  @Test
  void mine_longDocumentation_isCutToWhatFits() {
    String doc = "/** First sentence here. " + "And much more of it. ".repeat(50) + "*/";
    assertThat(mine(type(doc + "int f() { return g(1); }")).pairs().getLast().answer())
        .isEqualTo("First sentence here.");
    String endless = "/** " + "words without an end ".repeat(50) + "*/";
    assertThat(mine(type(endless + "int f() { return g(1); }")).skipped()).isEqualTo(Map.of("documentation_too_long", 1));
  }

  @Test
  void mine_methodBeyondTheLimits_isSkipped() {
    String source = type("/** Counts up to some number. */ int f() {\n" + "g(1);\n".repeat(10) + "return g(2); }");
    assertThat(new PairMiner(new PairLimits(400, 1200, 11), 1).mine(List.of(document(source))).skipped())
        .isEqualTo(Map.of("method_too_long", 1));
    assertThat(new PairMiner(new PairLimits(400, 1200, 12), 1).mine(List.of(document(source))).pairs()).hasSize(2);
    assertThat(new PairMiner(new PairLimits(400, 20, 12), 1).mine(List.of(document(source))).pairs()).isEmpty();
  }

  @Test
  void mine_equalPairs_keepsTheFirst() {
    PairMiner.Mined mined =
        new PairMiner().mine(List.of(document(CHINESE), new Document("b", CHINESE, "o", "p", "unknown", "java", Map.of())));
    assertThat(mined.pairs()).hasSize(2).extracting(InstructionPair::origin).containsOnly("test!A.java#StrUtil.isBlank");
    assertThat(mined.skipped()).isEqualTo(Map.of("duplicate", 2));
  }

  @Test
  void mine_filesThatAreNotJava_arePassedOver() {
    Document broken = document("class A { /** Breaks off in the middle. */ int f() { return ");
    Document prose = new Document("r", CHINESE, "o", "p", "unknown", "markdown", Map.of());
    Document deep = document("class A { int x = " + "(".repeat(200_000) + "1; }");
    PairMiner.Mined mined = new PairMiner().mine(List.of(broken, prose, deep, document(CHINESE)));
    assertThat(mined.pairs()).hasSize(2);
    assertThat(mined.files()).isEqualTo(1);
    assertThat(mined.unparsed()).isEqualTo(2);
  }

  @Test
  void mine_anyNumberOfThreads_givesTheSameInTheSameOrder() {
    List<Document> documents = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      documents.add(document(type("/** Adds the number %d. */ int add%d(int a) { return plus(a, %d); }".formatted(i, i, i))));
    }
    PairMiner.Mined one = new PairMiner(PairLimits.DEFAULT, 1).mine(documents);
    assertThat(one.pairs()).hasSize(300);
    assertThat(new PairMiner(PairLimits.DEFAULT, 4).mine(documents)).isEqualTo(one);
  }

  private static PairMiner.Mined mine(String source) {
    return new PairMiner().mine(List.of(document(source)));
  }

  private static String type(String member) {
    return "class A {\n" + member + "\n}\n";
  }

  private static Document document(String source) {
    return new Document("test!A.java", source, "test", "A.java", "unknown", "java", Map.of());
  }
}
