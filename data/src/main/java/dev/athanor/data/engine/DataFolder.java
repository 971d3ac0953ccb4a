package dev.athanor.data.engine;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.base.recipe.Recipes;
import dev.athanor.data.Document;
import dev.athanor.data.DocumentFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// A finished data run, to be looked at.
public record DataFolder(Path folder, DataReport report) {
  /// @param folder of a data run; or of a whole life, `athanor run`, which has its curation in a folder of its own
  /// @throws UserException when there is no finished run
  public static DataFolder open(Path folder) {
    Path within = folder.resolve(Curation.FOLDER);
    if (Files.exists(within.resolve(DataRun.REPORT))) {
      return open(within);
    }
    Path report = folder.resolve(DataRun.REPORT);
    if (!Files.exists(report)) {
      throw new UserException(folder + ": no finished data run lies there (it has no " + DataRun.REPORT + "); run athanor data run first");
    }
    return new DataFolder(folder, Json.readFile(report, DataReport.class));
  }

  public DataRecipe recipe() {
    return Recipes.read(folder.resolve(DataRun.RECIPE), DataRecipe.class);
  }

  /// The documents that came through, in order. Close the stream.
  public Stream<Document> kept() {
    return read(folder.resolve(DataRun.DOCUMENTS), Shards.KEPT);
  }

  /// The documents that were dropped, pass by pass, with `dropStep`, `dropReason`, `dropDetail` and `dropSpans` in their metadata.
  /// Close the stream.
  public Stream<Document> dropped() {
    return passes().stream().flatMap(pass -> read(pass, Shards.DROPPED));
  }

  private List<Path> passes() {
    return report.stages().stream()
        .filter(stage -> stage.name().startsWith(Segment.PASS))
        .map(stage -> folder.resolve(stage.folder()).normalize())
        .toList();
  }

  private static Stream<Document> read(Path shards, String ending) {
    List<Path> files;
    try (Stream<Path> all = Files.list(shards)) {
      files = all.filter(file -> isShard(file.getFileName().toString(), ending)).sorted().toList();
    } catch (java.io.IOException e) {
      throw new UserException(shards + ": cannot be read; run athanor data run again", e);
    }
    return files.stream().flatMap(DocumentFile::read);
  }

  private static boolean isShard(String name, String ending) {
    return name.endsWith(ending) && (ending.equals(Shards.DROPPED) || !name.endsWith(Shards.DROPPED));
  }
}
