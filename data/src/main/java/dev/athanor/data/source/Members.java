package dev.athanor.data.source;

import java.io.IOException;

/// A packed file as members that are unpacked one by one. Where one is damaged, or is not worth unpacking to its end, the reader goes on
/// at the next place that looks like the beginning of one.
sealed interface Members extends AutoCloseable permits GzipMembers, ZstdMembers {
  /// Goes to the next member; what is left of this one must have been read or given up.
  ///
  /// @return false at the end of the file
  /// @throws java.io.EOFException when the file ends within its header
  /// @throws IOException when something else stands there
  boolean advance() throws IOException;

  /// Where the current member begins, in the file.
  long memberStart();

  /// Packed bytes of the current member that have been read.
  long packed();

  /// Bytes that the current member has given.
  long unpacked();

  /// @return −1 at the end of the member
  /// @throws java.io.EOFException when the file ends before it
  /// @throws IOException when it is damaged
  int read(byte[] target, int from, int count) throws IOException;

  /// Leaves the member and goes to the next place after its beginning that could be that of another: whatever it said of its own
  /// length is not believed.
  ///
  /// @return false when there is none
  boolean resynchronise() throws IOException;

  @Override
  void close() throws IOException;
}
