package dev.athanor.eval;

import dev.athanor.base.UserException;
import dev.athanor.data.Document;
import dev.athanor.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Held-out documents, tokenised whole and once, so that all models are measured on the same tokens.
///
/// The convention of every figure in bits per byte: a document is `endOfText t₁ … tₙ`, without an `endOfText` behind it.
/// All of t₁ … tₙ are predicted, t₁ too, after the leading `endOfText`; that one is context and is not counted. The bits of
/// t₁ … tₙ are divided by the document's UTF-8 bytes.
public record HeldOut(List<Item> items) {
  public HeldOut {
    items = List.copyOf(items);
  }

  /// @param ids the leading `endOfText` and the document's tokens
  /// @param bytes the document's length in UTF-8
  public record Item(Document document, int[] ids, long bytes) {}

  /// Documents without text are left out.
  ///
  /// @throws UserException when nothing is left
  public static HeldOut of(List<Document> documents, Tokenizer tokenizer) {
    List<Item> items =
        documents.stream().filter(d -> !d.text().isEmpty()).map(d -> item(d, tokenizer)).toList();
    if (items.isEmpty()) {
      throw new UserException(
          "no held-out text to evaluate on: the split is empty; give it a larger share or collect more documents");
    }
    return new HeldOut(items);
  }

  private static Item item(Document document, Tokenizer tokenizer) {
    int[] text = tokenizer.encode(document.text());
    int[] ids = new int[text.length + 1];
    ids[0] = tokenizer.endOfText();
    System.arraycopy(text, 0, ids, 1, text.length);
    return new Item(document, ids, document.text().getBytes(StandardCharsets.UTF_8).length);
  }

  public List<int[]> sequences() {
    return items.stream().map(Item::ids).toList();
  }

  /// Predicted tokens.
  public long tokens() {
    return items.stream().mapToLong(item -> item.ids().length - 1).sum();
  }

  /// The first documents up to about so many tokens; at least one.
  public HeldOut upTo(long maxTokens) {
    long tokens = 0;
    int count = 0;
    while (count < items.size() && (count == 0 || tokens + items.get(count).ids().length - 1 <= maxTokens)) {
      tokens += items.get(count).ids().length - 1;
      count++;
    }
    return new HeldOut(items.subList(0, count));
  }
}
