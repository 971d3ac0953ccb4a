package dev.athanor.cli.stage;

import dev.athanor.model.CheckpointDir;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.SpecialTokens;
import dev.athanor.model.StoredTensor;
import dev.athanor.nn.Parameters;
import dev.athanor.tokenizer.BpeTokenizer;
import dev.athanor.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/// Trained weights to a model folder in the published layout.
final class SavedModel {
  private SavedModel() {}

  static void write(
      Path dir, ModelSpec spec, SpecialTokens special, Parameters parameters, BpeTokenizer tokenizer) {
    SequencedMap<String, StoredTensor> weights = new LinkedHashMap<>();
    parameters.byName().forEach((name, tensor) -> weights.put(name, StoredTensor.of(tensor.floats(), tensor.shape())));
    CheckpointDir.write(dir, spec, special, weights, folder -> Tokenizers.save(tokenizer, folder));
  }

  /// Of a decoder: the end of a text and the end of a turn both end generation.
  static SpecialTokens special(BpeTokenizer tokenizer) {
    return SpecialTokens.endingWith(
        IntStream.concat(
                IntStream.of(tokenizer.endOfText()), IntStream.of(tokenizer.chatTemplate().stopIds()))
            .distinct()
            .toArray());
  }
}
