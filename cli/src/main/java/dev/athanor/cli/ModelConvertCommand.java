package dev.athanor.cli;

import dev.athanor.base.AtomicPath;
import dev.athanor.cli.model.Checkpoint;
import dev.athanor.cli.model.Conversion;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "convert",
    description = "Write a checkpoint anew: another dtype, other shards, from folder to GGUF file or back.",
    footer = {
      "",
      "From folder to folder the configuration, the tensors' names and the files beside them stay as they are.",
      "",
      "Examples:",
      "  athanor model convert models/full models/half --dtype bf16",
      "  athanor model convert models/full models/shards --shard-size 500MB",
      "  athanor model convert models/full full.gguf --type q8_0",
      "  athanor model convert full.gguf models/back --dtype f16"
    })
final class ModelConvertCommand implements Callable<Integer> {
  @Mixin ConversionOptions options = new ConversionOptions();

  private final Terminal terminal;

  ModelConvertCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Conversion conversion = options.conversion();
    try (Checkpoint from = Checkpoint.open(options.in())) {
      AtomicPath.write(options.out(), beside -> conversion.write(from, beside, terminal.progress()));
    }
    terminal.out().println("wrote " + options.out());
    return 0;
  }
}
