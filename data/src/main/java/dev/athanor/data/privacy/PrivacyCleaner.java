package dev.athanor.data.privacy;

import dev.athanor.data.Document;
import dev.athanor.data.flow.DocumentStep;
import dev.athanor.data.flow.Verdict;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// Replaces what a scanner finds, counts it in the metadata (`pii.email` = "3"), and drops documents that are mostly that. Nothing outside
/// of findings changes.
public final class PrivacyCleaner implements DocumentStep {
  /// Before the kind in metadata.
  public static final String METADATA = "pii.";

  private final PrivacyScanner scanner;
  private final PrivacyActions actions;
  private final PrivacyLimit limit;
  private final Pseudonyms pseudonyms;

  /// @param key of pseudonyms; not empty
  /// @param regions as the scanner's, in which pseudonyms must not be telephone numbers
  public PrivacyCleaner(PrivacyScanner scanner, PrivacyActions actions, PrivacyLimit limit, byte[] key, List<String> regions) {
    this.scanner = scanner;
    this.actions = actions;
    this.limit = limit;
    pseudonyms = new Pseudonyms(key, regions);
  }

  @Override
  public Verdict apply(Document document) {
    String text = document.text();
    List<Finding> findings = scanner.find(text);
    if (findings.isEmpty()) {
      return new Verdict.Kept(document);
    }
    var counts = new EnumMap<PiiKind, Integer>(PiiKind.class);
    findings.forEach(finding -> counts.merge(finding.kind(), 1, Integer::sum));
    Map<String, Integer> noted = counts.entrySet().stream().collect(Collectors.toMap(kind -> kind.getKey().key(), Map.Entry::getValue));
    double share = findings.stream().mapToInt(Finding::length).sum() / (double) text.length();
    if (findings.size() > limit.findings() || share > limit.share()) {
      return new Verdict.Dropped("personal data", detail(counts, findings.size(), share), findings.stream().map(Finding::span).toList(), noted);
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    counts.forEach((kind, count) -> metadata.put(METADATA + kind.key(), String.valueOf(count)));
    return new Verdict.Kept(document.withText(replaced(text, findings)).with(metadata), noted);
  }

  private static String detail(Map<PiiKind, Integer> counts, int findings, double share) {
    String kinds = counts.entrySet().stream().map(kind -> kind.getValue() + " " + kind.getKey().key()).collect(Collectors.joining(", "));
    return String.format(Locale.ROOT, "%d findings (%s), %.1f %% of the text", findings, kinds, 100 * share);
  }

  private String replaced(String text, List<Finding> findings) {
    var replaced = new StringBuilder(text.length() + 64);
    int at = 0;
    for (Finding finding : findings) {
      replaced.append(text, at, finding.span().from());
      String value = finding.in(text);
      replaced.append(
          switch (actions.of(finding.kind())) {
            case REMOVE -> "";
            case MASK -> finding.kind().tag();
            case MASK_FORMAT -> starred(value);
            case PSEUDONYM -> pseudonyms.of(finding.kind(), value);
            case KEEP, OFF -> value;
          });
      at = finding.span().to();
    }
    return replaced.append(text, at, text.length()).toString();
  }

  /// One star for each letter and digit, a supplementary one too.
  private static String starred(String value) {
    var starred = new StringBuilder(value.length());
    value.codePoints().forEach(c -> starred.appendCodePoint(Character.isLetterOrDigit(c) ? '*' : c));
    return starred.toString();
  }
}
