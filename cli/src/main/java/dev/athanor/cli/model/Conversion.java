package dev.athanor.cli.model;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.cli.model.ParityGate.Rounding;
import dev.athanor.model.CheckpointCopy;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.CheckpointWriter;
import dev.athanor.model.DType;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.EncoderDecoderSpec;
import dev.athanor.model.EncoderSpec;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.TensorSource;
import dev.athanor.model.VisionLanguageSpec;
import dev.athanor.model.VisionSpec;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSpec;
import dev.athanor.model.families.Families;
import dev.athanor.model.families.Family;
import dev.athanor.model.gguf.GgmlType;
import dev.athanor.model.gguf.GgufModel;
import dev.athanor.tokenizer.Tokenizer;
import dev.athanor.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A model from one layout, dtype or number of files to another. Weights go from file to file one after the other.
public sealed interface Conversion {
  /// Makes the file or folder at `to`, where nothing is yet.
  void write(Checkpoint from, Path to, Progress progress) throws IOException;

  /// What it does to the numbers of this model.
  Rounding rounding(Checkpoint from);

  /// To a folder in the published layout.
  ///
  /// @param dtype of the weights; where it is empty, as they are stored, or F32 where they are of several types or quantized
  /// @param withTokenizer a GGUF file's tokenizer is written too
  record ToFolder(Optional<DType> dtype, long shardBytes, boolean withTokenizer) implements Conversion {
    @Override
    public void write(Checkpoint from, Path to, Progress progress) throws IOException {
      switch (from) {
        case Checkpoint.Folder(var dir) when dir.isQuantized() ->
            widened(from, to, progress, folder -> copyTokenizer(dir.path(), folder));
        case Checkpoint.Folder(var dir) -> {
          CheckpointCopy copy = new CheckpointCopy(dir, dtype, shardBytes);
          try (Progress.Task task = progress.start("write", copy.bytes(), "B")) {
            copy.fill(to, task::advance);
          }
        }
        case Checkpoint.Gguf _ -> {
          // Read before anything is written: it may be of a kind that is not supported.
          Optional<Tokenizer> tokenizer = withTokenizer ? from.tokenizer() : Optional.empty();
          widened(from, to, progress, folder -> tokenizer.ifPresent(known -> Tokenizers.save(known, folder)));
        }
      }
    }

    private static void copyTokenizer(Path from, Path to) throws IOException {
      if (Tokenizers.isIn(from)) {
        TokenizerFiles.of(from).copyTo(to);
      }
    }

    /// As numbers, in the layout of the first family that holds the spec; of a folder, of its own.
    private void widened(Checkpoint from, Path to, Progress progress, CheckpointDir.MoreFiles more) throws IOException {
      DType stored = target(from);
      Family family = from instanceof Checkpoint.Folder(var dir) ? dir.family() : Families.of(from.spec());
      Map<String, TensorSource> weights = new LinkedHashMap<>();
      try (Progress.Task task = progress.start("write", from.spec().parameters() * stored.bytes(), "B")) {
        for (WeightSpec weight : WeightNames.weights(from.spec())) {
          String name = weight.name();
          weights.put(
              name,
              TensorSource.loaded(stored, weight.shape(), () -> from.tensor(name).as(stored, name)).counted(task::advance));
        }
        new CheckpointWriter(family, from.spec(), from.special(), shardBytes).fill(to, weights, more);
      }
    }

    private DType target(Checkpoint from) {
      Set<Optional<DType>> stored = from.dtypes();
      return dtype.or(() -> stored.size() == 1 ? stored.iterator().next() : Optional.empty()).orElse(DType.F32);
    }

    @Override
    public Rounding rounding(Checkpoint from) {
      return switch (from) {
        case Checkpoint.Folder(var dir) when dir.isQuantized() -> Conversion.of(target(from));
        case Checkpoint.Folder(var dir) -> {
          boolean rounds = new CheckpointCopy(dir, dtype, shardBytes).rounds();
          yield rounds ? Conversion.of(dtype.orElseThrow()) : Rounding.NONE;
        }
        case Checkpoint.Gguf _ -> from.dtypes().equals(Set.of(Optional.of(target(from)))) ? Rounding.NONE : Conversion.of(target(from));
      };
    }
  }

  /// To one GGUF file.
  ///
  /// @param type of the matrices
  record ToGguf(GgmlType type, boolean withTokenizer) implements Conversion {
    @Override
    public void write(Checkpoint from, Path to, Progress progress) {
      DecoderSpec spec = decoder(from.spec());
      Optional<Tokenizer> tokenizer = withTokenizer ? from.tokenizer() : Optional.empty();
      try (Progress.Task task = progress.start("write", WeightNames.weights(spec).size(), "weights")) {
        GgufModel.write(
            to,
            spec,
            from.special(),
            tokenizer,
            name -> {
              task.advance(1);
              return from.tensor(name);
            },
            type);
      }
    }

    private static DecoderSpec decoder(ModelSpec spec) {
      return switch (spec) {
        case DecoderSpec decoder -> decoder;
        case EncoderSpec _, EncoderDecoderSpec _, VisionSpec _, VisionLanguageSpec _ ->
            throw new UserException("GGUF files of Athanor hold decoders; this model is of kind '" + spec.kind() + "'");
      };
    }

    @Override
    public Rounding rounding(Checkpoint from) {
      return switch (type) {
        case F16 -> from.dtypes().equals(Set.of(Optional.of(DType.F16))) ? Rounding.NONE : Rounding.F16;
        case BF16 -> from.dtypes().equals(Set.of(Optional.of(DType.BF16))) ? Rounding.NONE : Rounding.BF16;
        case Q8_0 -> Rounding.Q8_0;
        case Q4_0 -> Rounding.Q4_0;
        // F32; the others are not written.
        case F32, F64, I8, I16, I32, I64, Q4_1, Q5_0, Q5_1, Q8_1, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, Q8_K -> Rounding.NONE;
        case IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS, IQ3_S, IQ4_NL, IQ4_XS, TQ1_0, TQ2_0, MXFP4 -> Rounding.NONE;
      };
    }
  }

  private static Rounding of(DType dtype) {
    return switch (dtype) {
      case F16 -> Rounding.F16;
      case BF16 -> Rounding.BF16;
      case F32, F64, I64, I32, I16, I8, U8, BOOL -> Rounding.NONE;
    };
  }
}
