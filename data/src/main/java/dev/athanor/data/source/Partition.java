package dev.athanor.data.source;

import dev.athanor.base.Sha256;
import org.jspecify.annotations.Nullable;

/// A part of a source that is read from its beginning to its end by one thread: a file, a part of a large file, a jar. Partitions are
/// read side by side; their order is the order of the corpus.
public interface Partition {
  /// Unique in its source and the same every time: shown to people, kept in manifests.
  String name();

  /// As it is stored, for progress; −1 where it is not known.
  long bytes();

  /// What the lineage says that its documents are from: the parts of a large file have the same.
  default String origin() {
    return name();
  }

  /// The digest of what is stored, for the lineage, told by reading it once more; of the name, where nothing is.
  default String sha256() {
    return Sha256.of(name());
  }

  /// Starts from the beginning.
  ///
  /// @throws dev.athanor.base.UserException when it cannot be opened
  Reading open();

  /// A partition being read. Not for several threads.
  interface Reading extends AutoCloseable {
    /// The next record as it is stored; null at the end. Damage that ends the partition (a truncated archive) is a last record
    /// whose `extract` says so: nothing is lost silently and nothing is fatal.
    @Nullable RawRecord next();

    /// How many of the partition's stored bytes have been read, for progress; −1 where that is not known before the end.
    default long position() {
      return -1;
    }

    @Override
    void close();
  }

  /// A record as it is stored. Reading is cheap and in order; making a document of it may be slow, and any thread may do it.
  interface RawRecord {
    /// That it takes in memory, about.
    long bytes();

    /// Called once, by any thread.
    Extracted extract();
  }
}
