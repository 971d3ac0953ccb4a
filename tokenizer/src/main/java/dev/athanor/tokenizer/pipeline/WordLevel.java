package dev.athanor.tokenizer.pipeline;

import dev.athanor.base.UserException;

/// Every piece is a token or unknown.
final class WordLevel implements Model {
  private final Place place;
  private final Vocabulary vocabulary;
  private final int unknown;

  WordLevel(Place place) {
    this.place = place;
    vocabulary = Vocabulary.at(place.at("vocab"));
    unknown = vocabulary.id(place.at("unk_token").optionalText().orElse("<unk>"));
  }

  @Override
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  @Override
  public void encode(String piece, Sink sink) {
    int id = vocabulary.id(piece);
    if (id < 0 && unknown < 0) {
      throw new UserException(place.file() + ": model.unk_token is no token of the vocabulary, and neither is '" + piece + "'");
    }
    sink.token(id < 0 ? unknown : id, 0, piece.length());
  }
}
