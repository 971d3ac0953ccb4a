package dev.athanor.tokenizer.sentencepiece;

import dev.athanor.base.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// What a SentencePiece `tokenizer.model` states (`ModelProto` of https://github.com/google/sentencepiece, sentencepiece_model.proto).
///
/// @param pieces by id
public record SentencePieceModel(Kind kind, List<Piece> pieces, Normalization normalization, boolean byteFallback, Roles roles) {
  /// How text is cut into pieces.
  public enum Kind {
    UNIGRAM,
    BPE,
    CHAR
  }

  /// What a piece is for.
  public enum Type {
    NORMAL,
    UNKNOWN,
    CONTROL,
    USER_DEFINED,
    UNUSED,
    BYTE
  }

  /// @param text a space in it is `▁`
  public record Piece(String text, float score, Type type) {}

  /// What is done to text first.
  ///
  /// @param charsmap compiled rules; empty for none
  /// @param dummyPrefix puts a space before a text
  /// @param removeExtraSpaces takes spaces off both ends and all but one of several
  public record Normalization(byte[] charsmap, boolean dummyPrefix, boolean removeExtraSpaces) {}

  /// Ids with a meaning.
  public record Roles(OptionalInt bos, OptionalInt eos, OptionalInt pad) {}

  public SentencePieceModel {
    pieces = List.copyOf(pieces);
  }

  /// The id of the piece that stands for what no piece covers.
  OptionalInt unknown() {
    for (int id = 0; id < pieces.size(); id++) {
      if (pieces.get(id).type() == Type.UNKNOWN) {
        return OptionalInt.of(id);
      }
    }
    return OptionalInt.empty();
  }

  /// @param where for messages
  /// @throws UserException for what is no such model, or one that is not supported
  public static SentencePieceModel read(byte[] bytes, String where) {
    return new Reader(where).read(new Protobuf(bytes, where));
  }

  private static final class Reader {
    private final String where;
    private final List<Piece> pieces = new ArrayList<>();
    private Kind kind = Kind.UNIGRAM;
    private boolean byteFallback;
    private byte[] charsmap = new byte[0];
    private boolean dummyPrefix = true;
    private boolean removeExtraSpaces = true;
    private int bos = 1;
    private int eos = 2;
    private int pad = -1;

    Reader(String where) {
      this.where = where;
    }

    SentencePieceModel read(Protobuf model) {
      for (int field = model.next(); field != 0; field = model.next()) {
        switch (field) {
          case 1 -> pieces.add(piece(model.message()));
          case 2 -> trainer(model.message());
          case 3 -> normalizer(model.message());
          default -> {}
        }
      }
      if (pieces.isEmpty()) {
        throw new UserException(where + ": no SentencePiece model: it holds no pieces");
      }
      return new SentencePieceModel(
          kind,
          pieces,
          new Normalization(charsmap, dummyPrefix, removeExtraSpaces),
          byteFallback,
          new Roles(role(bos), role(eos), role(pad)));
    }

    private Piece piece(Protobuf message) {
      String text = "";
      float score = 0;
      int type = 1;
      for (int field = message.next(); field != 0; field = message.next()) {
        switch (field) {
          case 1 -> text = message.text();
          case 2 -> score = message.real();
          case 3 -> type = message.whole();
          default -> {}
        }
      }
      if (text.isEmpty()) {
        throw new UserException(where + ": no SentencePiece model, or a damaged one: piece " + pieces.size() + " is empty");
      }
      return new Piece(text, score, type(type));
    }

    private Type type(int number) {
      return switch (number) {
        case 1 -> Type.NORMAL;
        case 2 -> Type.UNKNOWN;
        case 3 -> Type.CONTROL;
        case 4 -> Type.USER_DEFINED;
        case 5 -> Type.UNUSED;
        case 6 -> Type.BYTE;
        default -> throw new UserException(where + ": piece " + pieces.size() + " has the type " + number + "; there are 1 to 6");
      };
    }

    private void trainer(Protobuf message) {
      for (int field = message.next(); field != 0; field = message.next()) {
        switch (field) {
          case 3 -> kind = kind(message.whole());
          case 24 -> refuse(message.flag(), "treat_whitespace_as_suffix", "a space before words");
          case 35 -> byteFallback = message.flag();
          case 41 -> bos = message.whole();
          case 42 -> eos = message.whole();
          case 43 -> pad = message.whole();
          default -> {}
        }
      }
    }

    private Kind kind(int number) {
      return switch (number) {
        case 1 -> Kind.UNIGRAM;
        case 2 -> Kind.BPE;
        case 4 -> Kind.CHAR;
        default ->
            throw new UserException(
                where + ": its model_type is " + (number == 3 ? "WORD" : number) + ", which is not supported; supported: UNIGRAM, BPE, CHAR");
      };
    }

    private void normalizer(Protobuf message) {
      for (int field = message.next(); field != 0; field = message.next()) {
        switch (field) {
          case 2 -> charsmap = message.bytes();
          case 3 -> dummyPrefix = message.flag();
          case 4 -> removeExtraSpaces = message.flag();
          case 5 -> refuse(!message.flag(), "escape_whitespaces = false", "spaces written as ▁");
          default -> {}
        }
      }
    }

    private void refuse(boolean unsupported, String what, String supported) {
      if (unsupported) {
        throw new UserException(where + ": " + what + " is not supported; supported: " + supported);
      }
    }

    private OptionalInt role(int id) {
      boolean there = id >= 0 && id < pieces.size() && pieces.get(id).type() == Type.CONTROL;
      return there ? OptionalInt.of(id) : OptionalInt.empty();
    }
  }
}
