package dev.athanor.data.step;

import dev.athanor.base.recipe.Default;
import dev.athanor.data.flow.OpenStep;
import dev.athanor.data.quality.Profile;
import dev.athanor.data.quality.ProfileFilter;
import dev.athanor.data.quality.RuleFilter;
import java.util.List;

/// Judges each document by the rules of its language: English by Gopher, C4 and FineWeb at once, Chinese and code by rules of their own. Documents in
/// other languages are kept unjudged. Run `language` before, or prose is told by its letters alone.
///
/// @param profile of all documents; `auto`: by each one's language
/// @param c4 as in FineWeb, lines may end as they like, and none is taken away
public record QualityStep(
    @Default("auto") Profile profile,
    @Default("{}") GopherQualityStep gopherQuality,
    @Default("{}") GopherRepetitionStep gopherRepetition,
    @Default("{clean: false, terminal_punctuation: false}") C4Step c4,
    @Default("{}") FinewebStep fineweb,
    @Default("{}") ChineseQualityStep chinese,
    @Default("{}") CodeQualityStep code)
    implements Step {
  public QualityStep {
    if (c4.clean()) {
      throw new IllegalArgumentException("c4 must say clean: false here, where documents are judged only; the step c4 takes lines away");
    }
  }

  private ProfileFilter filter() {
    return new ProfileFilter(
        profile,
        RuleFilter.ofWords(List.of(gopherRepetition.rules(), gopherQuality.rules(), c4.rules(), fineweb.rules())),
        chinese.filter(),
        code.filter());
  }

  @Override
  public OpenStep open(StepContext context) {
    return filter();
  }

  @Override
  public String version(StepContext context) {
    return filter().version();
  }
}
