package dev.athanor.bench;

import dev.athanor.base.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;

/// Runs a benchmark's command line: exit status 2 and no trace for a user's mistake.
final class Benchmark {
  private Benchmark() {}

  static int run(Callable<Integer> command, String[] args) {
    CommandLine line = new CommandLine(command);
    line.setExecutionExceptionHandler(
        (thrown, parsed, _) -> {
          if (thrown instanceof UserException) {
            parsed.getErr().println(thrown.getMessage());
            return 2;
          }
          throw thrown;
        });
    return line.execute(args);
  }

  interface InFolder {
    void run(Path folder) throws Exception;
  }

  /// Work in a temporary folder that is gone afterwards.
  static void inTemporaryFolder(InFolder work) throws Exception {
    Path folder = Files.createTempDirectory("athanor-bench");
    try {
      work.run(folder);
    } finally {
      delete(folder);
    }
  }

  private static void delete(Path folder) throws IOException {
    List<Path> deepestFirst;
    try (Stream<Path> all = Files.walk(folder)) {
      deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : deepestFirst) {
      Files.delete(path);
    }
  }
}
