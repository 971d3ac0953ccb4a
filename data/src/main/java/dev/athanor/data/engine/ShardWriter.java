package dev.athanor.data.engine;

import com.github.luben.zstd.ZstdOutputStream;
import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.base.Sha256;
import dev.athanor.data.Document;
import dev.athanor.data.DocumentJson;
import dev.athanor.data.engine.ShardReport.ShardFile;
import dev.athanor.data.source.Extracted;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Writes one shard of a pass. Files are filled beside their places; `finish` puts them there, flushed to the disk, and the report
/// last. Closed without it, nothing is left.
final class ShardWriter implements AutoCloseable {
  private static final int LEVEL = 3;

  private final Shards shards;
  private final String shard;
  private final SortedMap<String, Part> parts = new TreeMap<>();

  ShardWriter(Shards shards, String shard) {
    this.shards = shards;
    this.shard = shard;
  }

  void keep(Document document) {
    write(Shards.KEPT, DocumentJson.encode(document));
  }

  void drop(Document document) {
    write(Shards.DROPPED, DocumentJson.encode(document));
  }

  void setAside(Extracted.SetAside record) {
    String line = Json.write(Map.of("place", record.place(), "reason", record.reason(), "detail", record.detail()));
    write(Shards.ASIDE, (line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  void sign(String id, byte[] signature) {
    write(Shards.SIGNATURES, SignatureFiles.encode(id, signature));
  }

  private void write(String ending, byte[] bytes) {
    try {
      Part part = parts.get(ending);
      if (part == null) {
        part = new Part(shards.file(shard, ending), ending.endsWith(".zst"));
        parts.put(ending, part);
      }
      part.out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + shards.file(shard, ending), e);
    }
  }

  /// @return sizes and digests of what was written, by ending
  SortedMap<String, ShardFile> finish() {
    SortedMap<String, ShardFile> files = new TreeMap<>();
    parts.forEach(
        (ending, part) -> {
          try {
            files.put(ending, part.finish());
          } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + part.target, e);
          }
        });
    return files;
  }

  /// Says that the shard is whole.
  void report(ShardReport report) {
    AtomicFile.writeString(shards.file(shard, Shards.REPORT), Json.canonical(report) + "\n");
  }

  @Override
  public void close() {
    parts.values().forEach(Part::close);
  }

  /// A file being filled.
  private static final class Part {
    private final Path target;
    private final Path beside;
    private final FileChannel channel;
    private final DigestOutputStream digest;
    private final OutputStream out;

    Part(Path target, boolean compressed) throws IOException {
      this.target = target;
      beside = target.resolveSibling("." + target.getFileName() + ".part");
      channel =
          FileChannel.open(beside, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
      MessageDigest sha256 = Sha256.digest();
      digest = new DigestOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16), sha256);
      out = compressed ? new ZstdOutputStream(new Below(digest), LEVEL) : digest;
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

    ShardFile finish() throws IOException {
      if (out instanceof ZstdOutputStream zstd) {
        zstd.close();
      }
      digest.flush();
      channel.force(true);
      long bytes = channel.size();
      channel.close();
      Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return new ShardFile(bytes, HexFormat.of().formatHex(digest.getMessageDigest().digest()));
    }

    /// After `finish` there is nothing left to do.
    void close() {
      try {
        channel.close();
        Files.deleteIfExists(beside);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot remove " + beside, e);
      }
    }
  }
}
