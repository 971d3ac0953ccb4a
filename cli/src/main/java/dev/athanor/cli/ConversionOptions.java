package dev.athanor.cli;

import dev.athanor.base.UserException;
import dev.athanor.cli.model.ByteSize;
import dev.athanor.cli.model.Checkpoint;
import dev.athanor.cli.model.Conversion;
import dev.athanor.cli.model.OutputPlace;
import dev.athanor.cli.model.WeightDType;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DType;
import dev.athanor.model.gguf.GgmlType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// From where to where, and how.
final class ConversionOptions {
  @Parameters(index = "0", paramLabel = "<in>", description = "a model's folder or a .gguf file")
  @Nullable Path in;

  @Parameters(
      index = "1",
      paramLabel = "<out>",
      description = "the folder to write, or a file that ends in .gguf")
  @Nullable Path out;

  @Option(
      names = "--dtype",
      paramLabel = "<dtype>",
      converter = WeightDType.class,
      description = "of a folder's weights: f32, bf16 or f16 (default: as they are stored)")
  @Nullable DType dtype;

  @Option(
      names = "--type",
      paramLabel = "<type>",
      description = "of a GGUF file's matrices: q8_0, q4_0, f16, bf16 or f32 (default: f16)")
  @Nullable String type;

  @Option(
      names = "--shard-size",
      paramLabel = "<size>",
      converter = ByteSize.Converter.class,
      description = "a folder with more weights has several files (default: 5GB)")
  @Nullable ByteSize shardSize;

  @Option(names = "--without-tokenizer", description = "leave the tokenizer out, to or from GGUF")
  boolean withoutTokenizer;

  @Option(names = "--force", description = "replace a checkpoint that is there")
  boolean force;

  Path in() {
    return Objects.requireNonNull(in, "picocli requires it");
  }

  Path out() {
    return Objects.requireNonNull(out, "picocli requires it");
  }

  /// @throws UserException telling all that does not go together
  Conversion conversion() {
    boolean gguf = Checkpoint.isGguf(out());
    List<String> problems = new ArrayList<>();
    if (gguf && dtype != null) {
      problems.add("--dtype is of folders; a GGUF file takes --type");
    }
    if (gguf && shardSize != null) {
      problems.add("--shard-size is of folders; a GGUF file is one");
    }
    if (!gguf && type != null) {
      problems.add("--type is of GGUF files, whose names end in .gguf; a folder takes --dtype");
    }
    if (!gguf && !Checkpoint.isGguf(in()) && withoutTokenizer) {
      problems.add("--without-tokenizer goes with GGUF; from folder to folder all files are copied");
    }
    Optional<GgmlType> found = ggmlType(problems);
    if (!problems.isEmpty()) {
      throw new UserException(String.join("; ", problems));
    }
    OutputPlace.require(out(), force, List.of(in()));
    return gguf
        ? new Conversion.ToGguf(found.orElse(GgmlType.F16), !withoutTokenizer)
        : new Conversion.ToFolder(
            Optional.ofNullable(dtype),
            shardSize == null ? CheckpointDir.SHARD_BYTES : shardSize.bytes(),
            !withoutTokenizer);
  }

  private Optional<GgmlType> ggmlType(List<String> problems) {
    if (type == null) {
      return Optional.empty();
    }
    String name = type.toUpperCase(Locale.ROOT);
    List<GgmlType> writable = Arrays.stream(GgmlType.values()).filter(GgmlType::writable).toList();
    Optional<GgmlType> found = writable.stream().filter(each -> each.name().equals(name)).findFirst();
    if (found.isEmpty()) {
      problems.add(
          "--type: '%s' is none of %s"
              .formatted(
                  type,
                  writable.stream().map(each -> each.name().toLowerCase(Locale.ROOT)).collect(Collectors.joining(", "))));
    }
    return found;
  }
}
