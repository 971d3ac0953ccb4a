package dev.athanor.train;

/// The training data as numbered micro-batches: a pure function of the number, so that a resumed run, or one on another number
/// of threads, sees the same data. Thread-safe.
@FunctionalInterface
public interface BatchSource {
  LabelledBatch microBatch(long index);
}
