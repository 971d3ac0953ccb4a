package dev.athanor.inference;

import dev.athanor.base.UserException;
import dev.athanor.inference.EncoderRunner.Tokens;
import dev.athanor.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.OptionalInt;

/// The control tokens around what an encoder reads, as it was trained with: BERT's `[CLS] a [SEP] b [SEP]`, where the second text is of
/// type 1, or RoBERTa's `<s> a </s></s> b </s>`.
///
/// @param between two texts
/// @param types of tokens that the model tells apart
public record TextFrame(int first, int[] between, int last, int types) {
  /// @throws UserException when the tokenizer has neither's tokens
  static TextFrame of(Tokenizer tokenizer, int types) {
    OptionalInt cls = tokenizer.id("[CLS]");
    OptionalInt sep = tokenizer.id("[SEP]");
    if (cls.isPresent() && sep.isPresent()) {
      return new TextFrame(cls.getAsInt(), new int[] {sep.getAsInt()}, sep.getAsInt(), types);
    }
    OptionalInt begin = tokenizer.id("<s>");
    OptionalInt end = tokenizer.id("</s>");
    if (begin.isPresent() && end.isPresent()) {
      return new TextFrame(begin.getAsInt(), new int[] {end.getAsInt(), end.getAsInt()}, end.getAsInt(), types);
    }
    throw new UserException("the tokenizer has neither [CLS] and [SEP] nor <s> and </s>, between which an encoder reads a text");
  }

  Tokens around(int[] text) {
    int[] ids = new int[text.length + 2];
    ids[0] = first;
    System.arraycopy(text, 0, ids, 1, text.length);
    ids[ids.length - 1] = last;
    return new Tokens(ids);
  }

  Tokens around(int[] a, int[] b) {
    int second = 1 + a.length + between.length;
    int[] ids = new int[second + b.length + 1];
    ids[0] = first;
    System.arraycopy(a, 0, ids, 1, a.length);
    System.arraycopy(between, 0, ids, 1 + a.length, between.length);
    System.arraycopy(b, 0, ids, second, b.length);
    ids[ids.length - 1] = last;
    if (types < 2) {
      return new Tokens(ids);
    }
    int[] own = new int[ids.length];
    Arrays.fill(own, second, own.length, 1);
    return new Tokens(ids, own);
  }
}
