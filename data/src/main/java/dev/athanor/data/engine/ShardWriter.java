package dev.athanor.data.engine;

import dev.athanor.base.Json;
import dev.athanor.data.Document;
import dev.athanor.data.DocumentJson;
import dev.athanor.data.engine.ShardReport.ShardFile;
import dev.athanor.data.source.Extracted;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Writes one shard of a pass. Files are filled elsewhere; `finish` puts them in their places, and the report comes last. Closed
/// without it, nothing is left.
final class ShardWriter implements AutoCloseable {
  private final Shards shards;
  private final String shard;
  private final SortedMap<String, PartFile> parts = new TreeMap<>();

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
    parts.computeIfAbsent(ending, _ -> new PartFile(shards, shard + ending)).write(bytes);
  }

  /// @return sizes and digests of what was written, by ending
  SortedMap<String, ShardFile> finish() {
    SortedMap<String, ShardFile> files = new TreeMap<>();
    parts.forEach((ending, part) -> files.put(ending, part.finish()));
    return files;
  }

  /// Says that the shard is whole.
  void report(ShardReport report) {
    PartFile.write(shards, shard + Shards.REPORT, (Json.canonical(report) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    parts.values().forEach(PartFile::close);
  }
}
