package dev.athanor.data.dedup;

import dev.athanor.data.Document;
import dev.athanor.data.flow.CorpusStep;
import dev.athanor.data.flow.Verdict;
import java.nio.file.Path;

/// Carries out `CopyDecisions`: drops documents that are copies; cuts smaller units that are, and drops a document when less than one
/// such unit is left of it.
///
/// @param reason of drops
/// @param detail what a dropped document is told of the one that stays
record CopyJudge(Decisions decisions, Unit unit, int minLength, String reason, Detail detail) implements CorpusStep.Judge {
  /// Says how a dropped document is related to the one that stays.
  @FunctionalInterface
  interface Detail {
    String of(String id, float likeness);
  }

  CopyJudge(Path path, Unit unit, int minLength, String reason, Detail detail) {
    this(new Decisions(path), unit, minLength, reason, detail);
  }

  @Override
  public Verdict apply(long number, Document document) {
    long place = decisions.firstOf(number);
    if (!decisions.isOf(number, place)) {
      return new Verdict.Kept(document);
    }
    if (unit == Unit.DOCUMENT) {
      long what = decisions.whatAt(place);
      float likeness = Float.intBitsToFloat((int) (what >>> 32));
      return new Verdict.Dropped(reason, detail.of(decisions.text(what & 0xffffffffL), likeness));
    }
    return cut(number, place, document);
  }

  private Verdict cut(long number, long place, Document document) {
    var next =
        new Object() {
          long place;
          int cut;
        };
    next.place = place;
    Document left =
        unit.without(
            document,
            minLength,
            piece -> {
              boolean goes = decisions.isOf(number, next.place) && decisions.whatAt(next.place) == piece;
              if (goes) {
                next.place++;
                next.cut++;
              }
              return goes;
            });
    if (Unit.visible(left.text(), 0, left.text().length()) < minLength) {
      String units = next.cut + " " + unit.name().toLowerCase(java.util.Locale.ROOT) + (next.cut == 1 ? "" : "s");
      return new Verdict.Dropped(reason, units + " that stood before, and little else");
    }
    return new Verdict.Kept(left);
  }
}
