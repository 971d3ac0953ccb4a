package dev.athanor.data.step;

import dev.athanor.base.recipe.Default;
import dev.athanor.data.flow.DocumentStep;
import dev.athanor.data.flow.OpenStep;
import dev.athanor.data.flow.Verdict;
import dev.athanor.data.language.SourceLanguages;
import dev.athanor.data.text.ChineseScript;
import dev.athanor.data.text.Normaliser;
import dev.athanor.data.text.Width;

/// Brings a text into one form, see `Normaliser`.
///
/// @param mojibake repairs what was decoded wrongly, where that surely is so
/// @param width `half`: full-width letters and digits become ASCII
/// @param chinese `simplified` or `traditional`: converts into that script
/// @param maxBlankLines in a row
public record NormaliseStep(
    @Default("true") boolean mojibake,
    @Default("keep") Width width,
    @Default("keep") ChineseScript chinese,
    @Default("2") int maxBlankLines)
    implements Step {
  public NormaliseStep {
    Checks.notNegative("max_blank_lines", maxBlankLines);
  }

  @Override
  public OpenStep open(StepContext context) {
    var normaliser = new Normaliser(mojibake, width, chinese, maxBlankLines);
    DocumentStep step =
        document ->
            new Verdict.Kept(document.withText(normaliser.apply(document.text(), SourceLanguages.isCode(document.language()))));
    return step;
  }

  @Override
  public String version(StepContext context) {
    return "1";
  }
}
