package dev.athanor.data.step;

import dev.athanor.base.recipe.Default;
import dev.athanor.data.dedup.MinhashDuplicates;
import dev.athanor.data.dedup.Tokens;
import dev.athanor.data.dedup.Unit;
import dev.athanor.data.flow.OpenStep;

/// Keeps the first of documents that are nearly the same, by MinHash; or cuts paragraphs or lines that nearly stood before. A pair of
/// Jaccard similarity s is found with probability 1 − (1 − s^rows)^bands.
///
/// @param bands of the signature
/// @param rows of a band; at least 3, as of each value 16 bits are kept
/// @param shingle tokens in a row that are one element of a document's set
/// @param unit what a token is
/// @param minLength of a paragraph or line that may be cut, in code points without white space
/// @param verify the least estimated similarity at which a found pair counts; 0 where all found pairs do
public record MinhashStep(
    @Default("14") int bands,
    @Default("8") int rows,
    @Default("5") int shingle,
    @Default("auto") Tokens.Cut unit,
    @Default("document") Unit level,
    @Default("50") int minLength,
    @Default("0") double verify)
    implements Step {
  private static final int MOST_VALUES = 4096;

  public MinhashStep {
    Checks.require(bands >= 1, "bands must be at least 1, not " + bands);
    Checks.require(rows >= 3, "rows must be at least 3, not " + rows);
    Checks.require((long) bands * rows <= MOST_VALUES, "bands times rows must be at most " + MOST_VALUES + ", not " + (long) bands * rows);
    Checks.require(shingle >= 1 && shingle <= 100, "shingle must be from 1 to 100, not " + shingle);
    Checks.require(minLength >= 1, "min_length must be at least 1, not " + minLength);
    Checks.require(verify >= 0 && verify <= 1, "verify must be from 0 to 1, not " + verify);
  }

  @Override
  public OpenStep open(StepContext context) {
    var lsh = new MinhashDuplicates.Lsh(bands, rows);
    return new MinhashDuplicates(lsh, shingle, unit, level, minLength, verify, context.seed());
  }

  @Override
  public boolean needsCorpus() {
    return true;
  }

  @Override
  public String version(StepContext context) {
    return "1 seed " + context.seed();
  }
}
