package dev.athanor.model.gguf;

import dev.athanor.base.UserException;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.families.Athanor;
import dev.athanor.model.families.Bart;
import dev.athanor.model.families.Bert;
import dev.athanor.model.families.ClipVision;
import dev.athanor.model.families.Families;
import dev.athanor.model.families.Gemma2;
import dev.athanor.model.families.Gpt2;
import dev.athanor.model.families.Llama;
import dev.athanor.model.families.Llava;
import dev.athanor.model.families.Mamba;
import dev.athanor.model.families.Mamba2;
import dev.athanor.model.families.Mistral;
import dev.athanor.model.families.Mixtral;
import dev.athanor.model.families.Qwen2;
import dev.athanor.model.families.Qwen3;
import dev.athanor.model.families.Qwen3Moe;
import dev.athanor.model.families.Roberta;
import dev.athanor.model.families.T5;
import dev.athanor.model.families.XlmRoberta;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What llama.cpp calls an architecture (`general.architecture`): which decoders it can run, and how a file's keys state them.
/// What it computes follows from its graphs, https://github.com/ggml-org/llama.cpp/tree/master/src/models.
sealed interface GgufArchitecture permits GgufRotated, GgufGpt2, GgufStateSpace {
  List<GgufArchitecture> ALL =
      List.of(
          GgufRotated.LLAMA,
          GgufRotated.QWEN2,
          GgufRotated.QWEN3,
          GgufRotated.QWEN3_MOE,
          GgufRotated.GEMMA2,
          new GgufGpt2(),
          GgufStateSpace.MAMBA,
          GgufStateSpace.MAMBA2);

  String name();

  /// The spec that a file states.
  ///
  /// @throws UserException naming the key that is missing or not supported
  DecoderSpec spec(GgufKeys keys);

  /// Why llama.cpp would not compute what this spec says; empty where it does.
  Optional<String> misfit(DecoderSpec spec);

  /// Puts the keys that state a spec which fits.
  void put(DecoderSpec spec, Map<String, GgufValue> metadata);

  /// Whether queries and keys lie in pairs that rotate together.
  boolean interleaved();

  /// Whether files hold a tied head once more, for readers that look for it.
  boolean headTwice();

  /// @throws UserException when it is none of these
  static GgufArchitecture of(GgufFile file) {
    String key = "general.architecture";
    String name = file.text(key).orElseThrow(() -> file.missing(key));
    return ALL.stream()
        .filter(architecture -> architecture.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new UserException(
                    "%s holds a model of the architecture '%s', which is not supported; supported: %s"
                        .formatted(file.path(), name, names())));
  }

  private static String names() {
    return ALL.stream().map(GgufArchitecture::name).collect(Collectors.joining(", "));
  }

  /// @throws UserException when llama.cpp has none that computes what the spec says; says why
  static GgufArchitecture of(DecoderSpec spec) {
    GgufArchitecture architecture =
        switch (Families.of(spec)) {
          case Llama _, Mistral _, Mixtral _ -> GgufRotated.LLAMA;
          case Qwen2 _ -> GgufRotated.QWEN2;
          case Qwen3 _ -> GgufRotated.QWEN3;
          case Qwen3Moe _ -> GgufRotated.QWEN3_MOE;
          case Gemma2 _ -> GgufRotated.GEMMA2;
          case Gpt2 _ -> new GgufGpt2();
          case Mamba _ -> GgufStateSpace.MAMBA;
          case Mamba2 _ -> GgufStateSpace.MAMBA2;
          case Athanor _ ->
              throw new UserException("GGUF has no architecture for this decoder, only for those of published families");
          case Bert _, Roberta _, XlmRoberta _, T5 _, Bart _, ClipVision _, Llava _ ->
              throw new IllegalStateException("no decoder: " + spec);
        };
    architecture
        .misfit(spec)
        .ifPresent(
            why -> {
              throw new UserException(
                  "GGUF's architecture '%s' cannot state this model: %s".formatted(architecture.name(), why));
            });
    return architecture;
  }
}
