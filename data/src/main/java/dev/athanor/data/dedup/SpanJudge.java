package dev.athanor.data.dedup;

import dev.athanor.data.Document;
import dev.athanor.data.flow.CorpusStep;
import dev.athanor.data.flow.Span;
import dev.athanor.data.flow.Verdict;
import java.util.ArrayList;
import java.util.List;

/// Cuts spans out of documents; drops those of which nothing is left.
record SpanJudge(Decisions decisions, Snap snap) implements CorpusStep.Judge {
  private static final String REASON = "repeated text";

  @Override
  public Verdict apply(long number, Document document) {
    long place = decisions.firstOf(number);
    if (!decisions.isOf(number, place)) {
      return new Verdict.Kept(document);
    }
    String text = document.text();
    List<Span> spans = new ArrayList<>();
    for (; decisions.isOf(number, place); place++) {
      long what = decisions.whatAt(place);
      Span span = snap.within(text, (int) (what >>> 32), (int) what);
      if (span.to() > span.from()) {
        spans.add(span);
      }
    }
    return spans.isEmpty() ? new Verdict.Kept(document) : without(document, spans);
  }

  private static Verdict without(Document document, List<Span> spans) {
    String text = document.text();
    var kept = new StringBuilder(text.length());
    int done = 0;
    for (Span span : spans) {
      kept.append(text, done, span.from());
      done = span.to();
    }
    kept.append(text, done, text.length());
    String left = kept.toString();
    return Unit.visible(left, 0, left.length()) == 0
        ? new Verdict.Dropped(REASON, "all of it stood before", spans)
        : new Verdict.Kept(document.withText(left));
  }
}
