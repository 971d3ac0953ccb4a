package dev.athanor.data.engine;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The shards of one pass in its folder. A shard `0000002-000017` is the 18th part of the third partition and has up to four files:
///
/// | ending | what |
/// |---|---|
/// | `.jsonl.zst` | the documents that were kept |
/// | `.dropped.jsonl.zst` | those dropped, with `dropStep`, `dropReason`, `dropDetail` and `dropSpans` in their metadata |
/// | `.aside.jsonl` | records that gave no document |
/// | `.sig` | the kept documents' signatures for the next decision |
/// | `.json` | the report, written last: where it is, the others are whole |
record Shards(Path folder) {
  static final String KEPT = ".jsonl.zst";
  static final String DROPPED = ".dropped.jsonl.zst";
  static final String ASIDE = ".aside.jsonl";
  static final String SIGNATURES = ".sig";
  static final String REPORT = ".json";
  /// Of a partition that was read to its end: how many shards it gave.
  static final String END = ".end.json";

  /// So wide that the order of the names is that of the numbers.
  static String partitionName(int number) {
    return String.format(java.util.Locale.ROOT, "%07d", number);
  }

  static String name(int partition, int part) {
    return partitionName(partition) + String.format(java.util.Locale.ROOT, "-%06d", part);
  }

  /// The partition that a shard is a part of.
  static int partition(String shard) {
    return Integer.parseInt(shard.substring(0, shard.indexOf('-')));
  }

  Path file(String shard, String ending) {
    return folder.resolve(shard + ending);
  }

  /// Where files are filled before they are put in their places: beside the folder, so that whatever a killed or slower worker leaves
  /// there is never taken for a part of what the pass wrote.
  Path parts() {
    return folder.resolveSibling(folder.getFileName() + ".parts");
  }

  /// Makes that folder, without what an earlier attempt left in it.
  void openParts() {
    removeParts();
    try {
      Files.createDirectories(parts());
    } catch (IOException e) {
      throw AtomicFile.failure(parts(), e);
    }
  }

  /// Whoever still fills a file there fails when it puts it in its place.
  void removeParts() {
    if (!Files.exists(parts())) {
      return;
    }
    try (Stream<Path> left = Files.list(parts())) {
      for (Path part : left.toList()) {
        Files.deleteIfExists(part);
      }
      Files.deleteIfExists(parts());
    } catch (DirectoryNotEmptyException e) {
      // A slower worker has just begun another; it is of no use and in nobody's way.
      return;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + parts(), e);
    }
  }

  /// The report of a shard all of whose files are whole; null where the shard must be made, or made again.
  @Nullable ShardReport whole(String shard) {
    Path report = file(shard, REPORT);
    if (!Files.exists(report)) {
      return null;
    }
    try {
      ShardReport read = Json.readFile(report, ShardReport.class);
      return read.files().entrySet().stream().allMatch(entry -> isWhole(file(shard, entry.getKey()), entry.getValue())) ? read : null;
    } catch (UserException | UncheckedIOException e) {
      // A damaged report or file: as if there were none.
      return null;
    }
  }

  private static boolean isWhole(Path file, ShardReport.ShardFile expected) {
    try {
      return Files.exists(file) && Files.size(file) == expected.bytes() && Sha256.of(file).equals(expected.sha256());
    } catch (IOException e) {
      return false;
    }
  }

  ShardReport report(String shard) {
    return Json.readFile(file(shard, REPORT), ShardReport.class);
  }

  /// The names of all finished shards, in the order of the corpus.
  List<String> names() {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("\\d{7}-\\d{6}\\.json"))
          .map(name -> name.substring(0, name.length() - REPORT.length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look into " + folder, e);
    }
  }
}
