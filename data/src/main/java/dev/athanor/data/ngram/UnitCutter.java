package dev.athanor.data.ngram;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.tokenizer.Tokenizer;
import dev.athanor.tokenizer.Tokenizers;
import java.nio.file.Path;
import tools.jackson.databind.node.ObjectNode;

/// Cuts a line into the units that a word model counts. Thread-safe.
public sealed interface UnitCutter permits WhitespaceWords, WordsAndHan, UnitCutter.Tokens {
  /// Takes one unit.
  @FunctionalInterface
  interface Sink {
    /// @param chars to be read before the call returns; the unit is `chars[from, to)`, never empty
    void unit(char[] chars, int from, int to);
  }

  /// Hands over the units of `text[from, to)`, which has no line ends, in order.
  void cut(CharSequence text, int from, int to, Sink sink);

  /// By the name that a model's file has: "words", "auto" or "tokenizer".
  ///
  /// @param tokenizerJson what a `tokenizer.json` holds, for "tokenizer"; else empty
  static UnitCutter of(String name, String tokenizerJson, String where) {
    return switch (name) {
      case "words" -> new WhitespaceWords();
      case "auto" -> new WordsAndHan();
      case "tokenizer" -> {
        if (!(Json.tree(tokenizerJson) instanceof ObjectNode json)) {
          throw new UserException(where + ": its tokenizer is no JSON object");
        }
        yield new Tokens(Tokenizers.of(json, Json.MAPPER.createObjectNode(), where), tokenizerJson);
      }
      default -> throw new UserException(where + ": there are no units '" + name + "'; there are words, auto, tokenizer");
    };
  }

  /// Cut by a tokenizer; see [Tokens].
  static UnitCutter tokens(Path path) {
    Tokenizer tokenizer = Tokenizers.open(path);
    return new Tokens(tokenizer, Json.write(Tokenizers.json(tokenizer)));
  }

  default String name() {
    return switch (this) {
      case WhitespaceWords _ -> "words";
      case WordsAndHan _ -> "auto";
      case Tokens _ -> "tokenizer";
    };
  }

  /// Units are a tokenizer's ids, written as decimal numbers: the pieces' own texts may hold blanks or parts of characters.
  ///
  /// @param json what stands in its `tokenizer.json`, kept with the model
  record Tokens(Tokenizer tokenizer, String json) implements UnitCutter {
    @Override
    public void cut(CharSequence text, int from, int to, Sink sink) {
      for (int id : tokenizer.encode(text.subSequence(from, to).toString())) {
        char[] digits = Integer.toString(id).toCharArray();
        sink.unit(digits, 0, digits.length);
      }
    }
  }
}
