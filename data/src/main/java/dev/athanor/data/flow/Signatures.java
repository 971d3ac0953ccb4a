package dev.athanor.data.flow;

/// The signatures of a corpus in the order of its documents. May be read several times.
public interface Signatures {
  long documents();

  /// Hands over every signature, in order, on the calling thread.
  void forEach(Reader reader);

  /// Takes one signature.
  @FunctionalInterface
  interface Reader {
    /// @param number of the document, from 0, without gaps
    /// @param id of the document
    void read(long number, String id, byte[] signature);
  }
}
