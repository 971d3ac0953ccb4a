package dev.athanor.data.engine;

import dev.athanor.data.flow.Signatures;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The signatures of all shards of a pass, one after another. A record is the id's length and the signature's (4 bytes each,
/// big-endian), the id in UTF-8, the signature.
record SignatureFiles(Shards shards, List<String> names, long documents) implements Signatures {
  static SignatureFiles of(Shards shards) {
    List<String> names = shards.names();
    return new SignatureFiles(shards, names, names.stream().mapToLong(name -> shards.report(name).kept()).sum());
  }

  static byte[] encode(String id, byte[] signature) {
    byte[] name = id.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + name.length + signature.length).putInt(name.length).putInt(signature.length).put(name).put(signature).array();
  }

  @Override
  public void forEach(Reader reader) {
    long number = 0;
    for (String name : names) {
      long kept = shards.report(name).kept();
      Path file = shards.file(name, Shards.SIGNATURES);
      if (kept > 0) {
        read(file, number, kept, reader);
      }
      number += kept;
    }
  }

  private static void read(Path file, long first, long count, Reader reader) {
    try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 18))) {
      for (long i = 0; i < count; i++) {
        byte[] id = new byte[in.readInt()];
        byte[] signature = new byte[in.readInt()];
        in.readFully(id);
        in.readFully(signature);
        reader.read(first + i, new String(id, StandardCharsets.UTF_8), signature);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }
}
