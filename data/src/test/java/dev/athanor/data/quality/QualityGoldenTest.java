package dev.athanor.data.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.athanor.base.Json;
import dev.athanor.base.Sha256;
import dev.athanor.data.Document;
import dev.athanor.data.Documents;
import dev.athanor.data.flow.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Against datatrove's filters, see bench/peers/golden_quality.py. Where ours differ by definition, the test says so.
class QualityGoldenTest {
  private static final Path FILE = Path.of("../../shared/data/llamafactory/c4_demo.jsonl");
  private static final Pattern OTHER_SYMBOLS = Pattern.compile("(?U)(?<!\\S)[\\p{S}\\p{P}\\p{M}&&[^\\p{ASCII}–—…“”‘’]]+(?!\\S)");
  private static final Pattern OTHER_BULLETS = Pattern.compile("(?m)^[ \\t]*[–*‣⁃◦▪▫●○■□◆◇·➢➤▶►]");
  private static final List<String> FAMILIES = List.of("gopher_quality", "gopher_repetition", "fineweb");

  /// @param measures by name
  /// @param c4 "cleaned": hash of the text that is left, or "dropped": why
  /// @param kept by family
  record Golden(String text, Map<String, Double> measures, Map<String, String> c4, Map<String, Boolean> kept) {}

  private static Map<String, Golden> goldens(String part) {
    try (InputStream in = QualityGoldenTest.class.getResourceAsStream("/golden/quality.json")) {
      var tree = Json.read(new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8), GoldenFile.class);
      return part.equals("own") ? tree.own() : tree.file();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  record GoldenFile(Map<String, Golden> own, Map<String, Golden> file) {}

  private static Map<String, Double> ours(String text) {
    var measures = new TreeMap<String, Double>();
    FAMILIES.forEach(family -> measures.putAll(RuleSteps.measure(family, text)));
    return measures;
  }

  /// Blank lines are no lines of ours, which concerns shares of lines.
  private static boolean compares(String measure, String text) {
    // A word such as "→" or "•" names something there.
    if (Set.of("gopher.words", "gopher.mean_word_length").contains(measure) && OTHER_SYMBOLS.matcher(text).find()) {
      return false;
    }
    if (measure.equals("gopher.bullet_lines") && OTHER_BULLETS.matcher(text).find()) {
      return false;
    }
    return !(text.contains("\n\n") && Set.of("gopher.bullet_lines", "gopher.ellipsis_lines").contains(measure));
  }

  private static void compare(String name, String text, Golden golden) {
    Map<String, Double> ours = ours(text);
    golden.measures().forEach((measure, value) -> {
      if (compares(measure, text)) {
        assertThat(ours.get(measure)).as(name + " " + measure).isEqualTo(value, within(2e-6));
      }
    });
    for (String family : FAMILIES) {
      if (family.equals("gopher_repetition") && golden.measures().getOrDefault("gopher.words", 0.0) < 25) {
        // datatrove counts an n-gram that stands once as repeated, which is much of so short a text.
        continue;
      }
      boolean kept = RuleSteps.verdict(family, text).equals("kept");
      assertThat(kept).as(name + " " + family).isEqualTo(golden.kept().get(family));
    }
    String cleaned = golden.c4().get("cleaned");
    Verdict c4 = RuleSteps.step("c4: {min_sentences: 0}").apply(Documents.prose("d", text));
    switch (c4) {
      case Verdict.Kept(Document document, _) ->
          assertThat(Sha256.of(document.text())).as(name + " c4").isEqualTo(cleaned);
      case Verdict.Dropped dropped -> assertThat(dropped.reason().replace(' ', '_')).as(name + " c4").isEqualTo(golden.c4().get("dropped"));
    }
  }

  @Test
  void rules_ownTexts_measureAndDecideAsDatatrove() {
    Map<String, Golden> goldens = goldens("own");
    assertThat(goldens).hasSizeGreaterThan(10);
    goldens.forEach((name, golden) -> compare(name, golden.text(), golden));
  }

  @Test
  void rules_pagesOfC4_measureAndDecideAsDatatrove() throws IOException {
    assumeTrue(Files.exists(FILE), "no " + FILE + ": the pages of C4 are not there");
    Map<String, Golden> goldens = goldens("file");
    var compared = new ArrayList<String>();
    for (String line : Files.readAllLines(FILE)) {
      String text = Json.tree(line).get("text").asString();
      String hash = Sha256.of(text);
      Golden golden = goldens.get(hash);
      if (golden != null) {
        compare(hash, text, golden);
        compared.add(hash);
      }
    }
    assertThat(compared).hasSameSizeAs(goldens.keySet());
  }
}
