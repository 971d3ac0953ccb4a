package dev.athanor.eval;

import java.util.Map;
import java.util.Optional;

/// All that was measured of a model, for the report and for machines. Written and read by `dev.athanor.base.Json`.
///
/// @param bitsPerByte keyed "model", "ngram5" (by its order), "mixture" (of both, where there was validation text to tune
///     it) and "xz"
/// @param mixtureWeight of the model in the mixture
/// @param pairLoss absent without held-out pairs
/// @param parseRate absent when no method was asked for
public record Evaluation(
    Map<String, BitsPerByte> bitsPerByte,
    Optional<Double> mixtureWeight,
    Optional<PairLoss> pairLoss,
    Optional<ParseRate> parseRate,
    Samples samples) {}
