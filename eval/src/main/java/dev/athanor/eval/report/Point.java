package dev.athanor.eval.report;

/// A value at a training step; NaN or infinite values are gaps.
public record Point(double step, double value) {}
