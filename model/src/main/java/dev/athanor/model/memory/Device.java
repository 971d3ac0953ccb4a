package dev.athanor.model.memory;

import java.util.List;

/// Where a model is to be: its memory, and what the program takes of it beside the model.
///
/// @param host a computer's own memory, in which LibTorch allocates with malloc
/// @param program on a host: the JVM and LibTorch as `bench/run TrainingPeak` measures them, rounded up; on a GPU an assumption for the
///     driver's context and the libraries
public record Device(String name, long bytes, boolean host, long program) {
  private static final long GIB = 1L << 30;
  private static final long GPU_PROGRAM = GIB;
  private static final long HOST_PROGRAM = GIB;

  /// Those that have a name, by the memory that their makers state.
  public static final List<Device> KNOWN =
      List.of(
          gpu("t4", 16),
          gpu("v100-32g", 32),
          gpu("a10", 24),
          gpu("l4", 24),
          gpu("l40s", 48),
          gpu("a100-40g", 40),
          gpu("a100-80g", 80),
          gpu("h100-80g", 80),
          gpu("h200", 141),
          gpu("b200", 192),
          gpu("mi300x", 192),
          gpu("rtx3060", 12),
          gpu("rtx3090", 24),
          gpu("rtx4060ti", 16),
          gpu("rtx4090", 24),
          gpu("rtx5090", 32));

  public Device {
    if (bytes < 1 || program < 0) {
      throw new IllegalArgumentException(name + " has " + bytes + " bytes, of which the program takes " + program);
    }
  }

  private static Device gpu(String name, long gib) {
    return new Device(name, gib * GIB, false, GPU_PROGRAM);
  }

  /// A computer with so much memory.
  public static Device host(String name, long bytes) {
    return new Device(name, bytes, true, HOST_PROGRAM);
  }

  /// What is left for a model.
  public long room() {
    return Math.max(0, bytes - program);
  }
}
