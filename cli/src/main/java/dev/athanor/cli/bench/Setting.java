package dev.athanor.cli.bench;

/// What was measured and on what: with every figure.
///
/// @param model as the user named it
/// @param parameters 0 where it is a server's
/// @param weights how the matrices are kept; "stored" for as they are stored
/// @param head how the vocabulary's are
/// @param readGBs read bandwidth of the memory with as many threads, measured in the same run; NaN where it was not
public record Setting(
    String athanor,
    String model,
    long parameters,
    String weights,
    String head,
    String kv,
    int threads,
    String java,
    String machine,
    double readGBs) {}
