package dev.athanor.data.step;

import dev.athanor.base.recipe.Default;
import dev.athanor.data.dedup.SimhashDuplicates;
import dev.athanor.data.dedup.Tokens;
import dev.athanor.data.dedup.Unit;
import dev.athanor.data.flow.OpenStep;

/// Keeps the first of documents whose fingerprints differ in few bits; or cuts paragraphs or lines likewise.
///
/// @param bits of a fingerprint
/// @param distance in how many of them copies may differ
/// @param shingle tokens in a row that are one feature
/// @param unit what a token is
/// @param minLength of a paragraph or line that may be cut, in code points without white space
public record SimhashStep(
    @Default("64") int bits,
    @Default("3") int distance,
    @Default("2") int shingle,
    @Default("auto") Tokens.Cut unit,
    @Default("document") Unit level,
    @Default("50") int minLength)
    implements Step {
  public SimhashStep {
    Checks.require(bits >= 16 && bits <= 64, "bits must be from 16 to 64, not " + bits);
    Checks.require(distance >= 0 && distance <= 7, "distance must be from 0 to 7, not " + distance);
    Checks.require(shingle >= 1 && shingle <= 100, "shingle must be from 1 to 100, not " + shingle);
    Checks.require(minLength >= 1, "min_length must be at least 1, not " + minLength);
  }

  @Override
  public OpenStep open(StepContext context) {
    return new SimhashDuplicates(bits, distance, shingle, unit, level, minLength);
  }

  @Override
  public boolean needsCorpus() {
    return true;
  }

  @Override
  public String version(StepContext context) {
    return "1";
  }
}
