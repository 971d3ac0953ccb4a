package dev.athanor.inference;

/// What an engine has done since it began, and what it holds.
///
/// @param preemptions times that a request gave its memory back to another and was read again
/// @param reusedTokens prompt tokens that were not computed, because an earlier request had computed them
/// @param draftedTokens tokens that were guessed
/// @param acceptedTokens guesses that were right
/// @param heldPages pages of keys and values that requests hold, of [PagePool#PAGE] positions
/// @param spilledPages pages that requests without memory have in the spill file
/// @param pages that there are at most
public record EngineStatistics(
    long preemptions, long reusedTokens, long draftedTokens, long acceptedTokens, int heldPages, int spilledPages, int pages) {}
