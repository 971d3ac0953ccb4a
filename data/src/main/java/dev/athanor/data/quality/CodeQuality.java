package dev.athanor.data.quality;

import dev.athanor.data.CommentSyntax;
import dev.athanor.data.flow.Bound;
import dev.athanor.data.flow.Span;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Rules for source code, after The Stack and StarCoder (Kocetkov et al. 2022, arXiv 2211.15533; Li et al. 2023, arXiv 2305.06161, 3;
/// Lozhkov et al. 2024, arXiv 2402.19173, 3).
///
/// | measure | kept | published |
/// |---|---|---|
/// | `code.mean_line_length`, `code.max_line_length` | ≤ 100, 1,000 | the same |
/// | `markup.mean_line_length`, `markup.max_line_length` of HTML, XML, JSON, SQL, CSS, YAML | ≤ 300, 10,000 | left out or judged by hand |
/// | `code.alphanumeric`, letters and digits among the characters | ≥ 0.25 | the same |
/// | `code.comments`, the share in comments | ≤ 0.8 | the same (Python, Java, JavaScript) |
/// | `code.data`, the share in lines with digits and without a word; not of JSON, XML, YAML, SQL, TOML, properties | ≤ 0.5 | ours |
/// | `code.encoded`, the share in runs of at least 64 letters and digits that look like base64 or hexadecimal | ≤ 0.5 | the same, by another pattern |
/// | `code.longest_encoded` | ≤ 1,024 | the same |
/// | `code.visible_text` of HTML, the share outside tags, scripts and styles | ≥ 0.2 | the same |
///
/// Files that say that they are generated are dropped by the step `generated`. Line lengths of prose (Markdown) are not judged.
public record CodeQuality(
    double maxMeanLineLength,
    int maxLineLength,
    double maxMarkupMeanLineLength,
    int maxMarkupLineLength,
    double minAlphanumeric,
    double maxComments,
    double maxData,
    double maxEncoded,
    int maxLongestEncoded,
    double minVisibleText)
    implements Rules<CodeStatistics> {
  private static final Set<String> MARKUP = Set.of("html", "xml", "json", "sql", "css", "yaml");
  private static final Set<String> DATA = Set.of("json", "xml", "yaml", "sql", "toml", "properties", "csv");

  @Override
  public String version() {
    return "code-quality-1";
  }

  @Override
  public List<Bound> bounds() {
    return List.of(
        Bound.atMost("code.mean_line_length", maxMeanLineLength, "long lines"),
        Bound.atMost("code.max_line_length", maxLineLength, "long line"),
        Bound.atMost("markup.mean_line_length", maxMarkupMeanLineLength, "long lines"),
        Bound.atMost("markup.max_line_length", maxMarkupLineLength, "long line"),
        Bound.atLeast("code.alphanumeric", minAlphanumeric, "few letters and digits"),
        Bound.atMost("code.comments", maxComments, "comments only"),
        Bound.atMost("code.data", maxData, "data"),
        Bound.atMost("code.encoded", maxEncoded, "encoded data"),
        Bound.atMost("code.longest_encoded", maxLongestEncoded, "encoded data"),
        Bound.atLeast("code.visible_text", minVisibleText, "little visible text"));
  }

  @Override
  public void measure(CodeStatistics code, Map<String, Double> measures) {
    double characters = (double) Math.max(1, code.characters());
    boolean markup = MARKUP.contains(code.language());
    boolean prose = !markup && CommentSyntax.of(code.language()) == CommentSyntax.PROSE;
    if (!prose) {
      String kind = markup ? "markup" : "code";
      measures.put(kind + ".mean_line_length", code.characters() / (double) Math.max(1, code.lines()));
      measures.put(kind + ".max_line_length", (double) code.maxLine());
      measures.put("code.comments", Math.min(1, code.comments() / characters));
    }
    measures.put("code.alphanumeric", code.alphanumeric() / characters);
    if (!DATA.contains(code.language())) {
      measures.put("code.data", code.data() / characters);
    }
    measures.put("code.encoded", code.encoded() / characters);
    measures.put("code.longest_encoded", (double) code.longestEncoded());
    if (code.language().equals("html")) {
      measures.put("code.visible_text", code.visible() / characters);
    }
  }

  @Override
  public List<Span> where(CodeStatistics code, Bound broken) {
    return switch (broken.measure()) {
      case "code.max_line_length", "markup.max_line_length", "code.mean_line_length", "markup.mean_line_length" ->
          List.of(code.longestLine());
      case "code.data" -> code.dataLines();
      case "code.encoded", "code.longest_encoded" -> code.encodedRuns();
      default -> List.of();
    };
  }
}
