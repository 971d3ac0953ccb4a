package dev.athanor.data.html;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HtmlTextTest {
  private static String golden(String name) throws IOException {
    try (InputStream in = Objects.requireNonNull(HtmlTextTest.class.getResourceAsStream("/golden/html/" + name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String text(String html) {
    return HtmlText.of(html).text();
  }

  private static final String PROSE =
      "This is the text of the page, and it is long enough to be told from what stands beside it: it has sentences, it has the words that"
          + " all of them are made of, and it goes on for more than two lines, as a paragraph on the web does when it has something to say.";

  @ParameterizedTest
  @ValueSource(strings = {"english", "chinese"})
  void of_wholePage_givesItsTextWithoutWhatStandsBeside(String name) throws IOException {
    assertThat(text(golden(name + ".html"))).isEqualTo(golden(name + ".md"));
  }

  @Test
  void of_titleAndLanguage_areTold() throws IOException {
    HtmlText.Page page = HtmlText.of(golden("english.html"));
    assertThat(page.title()).isEqualTo("How rivers carry sand | Field Notes");
    assertThat(page.language()).isEqualTo("en");
  }

  @Test
  void of_pageOfLinks_hasNoText() {
    String links = "<li><a href='/x'>The ten best places that you can see in the world this year</a></li>".repeat(50);
    assertThat(text("<body><ul>" + links + "</ul></body>")).isEmpty();
    assertThat(text("")).isEmpty();
    assertThat(text("\u0000\u0001<<>><!")).isEmpty();
  }

  @Test
  void of_wholePageNamedLikeASidebar_isReadAllTheSame() {
    assertThat(text("<div class='sidebar-right'><p>" + PROSE + "</p></div>")).isEqualTo(PROSE + "\n");
    assertThat(text("<form id='aspnetForm'><div aria-hidden='true'><p>" + PROSE + "</p></div></form>")).isEqualTo(PROSE + "\n");
    assertThat(text("<p>" + PROSE + "</p><p>" + PROSE + "</p><div class='sidebar'><p>" + PROSE + "</p></div>"))
        .isEqualTo(PROSE + "\n\n" + PROSE + "\n");
  }

  @Test
  void of_layoutTable_isReadAsItsCells() {
    String html = "<table><tr><td><a href='/'>Home</a></td><td><p>" + PROSE + "</p><h2>More of it</h2><p>" + PROSE + "</p></td></tr></table>";
    assertThat(text(html)).isEqualTo(PROSE + "\n\n## More of it\n\n" + PROSE + "\n");
  }

  @Test
  void of_listing_keepsItsWhiteSpaceAndIsFenced() {
    String html = "<p>" + PROSE + "</p><pre class='brush: java'>\n\n  a &lt; b\n\n\tc```d  \n</pre><p>" + PROSE + "</p>";
    assertThat(text(html)).isEqualTo(PROSE + "\n\n~~~~java\n  a < b\n\n\tc```d\n~~~~\n\n" + PROSE + "\n");
  }

  @Test
  void of_shortBlocksAmongText_areKeptUnlessTheyAreLinks() {
    String signature = "<dl><dt><code>fill(text, width)</code><a class='headerlink' href='#fill'>¶</a></dt><dd><p>" + PROSE + "</p></dd></dl>";
    assertThat(text("<main><p>" + PROSE + "</p>" + signature + "</main>"))
        .isEqualTo(PROSE + "\n\n`fill(text, width)`\n\n" + PROSE + "\n");
    assertThat(text("<main><p>" + PROSE + "</p><p><a href='/n'>Next page</a></p><p>" + PROSE + "</p></main>"))
        .isEqualTo(PROSE + "\n\n" + PROSE + "\n");
  }

  @Test
  void of_breaks_areLinesAndTwoAreAParagraph() {
    assertThat(text("<div>" + PROSE + "<br>one line<br/><br/>" + PROSE + "</div>")).isEqualTo(PROSE + "\none line\n\n" + PROSE + "\n");
  }

  /// A reader that recursed would overflow its stack; one that looked at all ancestors of each element would not come to an end.
  @Test
  void of_nestingOfAnyDepth_isRead() {
    int depth = 200_000;
    for (String tag : new String[] {"div", "table><tr><td", "ul><li", "b", "blockquote", "span", "section"}) {
      String open = ("<" + tag + ">").repeat(depth / 4);
      assertThat(text(open + "<p>" + PROSE + "</p>")).as(tag).contains(PROSE);
    }
    assertThat(text("<div>".repeat(depth) + "<p>" + PROSE + "</p>" + "</div>".repeat(depth))).isEqualTo(PROSE + "\n");
  }

  @Test
  void of_manyUnclosedFormats_staysLinear() {
    var html = new StringBuilder();
    for (int i = 0; i < 30_000; i++) {
      html.append("<b id=").append(i).append("><p class='x").append(i).append("'>");
    }
    assertThat(text(html + PROSE)).contains("This is the text of the page");
  }
}
