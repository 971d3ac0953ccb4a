package dev.athanor.data.quality;

import dev.athanor.data.flow.Bound;
import dev.athanor.data.flow.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The repetition rules of Gopher (Rae et al. 2021, arXiv 2112.11446, table A1), for English.
///
/// | measure, a share | kept | published |
/// |---|---|---|
/// | `gopher.duplicate_lines`, `gopher.duplicate_paragraphs` | ≤ 0.30 | the same |
/// | `gopher.duplicate_line_characters`, `gopher.duplicate_paragraph_characters` | ≤ 0.20 | the same |
/// | `gopher.top_2_gram`, `…_3_gram`, `…_4_gram`, of the characters | ≤ 0.20, 0.18, 0.16 | the same |
/// | `gopher.duplicate_5_grams` … `gopher.duplicate_10_grams`, of the characters | ≤ 0.15, 0.14, 0.13, 0.12, 0.11, 0.10 | the same |
///
/// Where implementations differ, ours: the first of equal lines is no duplicate (datatrove; Dolma and RedPajama count all); lines are
/// equal when their words are, and fences of listings ("```") are copies of none; the most frequent n-gram counts with the blanks
/// between its words, once for each time it stands, and not at all when it stands once (datatrove counts it then too, which matters
/// below 25 words); duplicate n-grams do not overlap (datatrove); shares are of all characters of the text.
///
/// @param maxTopGrams for n = 2, 3, 4
/// @param maxDuplicateGrams for n = 5 … 10
public record GopherRepetition(
    double maxDuplicateLines,
    double maxDuplicateParagraphs,
    double maxDuplicateLineCharacters,
    double maxDuplicateParagraphCharacters,
    List<Double> maxTopGrams,
    List<Double> maxDuplicateGrams)
    implements Rules<TextStatistics> {
  public static final int TOP_FROM = 2;
  public static final int DUPLICATE_FROM = 5;
  private static final String NAME = "gopher";

  public GopherRepetition {
    maxTopGrams = List.copyOf(maxTopGrams);
    maxDuplicateGrams = List.copyOf(maxDuplicateGrams);
  }

  @Override
  public String version() {
    return "gopher-repetition-2";
  }

  @Override
  public List<Bound> bounds() {
    var bounds = new ArrayList<>(lineBounds(NAME, maxDuplicateLines, maxDuplicateParagraphs, maxDuplicateLineCharacters,
        maxDuplicateParagraphCharacters));
    for (int i = 0; i < maxTopGrams.size(); i++) {
      bounds.add(Bound.atMost(NAME + ".top_" + (TOP_FROM + i) + "_gram", maxTopGrams.get(i), "frequent n-gram"));
    }
    for (int i = 0; i < maxDuplicateGrams.size(); i++) {
      bounds.add(Bound.atMost(NAME + ".duplicate_" + (DUPLICATE_FROM + i) + "_grams", maxDuplicateGrams.get(i), "duplicate n-grams"));
    }
    return bounds;
  }

  /// Of a profile's name, in the order in which they are judged.
  static List<Bound> lineBounds(String name, double lines, double paragraphs, double lineCharacters, double paragraphCharacters) {
    return List.of(
        Bound.atMost(name + ".duplicate_lines", lines, "duplicate lines"),
        Bound.atMost(name + ".duplicate_paragraphs", paragraphs, "duplicate paragraphs"),
        Bound.atMost(name + ".duplicate_line_characters", lineCharacters, "duplicate lines"),
        Bound.atMost(name + ".duplicate_paragraph_characters", paragraphCharacters, "duplicate paragraphs"));
  }

  static void measureLines(String name, Lines lines, double characters, Map<String, Double> measures) {
    Lines.Copies copies = lines.duplicateLines();
    measures.put(name + ".duplicate_lines", copies.share());
    measures.put(name + ".duplicate_line_characters", copies.characters() / characters);
    Lines.Copies paragraphs = lines.duplicateParagraphs();
    measures.put(name + ".duplicate_paragraphs", paragraphs.share());
    measures.put(name + ".duplicate_paragraph_characters", paragraphs.characters() / characters);
  }

  static List<Span> whereLines(String name, Lines lines, String measure) {
    if (measure.startsWith(name + ".duplicate_line")) {
      return lines.duplicateLineSpans();
    }
    return measure.startsWith(name + ".duplicate_paragraph") ? lines.duplicateParagraphSpans() : List.of();
  }

  @Override
  public void measure(TextStatistics text, Map<String, Double> measures) {
    double characters = (double) Math.max(1, text.characters());
    measureLines(NAME, text.lines(), characters, measures);
    Grams words = text.words();
    HashTable table = words.table();
    // An n-gram that is repeated holds repeated shorter ones: where there are none, nothing longer is looked for.
    boolean repeated = true;
    for (int i = 0; i < maxTopGrams.size(); i++) {
      int n = TOP_FROM + i;
      Grams.Top top = repeated ? words.top(n, table) : new Grams.Top(0, 0, 0);
      repeated = top.times() > 1;
      double share = repeated ? (double) top.times() * (top.characters() + n - 1) / characters : 0;
      measures.put(NAME + ".top_" + n + "_gram", share);
    }
    for (int i = 0; i < maxDuplicateGrams.size(); i++) {
      int n = DUPLICATE_FROM + i;
      long duplicated = repeated ? words.duplicated(n, table) : 0;
      repeated = duplicated > 0;
      measures.put(NAME + ".duplicate_" + n + "_grams", duplicated / characters);
    }
  }

  @Override
  public List<Span> where(TextStatistics text, Bound broken) {
    for (int i = 0; i < maxTopGrams.size(); i++) {
      if (broken.measure().equals(NAME + ".top_" + (TOP_FROM + i) + "_gram")) {
        return text.words().topSpans(TOP_FROM + i);
      }
    }
    for (int i = 0; i < maxDuplicateGrams.size(); i++) {
      if (broken.measure().equals(NAME + ".duplicate_" + (DUPLICATE_FROM + i) + "_grams")) {
        return text.words().duplicatedSpans(DUPLICATE_FROM + i);
      }
    }
    return whereLines(NAME, text.lines(), broken.measure());
  }
}
