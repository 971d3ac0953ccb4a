package dev.athanor.data.split;

import dev.athanor.data.Document;
import dev.athanor.data.shard.DocumentParts;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Some documents of a corpus in order, chosen by their numbers, which count through it from 0. One part is open at a time.
final class Numbered implements Iterator<Document>, AutoCloseable {
  private final DocumentParts parts;
  private final IntPredicate chosen;
  private int part;
  private int number = -1;
  private @Nullable Stream<Document> stream;
  private @Nullable Iterator<Document> open;
  private @Nullable Document ahead;

  Numbered(DocumentParts parts, IntPredicate chosen) {
    this.parts = parts;
    this.chosen = chosen;
  }

  @Override
  public boolean hasNext() {
    while (ahead == null) {
      Iterator<Document> documents = open;
      if (documents != null && documents.hasNext()) {
        Document document = documents.next();
        ahead = chosen.test(++number) ? document : null;
      } else if (part < parts.count()) {
        close();
        Stream<Document> next = parts.open(part++);
        stream = next;
        open = next.iterator();
      } else {
        return false;
      }
    }
    return true;
  }

  @Override
  public Document next() {
    Document document = hasNext() ? ahead : null;
    if (document == null) {
      throw new NoSuchElementException();
    }
    ahead = null;
    return document;
  }

  /// Of the document that `next` gave last, as long as `hasNext` was not asked since.
  int number() {
    return number;
  }

  @Override
  public void close() {
    Stream<Document> old = stream;
    stream = null;
    open = null;
    if (old != null) {
      old.close();
    }
  }
}
