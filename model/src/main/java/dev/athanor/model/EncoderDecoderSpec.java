package dev.athanor.model;

/// An encoder reads the source, a decoder writes the target and attends to what the encoder made of the source. Both use the
/// same token embedding.
///
/// @param contextLength the longest source, and the longest target, in tokens
/// @param embedding of sources and of targets; tables of positions and norms are each side's own
/// @param decoderStart the token before a target's first
public record EncoderDecoderSpec(
    int vocabSize, int contextLength, Embedding embedding, Stack encoder, Stack decoder, Head head, int decoderStart)
    implements ModelSpec {
  public EncoderDecoderSpec {
    Facts.require(vocabSize > 0, "vocabSize must be positive");
    Facts.require(contextLength > 0, "contextLength must be positive");
    Facts.require(!encoder.causal() && encoder.cross().isEmpty(), "the encoder's blocks see the whole source");
    Facts.require(decoder.causal() && decoder.cross().isPresent(), "the decoder's blocks are causal and attend to the source");
    Facts.require(encoder.hiddenSize() == decoder.hiddenSize(), "encoder and decoder share a hidden size");
    Facts.require(decoderStart >= 0 && decoderStart < vocabSize, "the decoder starts with a token of the vocabulary");
  }

  @Override
  public int hiddenSize() {
    return encoder.hiddenSize();
  }
}
