package dev.athanor.data.shard;

import dev.athanor.base.Json;
import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import dev.athanor.data.Document;
import dev.athanor.data.DocumentFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// A curation's documents as its manifest tells of them.
///
/// @param fingerprint of the manifest's checksums, so that nothing need be read for it
record DocumentFolder(List<Path> files, String fingerprint) implements DocumentParts {
  private static final String MANIFEST = "manifest.json";

  static DocumentParts open(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new UserException("no such folder: " + folder);
    }
    Path manifest = folder.resolve(MANIFEST);
    return Files.exists(manifest) ? told(folder, manifest) : DocumentParts.ofFiles(found(folder));
  }

  private static DocumentFolder told(Path folder, Path manifest) {
    List<Path> files = new ArrayList<>();
    var content = new StringBuilder();
    for (var shard : Json.readFile(manifest).path("shards").properties()) {
      JsonNode sha256 = shard.getValue().path("sha256");
      Path file = folder.resolve(shard.getKey());
      if (!sha256.isString()) {
        throw new UserException(manifest + ": " + shard.getKey() + " has no sha256; run the curation that writes it again");
      }
      if (!Files.exists(file)) {
        throw new UserException(file + " is missing, which " + MANIFEST + " tells of; run the curation that writes it again");
      }
      files.add(file);
      content.append(shard.getKey()).append(' ').append(sha256.stringValue()).append('\n');
    }
    return new DocumentFolder(List.copyOf(files), Sha256.of(content.toString()));
  }

  private static List<Path> found(Path folder) {
    try (Stream<Path> all = Files.list(folder)) {
      List<Path> files = all.filter(DocumentFolder::isOfDocuments).sorted().toList();
      if (files.isEmpty()) {
        throw new UserException("no documents in " + folder + ": neither a " + MANIFEST + " nor files that end in .jsonl.gz or .jsonl.zst");
      }
      return files;
    } catch (IOException e) {
      throw new UserException("cannot look into " + folder + ": " + e.getMessage(), e);
    }
  }

  private static boolean isOfDocuments(Path file) {
    String name = file.getFileName().toString();
    return (name.endsWith(".jsonl.gz") || name.endsWith(".jsonl.zst")) && !name.startsWith(".");
  }

  @Override
  public int count() {
    return files.size();
  }

  @Override
  public Stream<Document> open(int part) {
    return DocumentFile.read(files.get(part));
  }
}
