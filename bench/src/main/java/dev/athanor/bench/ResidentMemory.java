package dev.athanor.bench;

import dev.athanor.base.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// What Linux says of this process's memory, in bytes.
final class ResidentMemory {
  private static final Path STATUS = Path.of("/proc/self/status");

  private ResidentMemory() {}

  /// The most that was ever resident.
  static long peak() {
    return field("VmHWM:");
  }

  /// What is resident and no file's.
  static long anonymous() {
    return field("RssAnon:");
  }

  private static long field(String name) {
    try (Stream<String> lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith(name))
          .mapToLong(line -> Long.parseLong(line.substring(name.length()).strip().replace(" kB", "")) * 1024)
          .findFirst()
          .orElseThrow(() -> new UserException(STATUS + " has no " + name));
    } catch (IOException e) {
      throw new UserException("memory is measured on Linux only: cannot read " + STATUS, e);
    }
  }
}
