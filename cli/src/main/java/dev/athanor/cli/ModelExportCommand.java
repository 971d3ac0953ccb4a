package dev.athanor.cli;

import dev.athanor.base.AtomicPath;
import dev.athanor.cli.model.Checkpoint;
import dev.athanor.cli.model.Conversion;
import dev.athanor.cli.model.Drift;
import dev.athanor.cli.model.Outputs;
import dev.athanor.cli.model.ParityGate;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "export",
    description = {
      "Convert a checkpoint, then read what was written and hold its outputs against the original's, on random inputs."
          + " A copy that does not say the same is removed.",
    },
    footer = {
      "",
      "Examples:",
      "  athanor model export runs/quickstart/model release --dtype bf16",
      "  athanor model export runs/quickstart/model release.gguf --type q8_0 --tolerance 0.02"
    })
final class ModelExportCommand implements Callable<Integer> {
  @Mixin ConversionOptions options = new ConversionOptions();

  @Option(
      names = "--tolerance",
      paramLabel = "<x>",
      description = {
        "the largest difference that is let pass (default: 1e-5); where numbers are rounded, the root mean square of the"
            + " differences over that of the outputs (default: f16 0.05, bf16 and q8_0 0.25, q4_0 0.8)",
      })
  @Nullable Double tolerance;

  @Option(
      names = "--seed",
      paramLabel = "<n>",
      defaultValue = "1",
      description = "of the random inputs (default: ${DEFAULT-VALUE})")
  long seed;

  private final Terminal terminal;

  ModelExportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Conversion conversion = options.conversion();
    boolean folders = !Checkpoint.isGguf(options.in()) && !Checkpoint.isGguf(options.out());
    ParityGate gate =
        new ParityGate(tolerance == null ? OptionalDouble.empty() : OptionalDouble.of(tolerance), seed, folders);
    try (Checkpoint from = Checkpoint.open(options.in())) {
      Outputs before = gate.outputs(from);
      AtomicPath.write(
          options.out(),
          beside -> {
            conversion.write(from, beside, terminal.progress());
            Drift drift = check(gate, before, beside, conversion.rounding(from));
            terminal.out().println("parity: " + drift.text());
          });
    }
    terminal.out().println("wrote " + options.out());
    return 0;
  }

  private Drift check(ParityGate gate, Outputs before, Path written, ParityGate.Rounding rounding) {
    try (Checkpoint copy =
        Checkpoint.isGguf(options.out()) ? Checkpoint.openGguf(written) : Checkpoint.open(written)) {
      return gate.check(before, copy, rounding);
    }
  }
}
