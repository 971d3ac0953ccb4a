/// The run report. `RunReport` holds every figure; `Outline` puts them in reading order once; `HtmlPage`, `MarkdownPage`
/// and `ReportJson` only render, so the three files cannot disagree.
@NullMarked
package dev.athanor.eval.report;

import org.jspecify.annotations.NullMarked;
