package dev.athanor.data.ngram;

import dev.athanor.base.Json;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/// Fills the file of a [WordModel] through a memory map: where it is larger than memory, the system pages.
final class WordModelBuilder implements AutoCloseable {
  private final int order;
  private final WordModel.Layout layout;
  private final Arena arena = Arena.ofConfined();
  private final FileChannel channel;
  private final MemorySegment body;
  private boolean gaps;

  /// @param counts `counts[k]` n-grams of order k; unigrams are the words
  /// @param words their hashes by id, the three marks first
  WordModelBuilder(Path file, int order, long[] counts, long[] words) throws IOException {
    this.order = order;
    layout = WordModel.Layout.of(order, counts);
    channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      body = channel.map(FileChannel.MapMode.READ_WRITE, 0, layout.bytes(), arena);
      for (int id = 0; id < words.length; id++) {
        addWord(words[id], id);
        unigram(id, -100, WordModel.NO_EXTENSION);
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private void addWord(long hash, int id) {
    long slot = WordModel.reduce(hash, layout.wordSlots());
    while (body.get(WordModel.LONG, layout.word(slot)) != 0) {
      slot = slot + 1 == layout.wordSlots() ? 0 : slot + 1;
    }
    body.set(WordModel.LONG, layout.word(slot), hash);
    body.set(WordModel.INT, layout.word(slot) + 8, id);
  }

  private void unigram(int id, float probability, float backoff) {
    body.set(WordModel.FLOAT, layout.unigram(id), probability);
    body.set(WordModel.FLOAT, layout.unigram(id) + 4, backoff);
  }

  /// @param probability log10 of it
  /// @param context the words before, the nearest first
  void probability(int word, int[] context, int length, float probability) {
    long at = length == 0 ? layout.unigram(word) : entry(word, context, 0, length);
    body.set(WordModel.FLOAT, length == 0 ? at : at + 8, probability);
  }

  /// Says that something follows the n-gram.
  ///
  /// @param gram its words, the last first
  /// @param backoff log10 of it
  void backoff(int[] gram, int length, float backoff) {
    // A negative zero says that nothing follows.
    float value = backoff == 0 ? 0f : backoff;
    long at = length == 1 ? layout.unigram(gram[0]) + 4 : entry(gram[0], gram, 1, length - 1) + 12;
    body.set(WordModel.FLOAT, at, value);
  }

  /// Whether the n-gram is here; unigrams always are.
  boolean contains(int word, int[] context, int length) {
    if (length == 0) {
      return true;
    }
    long key = key(word, context, 0, length);
    return body.get(WordModel.LONG, slot(key, length + 1)) == key;
  }

  /// Its backoff as it stands; the n-gram must be here.
  float backoff(int word, int[] context, int length) {
    return body.get(WordModel.FLOAT, length == 0 ? layout.unigram(word) + 4 : slot(key(word, context, 0, length), length + 1) + 12);
  }

  /// There are n-grams whose suffix is not here.
  void sayGaps() {
    gaps = true;
  }

  private static long key(int word, int[] context, int from, int length) {
    long key = WordHash.first(word);
    for (int d = 0; d < length; d++) {
      key = WordHash.extend(key, context[from + d]);
    }
    return key;
  }

  /// Where the n-gram's entry is, made where it was not.
  private long entry(int word, int[] context, int from, int length) {
    long key = key(word, context, from, length);
    int k = length + 1;
    long at = slot(key, k);
    if (body.get(WordModel.LONG, at) == 0) {
      body.set(WordModel.LONG, at, key);
      body.set(WordModel.FLOAT, at + 8, Float.NaN);
      if (k < order) {
        body.set(WordModel.FLOAT, at + 12, WordModel.NO_EXTENSION);
      }
    }
    return at;
  }

  private long slot(long key, int k) {
    long slots = layout.slots(k);
    long slot = WordModel.reduce(key, slots);
    long at = layout.gram(k, slot);
    for (long found = body.get(WordModel.LONG, at); found != 0 && found != key; found = body.get(WordModel.LONG, at)) {
      slot = slot + 1 == slots ? 0 : slot + 1;
      at = layout.gram(k, slot);
    }
    return at;
  }

  void finish(UnitCutter cutter) throws IOException {
    String tokenizer = cutter instanceof UnitCutter.Tokens tokens ? tokens.json() : "";
    List<Long> counts = new ArrayList<>();
    for (int k = 1; k <= order; k++) {
      counts.add(layout.count(k));
    }
    body.force();
    append(new WordModel.Facts(order, counts, cutter.name(), gaps, layout.bytes(), checksum(body), List.of(), tokenizer));
  }

  private void append(WordModel.Facts facts) throws IOException {
    channel.position(layout.bytes());
    write(channel, facts);
    channel.force(true);
  }

  /// The facts and the trailer at the channel's position.
  static void write(FileChannel channel, WordModel.Facts facts) throws IOException {
    byte[] json = Json.canonical(facts).getBytes(StandardCharsets.UTF_8);
    CRC32C crc = new CRC32C();
    crc.update(json);
    ByteBuffer bytes = ByteBuffer.allocate(json.length + WordModel.TRAILER).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(json).putInt(json.length).putInt((int) crc.getValue()).putLong(WordModel.MAGIC).flip();
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /// CRC-32C of all bytes.
  static long checksum(MemorySegment segment) {
    CRC32C crc = new CRC32C();
    long part = 1L << 28;
    for (long at = 0; at < segment.byteSize(); at += part) {
      crc.update(segment.asSlice(at, Math.min(part, segment.byteSize() - at)).asByteBuffer());
    }
    return crc.getValue();
  }

  @Override
  public void close() throws IOException {
    if (arena.scope().isAlive()) {
      arena.close();
    }
    channel.close();
  }
}
