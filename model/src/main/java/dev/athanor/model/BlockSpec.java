package dev.athanor.model;

/// One block: what mixes positions, then what transforms each by itself.
public record BlockSpec(Mixer mixer, FeedForward feedForward) {}
