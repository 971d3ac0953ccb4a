package dev.athanor.data.engine;

import dev.athanor.data.source.Partition;
import dev.athanor.data.source.Partition.RawRecord;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Cuts partitions into chunks of raw records for several threads. Where a chunk ends depends on its partition alone. Up to `open`
/// partitions are read at once, each by one thread at a time; what is held in memory is a chunk a thread.
final class ChunkFeed implements AutoCloseable {
  private final Iterator<Numbered> waiting;
  private final List<Source> reading = new ArrayList<>();
  private final int open;
  private final long chunkBytes;

  /// @param number of the partition among all
  /// @param source as the recipe names it
  record Numbered(int number, String source, Partition partition) {}

  /// @param part of the partition, from 0
  /// @param bytes that the records take in memory
  /// @param stored bytes of the partition that were read for it; the last chunk has what the others have not told of
  /// @param lastOne whether the partition ends with it
  record Chunk(Numbered of, int part, List<RawRecord> records, long bytes, long stored, boolean lastOne) {}

  ChunkFeed(List<Numbered> partitions, int open, long chunkBytes) {
    waiting = partitions.iterator();
    this.open = open;
    this.chunkBytes = chunkBytes;
  }

  /// The next chunk of some partition; null when all have ended. Called by several threads.
  @Nullable Chunk next() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("stopped between two shards");
    }
    Source source = take();
    if (source == null) {
      return null;
    }
    boolean ended = true;
    try {
      Chunk chunk = source.read(chunkBytes);
      ended = chunk.lastOne();
      return chunk;
    } finally {
      release(source, ended);
    }
  }

  /// A partition that no other thread reads, opened if need be; waits where all are being read; null when there are none left.
  private synchronized @Nullable Source take() throws InterruptedException {
    while (true) {
      for (Source source : reading) {
        if (!source.taken) {
          source.taken = true;
          return source;
        }
      }
      if (reading.size() < open && waiting.hasNext()) {
        Source source = new Source(waiting.next());
        reading.add(source);
        source.taken = true;
        return source;
      }
      if (reading.isEmpty()) {
        return null;
      }
      wait();
    }
  }

  private synchronized void release(Source source, boolean ended) {
    source.taken = false;
    if (ended) {
      source.close();
      reading.remove(source);
    }
    notifyAll();
  }

  @Override
  public synchronized void close() {
    reading.forEach(Source::close);
    reading.clear();
  }

  /// A partition that is being read. Opened by the thread that first reads from it.
  private static final class Source {
    private final Numbered numbered;
    private Partition.@Nullable Reading reading;
    private @Nullable RawRecord ahead;
    private int part;
    private long told;
    private boolean taken;

    Source(Numbered numbered) {
      this.numbered = numbered;
    }

    /// Records of at least `chunkBytes` in all, or the rest.
    Chunk read(long chunkBytes) {
      Partition.Reading from = reading;
      if (from == null) {
        from = numbered.partition().open();
        reading = from;
        ahead = from.next();
      }
      List<RawRecord> records = new ArrayList<>();
      long bytes = 0;
      RawRecord record = ahead;
      while (record != null && bytes < chunkBytes) {
        records.add(record);
        bytes += record.bytes();
        record = from.next();
      }
      ahead = record;
      return new Chunk(numbered, part++, records, bytes, stored(from, record == null), record == null);
    }

    private long stored(Partition.Reading from, boolean ended) {
      long all = Math.max(0, numbered.partition().bytes());
      long now = ended ? all : Math.clamp(from.position(), told, Math.max(told, all));
      long since = now - told;
      told = now;
      return since;
    }

    void close() {
      Partition.Reading from = reading;
      if (from != null) {
        from.close();
      }
      reading = null;
    }
  }
}
