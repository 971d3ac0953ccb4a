package dev.athanor.eval.report;

import dev.athanor.eval.report.RunReport.BitsPerByte;
import dev.athanor.eval.report.RunReport.Evaluate;
import dev.athanor.eval.report.RunReport.Sft;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One true sentence about the run, worked out from its figures. What the sentence compares are the figures as shown: two
/// that look the same are called level.
record Verdict(Tone tone, String sentence) {
  enum Tone {
    GOOD,
    BAD,
    PLAIN
  }

  /// A validation loss has risen when it ends this much above its lowest: less is noise.
  private static final double RISEN = 1.005;

  static final int BITS_DECIMALS = 3;

  static List<Verdict> of(RunReport report) {
    List<Verdict> verdicts = new ArrayList<>();
    if (report.evaluate() != null) {
      bitsPerByte(report.evaluate().bitsPerByte()).ifPresent(verdicts::add);
      parsed(report.evaluate()).ifPresent(verdicts::add);
    }
    if (report.sft() != null) {
      pairLoss(report.sft()).ifPresent(verdicts::add);
    }
    if (report.pretrain() != null) {
      overfitted(report.pretrain().curves().validationLoss()).ifPresent(verdicts::add);
    }
    if (report.curate() != null && Double.isFinite(report.curate().leakShare())) {
      String share = Figures.percent(report.curate().leakShare());
      verdicts.add(new Verdict(Tone.PLAIN, share + " of the held-out bytes stand word for word in train: on those, every score is partly memory."));
    }
    return List.copyOf(verdicts);
  }

  private static Optional<Verdict> bitsPerByte(BitsPerByte bits) {
    if (!Double.isFinite(bits.model())) {
      return Optional.empty();
    }
    String model = Figures.fixed(bits.model(), BITS_DECIMALS);
    List<String> parts = new ArrayList<>();
    boolean worse = false;
    boolean better = false;
    for (Fact baseline : List.of(baseline("xz −9", bits.xz()), baseline("the 5-gram", bits.ngram5()))) {
      if (Double.isFinite(baseline.number())) {
        boolean level = model.equals(baseline.text());
        boolean above = !level && bits.model() > baseline.number();
        worse |= level || above;
        better |= !level && !above;
        String relation = level ? "level with " : above ? "above " : "below ";
        parts.add(relation + baseline.label() + " (" + baseline.text() + ")");
      }
    }
    String sentence = "Held-out bits per byte " + model + ": " + joined(parts, better && worse) + ".";
    if (Double.isFinite(bits.mixture())) {
      sentence += " Mixed with the 5-gram it reaches " + Figures.fixed(bits.mixture(), BITS_DECIMALS) + ".";
    }
    return Optional.of(new Verdict(parts.isEmpty() ? Tone.PLAIN : worse ? Tone.BAD : Tone.GOOD, sentence));
  }

  private static Fact baseline(String name, double value) {
    return Fact.measure(name, value, BITS_DECIMALS, "");
  }

  private static String joined(List<String> parts, boolean contrast) {
    return parts.isEmpty() ? "no baseline was measured" : String.join(contrast ? " but " : " and ", parts);
  }

  private static Optional<Verdict> parsed(Evaluate evaluate) {
    return evaluate.methodsGenerated() == 0
        ? Optional.empty()
        : Optional.of(
            new Verdict(
                Tone.PLAIN,
                "The JDK's parser accepts " + Figures.count(evaluate.methodsAccepted()) + " of "
                    + Figures.count(evaluate.methodsGenerated()) + " generated methods (" + Figures.percent(evaluate.parseRate()) + ")."));
  }

  private static Optional<Verdict> pairLoss(Sft sft) {
    if (!Double.isFinite(sft.lossBefore()) || !Double.isFinite(sft.lossAfter())) {
      return Optional.empty();
    }
    String before = Figures.fixed(sft.lossBefore(), 3);
    String after = Figures.fixed(sft.lossAfter(), 3);
    boolean fell = sft.lossAfter() < sft.lossBefore() && !before.equals(after);
    String sentence =
        before.equals(after)
            ? "Fine-tuning left the loss on held-out pairs at " + after + "."
            : "Fine-tuning " + (fell ? "lowered" : "raised") + " the loss on held-out pairs from " + before + " to " + after + ".";
    return Optional.of(new Verdict(fell ? Tone.GOOD : Tone.BAD, sentence));
  }

  /// Where the validation loss was lowest, if it has risen from there; empty when it has not.
  static Optional<Point> overfitting(List<Point> validationLoss) {
    Curve curve = new Curve("validation", validationLoss);
    return curve.lowest().filter(low -> curve.last().orElseThrow().value() > low.value() * RISEN);
  }

  private static Optional<Verdict> overfitted(List<Point> validationLoss) {
    return overfitting(validationLoss)
        .map(
            lowest -> {
              double last = new Curve("validation", validationLoss).last().orElseThrow().value();
              String sentence =
                  "Overfitting since step " + Figures.significant(lowest.step(), 7) + ": pre-training's validation loss was "
                      + Figures.fixed(lowest.value(), 3) + " there and ended at " + Figures.fixed(last, 3) + ".";
              return new Verdict(Tone.BAD, sentence);
            });
  }
}
