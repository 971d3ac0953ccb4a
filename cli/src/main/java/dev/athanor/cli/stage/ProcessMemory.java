package dev.athanor.cli.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// What a piece of work added to this process's resident memory at its worst moment, as Linux counts it. Elsewhere nothing is known.
final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path CLEAR = Path.of("/proc/self/clear_refs");
  /// "Reset the peak to what is resident now."
  private static final String PEAK = "5";

  private final OptionalLong before;

  private ProcessMemory(OptionalLong before) {
    this.before = before;
  }

  /// Begins to measure. Two measurements at a time disturb each other.
  static ProcessMemory begin() {
    try {
      if (Files.isWritable(CLEAR)) {
        Files.writeString(CLEAR, PEAK);
        return new ProcessMemory(field("VmRSS:"));
      }
    } catch (IOException e) {
      // Not allowed here: nothing is known.
    }
    return new ProcessMemory(OptionalLong.empty());
  }

  /// In bytes, the garbage of Java's heap included.
  OptionalLong added() {
    OptionalLong peak = field("VmHWM:");
    return before.isPresent() && peak.isPresent()
        ? OptionalLong.of(Math.max(0, peak.getAsLong() - before.getAsLong()))
        : OptionalLong.empty();
  }

  private static OptionalLong field(String name) {
    try (Stream<String> lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith(name))
          .mapToLong(line -> Long.parseLong(line.substring(name.length()).strip().replace(" kB", "")) * 1024)
          .findFirst();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }
}
