package dev.athanor.cli;

import dev.athanor.base.Json;
import dev.athanor.cli.model.Inspection;
import dev.athanor.cli.model.InspectionText;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "inspect",
    description = "Say what a checkpoint is: architecture, parameters, memory, tokenizer. Reads headers only.",
    footer = {
      "",
      "Examples:",
      "  athanor model inspect runs/quickstart/model",
      "  athanor model inspect models/qwen3/model-00001-of-00004.safetensors --tensors",
      "  athanor model inspect qwen3-q8_0.gguf --json"
    })
final class ModelInspectCommand implements Callable<Integer> {
  @Parameters(paramLabel = "<checkpoint>", description = "a model's folder, a .safetensors or a .gguf file")
  @Nullable Path checkpoint;

  @Option(names = "--tensors", description = "list every tensor: its name, what Athanor calls it, its shape and type")
  boolean tensors;

  @Option(names = "--verify", description = "compare a folder's checksums, which reads all of it")
  boolean verify;

  @Option(names = "--json", description = "print one JSON object")
  boolean json;

  private final Terminal terminal;

  ModelInspectCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Inspection found = Inspection.of(Objects.requireNonNull(checkpoint, "picocli requires it"), verify);
    if (json) {
      terminal.out().print(Json.pretty(tensors ? found : found.withoutTensors()));
    } else {
      InspectionText.of(found, tensors).forEach(terminal.out()::println);
    }
    return 0;
  }
}
