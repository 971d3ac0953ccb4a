package dev.athanor.cli;

import dev.athanor.base.AtomicPath;
import dev.athanor.base.Progress;
import dev.athanor.cli.model.Amounts;
import dev.athanor.cli.model.ByteSize;
import dev.athanor.cli.model.OutputPlace;
import dev.athanor.cli.model.WeightDType;
import dev.athanor.model.CheckpointCopy;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DType;
import dev.athanor.model.adapter.LoraAdapter;
import dev.athanor.model.adapter.MergedAdapter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "merge",
    description = "Merge an adapter into its base: a checkpoint with the sum of both.",
    footer = {
      "",
      "The configuration, the tensors' names and the files beside them are the base's. Sums are rounded to the dtype of the",
      "weights; a base in 16 bits loses the least as f32.",
      "",
      "Examples:",
      "  athanor model merge models/base adapters/sql --output models/sql",
      "  athanor model merge models/base adapters/sql --output models/sql --dtype f32"
    })
final class ModelMergeCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "<base>", description = "the folder of the model that the adapter was trained over")
  @Nullable Path base;

  @Parameters(index = "1", paramLabel = "<adapter>", description = "the adapter's folder, in the PEFT layout")
  @Nullable Path adapter;

  @Option(names = "--output", required = true, paramLabel = "<folder>", description = "the folder to write")
  @Nullable Path output;

  @Option(
      names = "--dtype",
      paramLabel = "<dtype>",
      converter = WeightDType.class,
      description = "of the weights: f32, bf16 or f16 (default: as they are stored)")
  @Nullable DType dtype;

  @Option(
      names = "--shard-size",
      paramLabel = "<size>",
      converter = ByteSize.Converter.class,
      description = "a folder with more weights has several files (default: 5GB)")
  @Nullable ByteSize shardSize;

  @Option(names = "--force", description = "replace a checkpoint that is there")
  boolean force;

  private final Terminal terminal;

  ModelMergeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Path from = Objects.requireNonNull(base, "picocli requires it");
    Path lora = Objects.requireNonNull(adapter, "picocli requires it");
    Path to = Objects.requireNonNull(output, "picocli requires it");
    OutputPlace.require(to, force, List.of(from, lora));
    try (CheckpointDir checkpoint = CheckpointDir.open(from)) {
      LoraAdapter opened = LoraAdapter.open(lora, checkpoint.family(), checkpoint.spec());
      long shard = shardSize == null ? CheckpointDir.SHARD_BYTES : shardSize.bytes();
      CheckpointCopy copy = MergedAdapter.of(checkpoint, opened, Optional.ofNullable(dtype), shard);
      AtomicPath.write(
          to,
          beside -> {
            try (Progress.Task task = terminal.progress().start("write", copy.bytes(), "B")) {
              copy.fill(beside, task::advance);
            }
          });
      terminal
          .out()
          .println(
              "wrote " + to + ": " + opened.changes().size() + " matrices changed by " + Amounts.count(opened.parameters()) + " parameters");
    }
    return 0;
  }
}
