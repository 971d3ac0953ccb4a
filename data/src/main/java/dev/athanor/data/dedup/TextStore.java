package dev.athanor.data.dedup;

import dev.athanor.data.spill.Scratch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;

/// The texts of a corpus in UTF-8 one after another in a mapped file, and where each begins. A place is a byte of the file.
final class TextStore implements AutoCloseable {
  private final Scratch texts;
  private final Scratch starts;
  private long documents;
  private byte[] text = new byte[0];

  TextStore(Path folder) {
    texts = new Scratch(folder.resolve("texts"));
    starts = new Scratch(folder.resolve("starts"));
    starts.writeLong(0);
  }

  void add(byte[] utf8) {
    texts.write(utf8, 0, utf8.length);
    starts.writeLong(texts.size());
    documents++;
  }

  long documents() {
    return documents;
  }

  /// Where the next document will begin; after the last, where the corpus ends.
  long size() {
    return texts.size();
  }

  /// The first place of a document; of the number after the last, where the corpus ends.
  long start(long document) {
    return starts.map().get(Scratch.LONG, document * Long.BYTES);
  }

  /// A document's bytes, from the beginning of an array that the next call overwrites.
  byte[] bytes(long document) {
    int length = Math.toIntExact(start(document + 1) - start(document));
    if (text.length < length) {
      text = Arrays.copyOf(text, Math.max(length, (int) Math.min(Integer.MAX_VALUE - 8, 2L * text.length)));
    }
    MemorySegment.copy(texts.map(), ValueLayout.JAVA_BYTE, start(document), text, 0, length);
    return text;
  }

  byte at(long place) {
    return texts.map().get(ValueLayout.JAVA_BYTE, place);
  }

  @Override
  public void close() {
    texts.close();
    starts.close();
  }
}
