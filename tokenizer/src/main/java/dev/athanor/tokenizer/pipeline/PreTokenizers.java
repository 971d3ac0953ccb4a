package dev.athanor.tokenizer.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// The pre-tokenizers of a `tokenizer.json`.
final class PreTokenizers {
  private static final String SUPPORTED =
      "Sequence, ByteLevel, Split, Digits, Whitespace, WhitespaceSplit, BertPreTokenizer, Metaspace, Punctuation,"
          + " CharDelimiterSplit, UnicodeScripts, FixedLength";

  private PreTokenizers() {}

  static PreTokenizer read(Place place) {
    if (place.isUnset()) {
      return (piece, out) -> out.accept(piece);
    }
    return switch (place.type()) {
      case "Sequence" -> sequence(place.at("pretokenizers").items().stream().map(PreTokenizers::read).toList());
      case "ByteLevel" -> byteLevel(place.flag("add_prefix_space", true), place.flag("use_regex", true));
      case "Split" -> {
        Finder pattern = Normalizers.finder(place.at("pattern"));
        yield split(place.flag("invert", false) ? pattern.inverted() : pattern, SplitBehavior.at(place.at("behavior")));
      }
      case "Digits" ->
          split(
              Finder.of(Kinds::isNumeric),
              place.flag("individual_digits", false) ? SplitBehavior.ISOLATED : SplitBehavior.CONTIGUOUS);
      case "Whitespace" -> split(PreTokenizers::words, SplitBehavior.REMOVED);
      case "WhitespaceSplit" -> split(Finder.of(Kinds::isWhiteSpace), SplitBehavior.REMOVED);
      case "BertPreTokenizer" ->
          sequence(
              List.of(
                  split(Finder.of(Kinds::isWhiteSpace), SplitBehavior.REMOVED),
                  split(Finder.of(Kinds::isPunctuation), SplitBehavior.ISOLATED)));
      case "Metaspace" -> Metaspace.at(place);
      case "Punctuation" ->
          split(
              Finder.of(Kinds::isPunctuation),
              place.at("behavior").isUnset() ? SplitBehavior.ISOLATED : SplitBehavior.at(place.at("behavior")));
      case "CharDelimiterSplit" -> {
        int delimiter = character(place.at("delimiter"));
        yield split(Finder.of((int c) -> c == delimiter), SplitBehavior.REMOVED);
      }
      case "UnicodeScripts" -> PreTokenizers::cutAtScripts;
      case "FixedLength" -> {
        Place length = place.at("length");
        int most = length.isUnset() ? 5 : length.number(1, Integer.MAX_VALUE);
        yield (piece, out) -> cutAtLength(piece, most, out);
      }
      default -> throw place.unsupported(SUPPORTED);
    };
  }

  /// A text of one character.
  static int character(Place place) {
    String text = place.text();
    if (text.codePointCount(0, text.length()) != 1) {
      throw place.bad("is not one character: '" + text + "'");
    }
    return text.codePointAt(0);
  }

  private static PreTokenizer sequence(List<PreTokenizer> steps) {
    return (piece, out) -> {
      List<Text> pieces = List.of(piece);
      for (int i = 0; i < steps.size(); i++) {
        boolean last = i + 1 == steps.size();
        List<Text> next = new ArrayList<>();
        Consumer<Text> taken = last ? out : t -> add(t, next);
        for (Text one : pieces) {
          steps.get(i).cut(one, taken);
        }
        pieces = next;
      }
      if (steps.isEmpty()) {
        out.accept(piece);
      }
    };
  }

  private static void add(Text piece, List<Text> pieces) {
    if (!piece.isEmpty()) {
      pieces.add(piece);
    }
  }

  static PreTokenizer split(Finder finder, SplitBehavior behavior) {
    return (piece, out) -> cut(piece, behavior.pieces(finder.find(piece.string())), out);
  }

  private static void cut(Text piece, Parts parts, Consumer<Text> out) {
    for (int i = 0; i < parts.size(); i++) {
      if (parts.isMatch(i) && parts.end(i) > parts.start(i)) {
        out.accept(piece.slice(parts.start(i), parts.end(i)));
      }
    }
  }

  private static PreTokenizer byteLevel(boolean prefixSpace, boolean useRegex) {
    Finder words = Finder.of(Oniguruma.compile(ByteLevel.REGEX));
    PreTokenizer cut = useRegex ? split(words, SplitBehavior.ISOLATED) : (piece, out) -> out.accept(piece);
    return (piece, out) -> {
      if (prefixSpace && !piece.string().startsWith(" ")) {
        piece.prepend(" ");
      }
      cut.cut(
          piece,
          part -> {
            ByteLevel.spell(part);
            out.accept(part);
          });
    };
  }

  /// Runs of word characters and runs of what is neither word nor white space count as what lies between matches.
  private static Parts words(String text) {
    Parts parts = new Parts();
    for (int at = 0; at < text.length(); ) {
      int kind = wordKind(text.codePointAt(at));
      int end = at;
      while (end < text.length() && wordKind(text.codePointAt(end)) == kind) {
        end += Text.width(text, end);
      }
      parts.add(end, kind == 0);
      at = end;
    }
    return parts;
  }

  private static int wordKind(int c) {
    if (Kinds.isWord(c)) {
      return 1;
    }
    return Kinds.isWhiteSpace(c) ? 0 : 2;
  }

  private static void cutAtLength(Text piece, int most, Consumer<Text> out) {
    String text = piece.string();
    for (int start = 0; start < text.length(); ) {
      int end = start;
      for (int i = 0; i < most && end < text.length(); i++) {
        end += Text.width(text, end);
      }
      out.accept(piece.slice(start, end));
      start = end;
    }
  }

  private static void cutAtScripts(Text piece, Consumer<Text> out) {
    String text = piece.string();
    int start = -1;
    int last = Scripts.NONE;
    for (int at = 0; at < text.length(); at += Text.width(text, at)) {
      int script = Scripts.of(text.codePointAt(at));
      if (script != Scripts.ANY && last != Scripts.ANY && last != script) {
        if (start >= 0) {
          out.accept(piece.slice(start, at));
        }
        start = at;
      }
      if (script != Scripts.ANY) {
        last = script;
      }
    }
    if (start >= 0) {
      out.accept(piece.slice(start, text.length()));
    }
  }
}
