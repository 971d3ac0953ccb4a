package dev.athanor.data.shard;

import dev.athanor.data.Document;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The documents of all parts from a position on. Parts before it are not opened.
final class DocumentCursor implements Iterator<PlacedDocument>, AutoCloseable {
  private final DocumentParts parts;
  private int part;
  private long number;
  private @Nullable Stream<Document> stream;
  private @Nullable Iterator<Document> documents;

  DocumentCursor(DocumentParts parts, ShardIndex.Position from) {
    this.parts = parts;
    part = from.part();
    number = 0;
    for (long skipped = 0; skipped < from.document() && hasNext(); skipped++) {
      next();
    }
  }

  @Override
  public boolean hasNext() {
    while (part < parts.count()) {
      Iterator<Document> open = documents;
      if (open == null) {
        Stream<Document> opened = parts.open(part);
        stream = opened;
        open = opened.iterator();
        documents = open;
      }
      if (open.hasNext()) {
        return true;
      }
      close();
      part++;
      number = 0;
    }
    return false;
  }

  @Override
  public PlacedDocument next() {
    Iterator<Document> open = hasNext() ? documents : null;
    if (open == null) {
      throw new NoSuchElementException();
    }
    return new PlacedDocument(open.next(), part, number++);
  }

  @Override
  public void close() {
    Stream<Document> open = stream;
    stream = null;
    documents = null;
    if (open != null) {
      open.close();
    }
  }
}
