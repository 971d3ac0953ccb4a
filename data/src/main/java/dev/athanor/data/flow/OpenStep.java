package dev.athanor.data.flow;

/// A step at work: its word lists, models and tables are in memory.
public sealed interface OpenStep permits DocumentStep, CorpusStep {}
