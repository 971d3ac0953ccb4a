package dev.athanor.cli;

import dev.athanor.base.Progress;
import dev.athanor.cli.stage.Life;
import dev.athanor.cli.stage.Registries;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "run",
    description = "Live the whole life of a model: collect, curate, tokenizer, pretrain, sft, evaluate, report, release.",
    footer = {
      "",
      "Finished stages are reused, an interrupted one goes on from its last checkpoint: run the same command again.",
      "",
      "Examples:",
      "  athanor run recipes/quickstart.yaml",
      "  athanor run recipes/quickstart.yaml --set pretrain.budget=2m --run-dir runs/trial",
      "  athanor run recipes/smoke.yaml"
    })
final class RunCommand implements Callable<Integer> {
  @Parameters(paramLabel = "<recipe>", description = "the recipe, a YAML file")
  @Nullable Path recipe;

  @Option(names = "--run-dir", paramLabel = "<dir>", description = "where the run lives (default: runs/<recipe's name>)")
  @Nullable Path runDir;

  @Option(names = "--set", paramLabel = "<key>=<value>", description = "overrides a key, such as pretrain.budget=30s; may be repeated")
  List<String> overrides = new ArrayList<>();

  private final Terminal terminal;

  RunCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Path file = Objects.requireNonNull(recipe, "picocli requires it");
    Progress progress = terminal.progress();
    Thread worker = Thread.currentThread();
    CountDownLatch ended = new CountDownLatch(1);
    AtomicBoolean stopping = new AtomicBoolean();
    Thread onCtrlC =
        new Thread(
            () -> {
              stopping.set(true);
              stop(worker, ended);
            },
            "stop");
    Runtime.getRuntime().addShutdownHook(onCtrlC);
    try {
      Life.Outcome outcome = new Life(file, overrides, runDir, Registries::open, progress).live();
      terminal.out().println(outcome.summary());
      return 0;
    } catch (InterruptedException e) {
      terminal.err().println("interrupted: " + e.getMessage() + "; the same command goes on from here");
      return Athanor.INTERRUPTED;
    } catch (RuntimeException e) {
      if (!stopping.get()) {
        throw e;
      }
      // Files that were being read or written when the interruption came say so in their own ways.
      terminal.err().println("interrupted; the same command goes on from here");
      return Athanor.INTERRUPTED;
    } finally {
      ended.countDown();
      forget(onCtrlC);
    }
  }

  /// Gives the stage under way the time to write a checkpoint.
  private static void stop(Thread worker, CountDownLatch ended) {
    worker.interrupt();
    try {
      // Not a join: the worker ends by asking for the exit that is already under way, and never returns from there.
      if (!ended.await(60, TimeUnit.SECONDS)) {
        System.err.println("the stage did not stop in a minute; it will go on from its last checkpoint");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is going down already: the hook itself brought us here.
      return;
    }
  }
}
