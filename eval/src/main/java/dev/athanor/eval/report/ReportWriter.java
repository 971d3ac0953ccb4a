package dev.athanor.eval.report;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import java.nio.file.Path;

/// Writes a run's report for people (`report.html`, `report.md`) and for machines (`report.json`), all three from the one
/// record. Each file is there whole or not at all.
public final class ReportWriter {
  public static final String HTML = "report.html";
  public static final String MARKDOWN = "report.md";
  public static final String JSON = "report.json";

  private ReportWriter() {}

  /// Writes the three files into `runDir`, in place of older ones.
  public static void write(Path runDir, RunReport report) {
    Outline outline = Outline.of(report);
    AtomicFile.writeString(runDir.resolve(JSON), Json.pretty(ReportJson.of(report)));
    AtomicFile.writeString(runDir.resolve(MARKDOWN), MarkdownPage.of(outline));
    AtomicFile.writeString(runDir.resolve(HTML), HtmlPage.of(outline, "run report"));
  }
}
