package dev.athanor.inference;

import dev.athanor.base.UserException;
import dev.athanor.inference.EncoderRunner.Tokens;
import dev.athanor.tokenizer.Framing;
import dev.athanor.tokenizer.Framing.Part.Control;
import dev.athanor.tokenizer.Framing.Part.Own;
import dev.athanor.tokenizer.Tokenizer;
import java.util.List;
import java.util.OptionalInt;

/// The control tokens around what an encoder reads, as it was trained with: what the tokenizer's files say. Where they say nothing
/// the tokens' names do: BERT's `[CLS] a [SEP] b [SEP]`, where the second text is of type 1, or RoBERTa's `<s> a </s></s> b </s>`.
///
/// @param types of tokens that the model tells apart
public record TextFrame(Framing framing, int types) {
  /// @throws UserException when the files say nothing and the tokenizer has neither's tokens
  static TextFrame of(Tokenizer tokenizer, int types) {
    if (!tokenizer.framing().equals(Framing.NONE)) {
      return new TextFrame(tokenizer.framing(), types);
    }
    OptionalInt cls = tokenizer.id("[CLS]");
    OptionalInt sep = tokenizer.id("[SEP]");
    if (cls.isPresent() && sep.isPresent()) {
      return new TextFrame(framing(cls.getAsInt(), List.of(sep.getAsInt()), sep.getAsInt(), 1), types);
    }
    OptionalInt begin = tokenizer.id("<s>");
    OptionalInt end = tokenizer.id("</s>");
    if (begin.isPresent() && end.isPresent()) {
      return new TextFrame(framing(begin.getAsInt(), List.of(end.getAsInt(), end.getAsInt()), end.getAsInt(), 0), types);
    }
    throw new UserException(
        "the tokenizer's files do not say what stands around a text, and it has neither [CLS] and [SEP] nor <s> and </s>");
  }

  private static Framing framing(int first, List<Integer> between, int last, int second) {
    Control begin = new Control(List.of(first), 0);
    Own a = new Own(false, 0);
    return new Framing(
        List.of(begin, a, new Control(List.of(last), 0)),
        List.of(begin, a, new Control(between, 0), new Own(true, second), new Control(List.of(last), second)));
  }

  /// Control tokens before a single text.
  int before() {
    int count = 0;
    for (Framing.Part part : framing.one()) {
      switch (part) {
        case Control control -> count += control.ids().size();
        case Own _ -> {
          return count;
        }
      }
    }
    return count;
  }

  Tokens around(int[] text) {
    return tokens(framing.single(text), framing.singleTypes(text.length));
  }

  Tokens around(int[] a, int[] b) {
    return tokens(framing.pair(a, b), framing.pairTypes(a.length, b.length));
  }

  /// A model that tells no types apart is told none.
  private Tokens tokens(int[] ids, int[] own) {
    for (int type : own) {
      if (type > 0 && types > 1) {
        return new Tokens(ids, own);
      }
    }
    return new Tokens(ids);
  }
}
