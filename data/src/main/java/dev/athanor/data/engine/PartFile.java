package dev.athanor.data.engine;

import com.github.luben.zstd.ZstdOutputStream;
import dev.athanor.base.AtomicFile;
import dev.athanor.base.Sha256;
import dev.athanor.data.engine.ShardReport.ShardFile;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.util.HexFormat;
import java.util.UUID;

/// A file of a pass while it is written. It is filled in a folder beside the pass's own, under a name that no other writer has: on a
/// cluster two workers may be at one shard, where one is slow or was given up for lost. `finish` puts it in its place, flushed to the
/// disk; whoever comes second replaces it by the same bytes. Closed without it, nothing is left.
final class PartFile implements AutoCloseable {
  private static final int LEVEL = 3;

  private final Path target;
  private final Path part;
  private final FileChannel channel;
  private final DigestOutputStream digest;
  private final OutputStream out;

  /// @param name in the folder of the pass; compressed where it ends in `.zst`
  PartFile(Shards shards, String name) {
    target = shards.folder().resolve(name);
    part = shards.parts().resolve(name + "." + UUID.randomUUID());
    try {
      channel = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      digest = new DigestOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16), Sha256.digest());
      out = name.endsWith(".zst") ? new ZstdOutputStream(new Below(digest), LEVEL) : digest;
    } catch (IOException e) {
      throw AtomicFile.failure(target, e);
    }
  }

  /// Writes a small file at once.
  static void write(Shards shards, String name, byte[] content) {
    try (var file = new PartFile(shards, name)) {
      file.write(content);
      file.finish();
    }
  }

  /// Stays open when what is above it ends: it is still to be flushed to the disk.
  private static final class Below extends FilterOutputStream {
    Below(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      out.write(bytes, from, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }

  void write(byte[] bytes) {
    try {
      out.write(bytes);
    } catch (IOException e) {
      throw AtomicFile.failure(target, e);
    }
  }

  ShardFile finish() {
    try {
      if (out instanceof ZstdOutputStream zstd) {
        zstd.close();
      }
      digest.flush();
      channel.force(true);
      long bytes = channel.size();
      channel.close();
      Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return new ShardFile(bytes, HexFormat.of().formatHex(digest.getMessageDigest().digest()));
    } catch (IOException e) {
      throw AtomicFile.failure(target, e);
    }
  }

  /// After `finish` there is nothing left to do.
  @Override
  public void close() {
    try {
      channel.close();
      Files.deleteIfExists(part);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + part, e);
    }
  }
}
