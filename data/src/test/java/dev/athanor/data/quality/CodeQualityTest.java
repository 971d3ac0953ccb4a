package dev.athanor.data.quality;

import static dev.athanor.data.quality.RuleSteps.verdict;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.data.Document;
import dev.athanor.data.Documents;
import dev.athanor.data.flow.Span;
import dev.athanor.data.flow.Verdict;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CodeQualityTest {
  private static Document code(String language, String text) {
    return new Document("d", text, "o", "p", "unknown", language, Map.of());
  }

  @Test
  void codeQuality_ordinaryFiles_areKept() {
    assertThat(verdict("code_quality", Documents.java("o", "A.java", Documents.javaClass("a", "A", 3, 20)))).isEqualTo("kept");
    assertThat(verdict("code_quality", code("python", "def f(x):\n    return x + 1\n"))).isEqualTo("kept");
    assertThat(verdict("code_quality", code("json", "{\"a\": [1, 2, 3],\n \"b\": 77777}\n"))).isEqualTo("kept");
    assertThat(verdict("code_quality", code("html", "<p>A page with text that one can read.</p>\n"))).isEqualTo("kept");
  }

  @Test
  void codeQuality_badFiles_areDroppedWithTheirReason() {
    assertThat(verdict("code_quality", code("javascript", "var a=1,b=2;f(a);".repeat(20)))).isEqualTo("long lines");
    assertThat(verdict("code_quality", code("javascript", "var a;\n".repeat(100) + "f(a);".repeat(300)))).isEqualTo("long line");
    assertThat(verdict("code_quality", code("json", "{\"a\":1}".repeat(50)))).isEqualTo("long lines");
    assertThat(verdict("code_quality", code("c", "/* +++ --- *** +++ */\n(*)((((())))\n"))).isEqualTo("few letters and digits");
    assertThat(verdict("code_quality", code("java", "// only words of a comment stand here\n".repeat(9) + "int a;\n"))).isEqualTo("comments only");
    assertThat(verdict("code_quality", code("c", "int t[] = {\n" + "0x1f, 0x2e, 255, 7,\n".repeat(20) + "};\n"))).isEqualTo("data");
    assertThat(verdict("code_quality", code("json", "0x1f, 0x2e, 255, 7,\n".repeat(20)))).isEqualTo("kept");
    String base64 = "iVBORw0KGgoAAAANSUhEUgAAAAUA4AAACNbyblAAAAHElEQVQI12P4c7fw38GIAXDIBKE0DHx";
    assertThat(verdict("code_quality", code("css", "a { b: url(" + base64 + ") }\n"))).isEqualTo("encoded data");
    String script = "<script>var x = 1; function f() { return document.body; }</script>\n".repeat(5);
    assertThat(verdict("code_quality", code("html", "<p>Hi.</p>\n" + script))).isEqualTo("little visible text");
  }

  @Test
  void codeQuality_paths_areNoEncodedData() {
    String path = "com/example/application/service/implementation/of/something/long/name";
    assertThat(verdict("code_quality", code("java", "String s = \"" + path + "\";\n"))).isEqualTo("kept");
  }

  @Test
  void codeQuality_markdown_linesOfProseAreNotJudged() {
    assertThat(verdict("code_quality", code("markdown", "A paragraph in one line. ".repeat(60)))).isEqualTo("kept");
  }

  @Test
  void measure_smallFile_asCountedByHand() {
    Map<String, Double> measures = RuleSteps.filter("code_quality").measure(code("java", "int 国; // x\r\n1, 2\r\n"));
    assertThat(measures.get("code.mean_line_length")).isEqualTo((11 + 4) / 2.0, within(1e-12));
    assertThat(measures.get("code.max_line_length")).isEqualTo(11, within(1e-12));
    assertThat(measures.get("code.alphanumeric")).isEqualTo((3 + 1 + 1 + 2) / 15.0, within(1e-12));
    assertThat(measures.get("code.comments")).isEqualTo(4 / 15.0, within(1e-12));
    assertThat(measures.get("code.data")).isEqualTo(4 / 15.0, within(1e-12));
  }

  @Test
  void where_longLine_isTheLine() {
    String text = "int a;\n" + "x".repeat(1001) + "\nint b;\n".repeat(30);
    Verdict verdict = RuleSteps.step("code_quality").apply(code("java", text));
    assertThat(((Verdict.Dropped) verdict).spans()).containsExactly(new Span(7, 1008));
  }
}
