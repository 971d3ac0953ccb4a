package dev.athanor.data.pairs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.data.Document;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DocTextTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Returns {@code a < b} and {@literal <c>}.                    | Returns a < b and <c>.
          See {@link java.util.List#of(int) the list} there.           | See the list there.
          See {@link java.util.List#of(int)} over there.               | See List.of over there.
          See {@linkplain #other} over there.                          | See other over there.
          It is 1 &lt; 2 and <b>bold</b> &amp; so on.                  | It is 1 < 2 and bold & so on.
          Two lines\\nof one paragraph.                                | Two lines of one paragraph.
          All of <pre>{@code int x = 1;}</pre> these words.            | All of/these words.
          Has a list: <ul><li>one<li>two</ul>                          | Has a list:/- one/- two
          The first part<br/>and the second                            | The first part/and the second
          Broken <html here is kept readable                           | Broken <html here is kept readable
          {@return the sum of a and b}                                 | Returns the sum of a and b
          这是一个方法，\\n用于测试 <!-- 注释 -->。                     | 这是一个方法，用于测试 。
          """)
  void of_comment_readsAsPlainText(String comment, String expected) {
    String source =
        "class A {\n/**\n * " + comment.replace("\\n", "\n * ") + "\n */\nint f() { return g(1); } }";
    var document = new Document("d", source, "o", "p", "unknown", "java", Map.of());
    var mined = new PairMiner().mine(List.of(document));
    assertThat(mined.pairs()).as("%s", mined).hasSize(2);
    assertThat(mined.pairs().getLast().answer()).isEqualTo(expected.replace("/", "\n"));
  }
}
