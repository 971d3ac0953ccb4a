package dev.athanor.nn;

import dev.athanor.model.DecoderSpec;
import dev.athanor.model.EncoderDecoderSpec;
import dev.athanor.model.EncoderSpec;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.VisionLanguageSpec;
import dev.athanor.model.VisionSpec;

/// A model over [Parameters] that it does not own: from a batch to hidden states, from which its head makes logits.
public sealed interface Network permits Decoder, Encoder, EncoderDecoder, VisionLanguage {
  static Network of(ModelSpec spec, Parameters parameters) {
    return switch (spec) {
      case DecoderSpec decoder -> new Decoder(decoder, parameters);
      case EncoderSpec encoder -> new Encoder(encoder, parameters);
      case EncoderDecoderSpec both -> new EncoderDecoder(both, parameters);
      case VisionLanguageSpec both -> new VisionLanguage(both, parameters);
      case VisionSpec _ -> throw new IllegalArgumentException("a vision tower alone predicts nothing");
    };
  }

  ModelSpec spec();

  Parameters parameters();

  /// How a forward pass is run for training.
  ///
  /// @param checkpointing keep each block's input only, and run it again in backward
  record Mode(Dropout dropout, boolean checkpointing) {
    public static final Mode PLAIN = new Mode(Dropout.NONE, false);
  }

  /// The hidden states of a batch, one for each of its `tokens()`.
  ///
  /// @throws IllegalArgumentException when the batch is of a kind that this network cannot read
  Hidden hidden(Batch batch, Mode mode);

  default Hidden hidden(Batch batch) {
    return hidden(batch, Mode.PLAIN);
  }

  OutputHead head();
}
