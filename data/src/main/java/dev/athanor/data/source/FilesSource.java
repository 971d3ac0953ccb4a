package dev.athanor.data.source;

import dev.athanor.base.recipe.Default;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Files of this machine, plain, gzip (`.gz`) or Zstandard (`.zst`).
///
/// @param paths files, folders with all in them, or globs such as `src/**/*.java`; hidden files and folders are passed over
/// @param language of all of them; without it each file's is told by the end of its name, and others are passed over
/// @param per what is a document: a file, or each of its lines (for corpora of any size with one text a line, in UTF-8)
public record FilesSource(List<String> paths, @Nullable String language, @Default("file") Unit per) implements Source {
  public enum Unit { FILE, LINE }

  private static final int LONGEST_LINE = 64_000_000;

  public FilesSource {
    paths = List.copyOf(paths);
  }

  public FilesSource(List<String> paths, @Nullable String language) {
    this(paths, language, Unit.FILE);
  }

  @Override
  public String fingerprint(SourceContext context) {
    return PathPattern.fingerprint("files " + language + (per == Unit.FILE ? "" : " per line"), paths, context.folder());
  }

  @Override
  public List<Partition> partitions(SourceContext context) {
    List<PathPattern.Found> all = PathPattern.find(paths, context.folder());
    return per == Unit.FILE ? batches(all) : ofLines(all);
  }

  private List<Partition> batches(List<PathPattern.Found> all) {
    Set<Path> seen = new HashSet<>();
    Map<String, List<FileBatch>> byOrigin = new TreeMap<>();
    var partitions = new ArrayList<Partition>();
    for (PathPattern.Found found : all) {
      List<FileBatch> before = byOrigin.computeIfAbsent(found.origin(), _ -> new ArrayList<>());
      List<FileBatch> batches = FileBatch.of(found, language, seen, before.size());
      before.addAll(batches);
      partitions.addAll(batches);
    }
    return partitions;
  }

  private List<Partition> ofLines(List<PathPattern.Found> all) {
    Set<Path> seen = new HashSet<>();
    var partitions = new ArrayList<Partition>();
    for (PathPattern.Found found : all) {
      for (Path file : found.files()) {
        if (seen.add(file)) {
          String kind = language == null ? FileLanguage.of(Compression.unpackedName(file.toString())).orElse("text") : language;
          partitions.addAll(
              LinePartition.of(
                  file, found.originOf(file), JsonlSource.PART, LONGEST_LINE,
                  (line, origin, path, place) -> line(line, origin, path, place, kind)));
        }
      }
    }
    return partitions;
  }

  private static Extracted line(byte[] line, String origin, String path, String place, String language) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line)).toString();
      return new RowDocument("text", null).of(Map.of("text", text, "language", language), origin, path, place);
    } catch (CharacterCodingException e) {
      return new Extracted.SetAside(place, "not UTF-8", String.valueOf(e.getMessage()));
    }
  }
}
