package dev.athanor.data.quality;

import static dev.athanor.data.quality.RuleSteps.measure;
import static dev.athanor.data.quality.RuleSteps.text;
import static dev.athanor.data.quality.RuleSteps.verdict;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.data.Documents;
import dev.athanor.data.flow.Span;
import dev.athanor.data.flow.Verdict;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class EnglishRulesTest {
  private static final Offset<Double> EXACT = within(1e-12);
  private static final String PROSE =
      "The ferry left the harbour before the sun was up. Nobody on the quay had slept, and the boxes that they had carried stood in rows "
          + "beside the rails. One of the sailors told a story about a whale; it was long, and most of it was true. We came back with less than "
          + "we had taken, and with that we were content. It is often so. When the winter came we told the story again to whoever had time.";

  @Test
  void gopherQuality_smallText_measuresAsCountedByHand() {
    // Nine of the 13 words have a letter or a digit: The cat sat... on the mat… and 7 more.
    Map<String, Double> measures = measure("gopher_quality", "- The cat sat... on\n\n#\n• the mat… --\nand 7 more.");
    assertThat(measures).containsEntry("gopher.words", 9.0).containsEntry("gopher.stop_words", 2.0);
    assertThat(measures.get("gopher.mean_word_length")).isEqualTo((3 + 3 + 6 + 2 + 3 + 4 + 3 + 1 + 5) / 9.0, EXACT);
    assertThat(measures.get("gopher.bullet_lines")).isEqualTo(2 / 4.0, EXACT);
    assertThat(measures.get("gopher.ellipsis_lines")).isEqualTo(0, EXACT);
  }

  @Test
  void gopherQuality_ratios_areOverAllWords() {
    Map<String, Double> measures = measure("gopher_quality", "# one ## two ... three… 4 --");
    assertThat(measures.get("gopher.hashes_per_word")).isEqualTo(3 / 8.0, EXACT);
    assertThat(measures.get("gopher.ellipses_per_word")).isEqualTo(2 / 8.0, EXACT);
    assertThat(measures.get("gopher.alphabetic_words")).isEqualTo(3 / 8.0, EXACT);
    assertThat(measures).containsEntry("gopher.words", 4.0);
    // one, two, three… and 4
    assertThat(measures.get("gopher.mean_word_length")).isEqualTo((3 + 3 + 6 + 1) / 4.0, EXACT);
  }

  @Test
  void gopherQuality_boundsOfTheTable_dropWithTheirReason() {
    assertThat(verdict("gopher_quality", PROSE)).isEqualTo("kept");
    assertThat(verdict("gopher_quality", "Too few words for the and of.")).isEqualTo("few words");
    assertThat(verdict("gopher_quality", "the and of be a b c d ".repeat(20))).isEqualTo("mean word length");
    assertThat(verdict("gopher_quality", PROSE + " #".repeat(20))).isEqualTo("many hashes");
    assertThat(verdict("gopher_quality", PROSE + " 123".repeat(60))).isEqualTo("few alphabetic words");
    assertThat(verdict("gopher_quality", "Frische Fische fischt Fischers Fritz jeden Morgen ".repeat(10))).isEqualTo("few stop words");
    assertThat(verdict("gopher_quality: {max_words: 60}", PROSE)).isEqualTo("many words");
  }

  @Test
  void gopherRepetition_lines_countCopiesButNotTheFirst() {
    Map<String, Double> measures = measure("gopher_repetition", "one two\nthree\none  two\n\nfour\none two\n");
    assertThat(measures.get("gopher.duplicate_lines")).isEqualTo(2 / 5.0, EXACT);
    // "one  two" and "one two" of 8+7 code points; 37 in all, line ends with them
    assertThat(measures.get("gopher.duplicate_line_characters")).isEqualTo(15 / 37.0, EXACT);
    assertThat(measures.get("gopher.duplicate_paragraphs")).isEqualTo(0, EXACT);
    assertThat(measure("gopher_repetition", "a\nb\n\nc\n\na\nb\n\nc").get("gopher.duplicate_paragraphs")).isEqualTo(0.5, EXACT);
  }

  @Test
  void gopherRepetition_nGrams_areSharesOfTheCharacters() {
    String text = "a bb a bb a bb ccc";
    Map<String, Double> measures = measure("gopher_repetition", text);
    // "a bb" stands three times: 3 · 4 of 18; "a bb a" twice: 2 · 6; "a bb a bb" twice: 2 · 9
    assertThat(measures.get("gopher.top_2_gram")).isEqualTo(12 / 18.0, EXACT);
    assertThat(measures.get("gopher.top_3_gram")).isEqualTo(12 / 18.0, EXACT);
    assertThat(measures.get("gopher.top_4_gram")).isEqualTo(18 / 18.0, EXACT);
    assertThat(measures.get("gopher.duplicate_5_grams")).isZero();
    // Words 1–5 come again as words 6–10: 15 letters of 29.
    assertThat(measure("gopher_repetition", "aa bb cc dd ee aa bb cc dd ee").get("gopher.duplicate_5_grams")).isEqualTo(10 / 29.0, EXACT);
    assertThat(measure("gopher_repetition", "aa bb cc dd ee aa bb cc dd ee").get("gopher.duplicate_6_grams")).isZero();
    assertThat(measure("gopher_repetition", "each word is here once").get("gopher.top_2_gram")).isZero();
  }

  @Test
  void gopherRepetition_textTwice_isDroppedAndShowsWhere() {
    Verdict verdict = RuleSteps.step("gopher_repetition").apply(Documents.prose("d", PROSE + "\n" + PROSE));
    assertThat(verdict).isInstanceOf(Verdict.Dropped.class);
    Verdict.Dropped dropped = (Verdict.Dropped) verdict;
    assertThat(dropped.reason()).isEqualTo("duplicate lines");
    assertThat(dropped.detail()).isEqualTo("gopher.duplicate_lines is 0.5000, more than 0.3000");
    assertThat(dropped.spans()).isEqualTo(List.of(new Span(PROSE.length() + 1, 2 * PROSE.length() + 1)));
    assertThat(verdict("gopher_repetition", PROSE)).isEqualTo("kept");
  }

  @Test
  void gopherRepetition_duplicateNGrams_showTheCopy() {
    String phrase = "seven words that come again and again";
    String text = phrase + " while " + phrase;
    Verdict verdict = RuleSteps.step("gopher_repetition: {max_top_grams: [1, 1, 1]}").apply(Documents.prose("d", text));
    assertThat(verdict).isInstanceOf(Verdict.Dropped.class);
    Span span = ((Verdict.Dropped) verdict).spans().getFirst();
    assertThat(text.substring(span.from(), span.to())).isEqualTo("seven words that come again");
  }

  @Test
  void c4_lines_areTakenByTheTable() {
    String lines =
        String.join("\n", "This line is kept because it ends well.", "This one is not", "Too short.", "Please enable JavaScript to see this page.",
            "We use cookies to make this site better.", "Well done, said he.[12]", "And so on and on...", "a".repeat(1001) + " is a long word.",
            "“Curly quotes end a line as well.”", "Is this the last line of all?", "It is, but for this one!");
    assertThat(text("c4", lines))
        .isEqualTo(
            "This line is kept because it ends well.\nWell done, said he.\n“Curly quotes end a line as well.”\nIs this the last line of all?\n"
                + "It is, but for this one!");
    assertThat(text("c4: {clean: false}", lines)).isEqualTo(lines);
    assertThat(measure("c4", lines)).containsEntry("c4.sentences", 5.0).containsEntry("c4.lines_left", 5 / 11.0);
  }

  @Test
  void c4_phrasesAndBrackets_dropOnlyInLinesThatAreLeft() {
    String five = "One is here now. Two are here now. Three are here now. Four are here now. Five are here now.";
    assertThat(verdict("c4", five)).isEqualTo("kept");
    assertThat(verdict("c4", five + "\nIt says LOREM Ipsum here.")).isEqualTo("lorem ipsum");
    assertThat(verdict("c4", five + "\nIt has a { in it.")).isEqualTo("curly bracket");
    assertThat(verdict("c4", five + "\nif (x) {\nlorem ipsum dolor")).isEqualTo("kept");
    assertThat(verdict("c4", "Mr. J. Smith met Dr. Who at 3.14 p.m. in May. That is two.")).isEqualTo("few sentences");
  }

  @Test
  void sentences_abbreviationsAndQuotes_areNoEnds() {
    assertThat(Sentences.count("Mr. J. Smith met Dr. Who at 3.14 today.", 0, 39)).isOne();
    String text = "“Is it?” he said. \"Yes!\" Then nothing";
    assertThat(Sentences.count(text, 0, text.length())).isEqualTo(3);
    assertThat(Sentences.count("...", 0, 3)).isOne();
    assertThat(Sentences.count("--", 0, 2)).isZero();
    assertThat(Sentences.count("Cited. ", 0, 7)).isOne();
  }

  @Test
  void fineweb_lists_areDropped() {
    assertThat(verdict("fineweb", PROSE)).isEqualTo("kept");
    assertThat(verdict("fineweb", "Home\nNews\nSports\nAbout\n")).isEqualTo("few punctuated lines");
    assertThat(verdict("fineweb", "Home now.\nNews now.\nSports now.\nAbout now.\n")).isEqualTo("short lines");
    assertThat(verdict("fineweb: {max_short_lines: 1}", "Home now.\nNews now.\nNews now.\nAbout now.\n")).isEqualTo("duplicate lines");
    assertThat(verdict("fineweb: {max_short_lines: 1}", "Home now.\nNews now.\nSports now.\nAbout now.\n")).isEqualTo("list");
    Map<String, Double> measures = measure("fineweb", "\n\nOne of these is long enough, it says.\nshort\n\nshort\n");
    assertThat(measures.get("fineweb.punctuated_lines")).isEqualTo(1 / 3.0, EXACT);
    assertThat(measures.get("fineweb.short_lines")).isEqualTo(2 / 3.0, EXACT);
    assertThat(measures.get("fineweb.line_breaks_per_word")).isEqualTo(3 / 10.0, EXACT);
  }
}
