package dev.athanor.tokenizer.pipeline;

import java.util.function.Consumer;

/// SentencePiece's spaces: each is written as a visible character, with which words begin.
record Metaspace(String replacement, Prepend prepend, boolean split) implements PreTokenizer {
  /// Where a replacement is put before a piece that does not begin with one.
  enum Prepend {
    ALWAYS,
    /// Before the piece with which the text begins.
    FIRST,
    NEVER
  }

  static Metaspace at(Place place) {
    return new Metaspace(
        Character.toString(PreTokenizers.character(place.at("replacement"))), prependAt(place), place.flag("split", true));
  }

  /// Newer files say `prepend_scheme`, older ones `add_prefix_space`.
  static Prepend prependAt(Place place) {
    Place scheme = place.at("prepend_scheme");
    boolean prefix = place.flag("add_prefix_space", true);
    if (scheme.isUnset()) {
      return prefix ? Prepend.ALWAYS : Prepend.NEVER;
    }
    return switch (scheme.text()) {
      case "always" -> Prepend.ALWAYS;
      case "first" -> Prepend.FIRST;
      case "never" -> Prepend.NEVER;
      default -> throw scheme.bad("'" + scheme.text() + "' is not supported; supported: always, first, never");
    };
  }

  @Override
  public void cut(Text piece, Consumer<Text> out) {
    if (replacement.length() == 1) {
      piece.replaceSameLength(piece.string().replace(' ', replacement.charAt(0)));
    } else {
      Normalizers.replace(piece, Finder.of(" "), replacement);
    }
    boolean wanted =
        switch (prepend) {
          case ALWAYS -> true;
          case FIRST -> piece.isFirst();
          case NEVER -> false;
        };
    if (wanted && !piece.string().startsWith(replacement)) {
      piece.prepend(replacement);
    }
    if (split) {
      PreTokenizers.split(Finder.of(replacement), SplitBehavior.MERGED_WITH_NEXT).cut(piece, out);
    } else {
      out.accept(piece);
    }
  }
}
