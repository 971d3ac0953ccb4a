package dev.athanor.data.source;

import dev.athanor.base.Sha256;
import dev.athanor.base.recipe.Default;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The text layer of PDF files. What is scanned without one, is encrypted or does not permit extraction is set aside. Metadata: `title`,
/// `author`, `pages`.
///
/// @param paths files, folders or globs
/// @param largestFile bytes; larger ones are set aside
public record PdfSource(List<String> paths, @Default("256M") long largestFile) implements Source {
  /// Part of the fingerprint: raised when the same file gives another text.
  private static final int EXTRACTION = 1;

  private static final int MOST_FILES = 256;

  public PdfSource {
    paths = List.copyOf(paths);
    if (largestFile < 1) {
      throw new IllegalArgumentException("largest_file must be at least 1");
    }
  }

  @Override
  public String fingerprint(SourceContext context) {
    return PathPattern.fingerprint("pdf " + EXTRACTION + " " + largestFile, paths, context.folder());
  }

  @Override
  public List<Partition> partitions(SourceContext context) {
    var partitions = new ArrayList<Partition>();
    Set<Path> seen = new HashSet<>();
    Map<String, Integer> batches = new HashMap<>();
    for (PathPattern.Found found : PathPattern.find(paths, context.folder())) {
      List<PdfFile> files =
          found.files().stream()
              .filter(seen::add)
              .map(file -> new PdfFile(file, found.origin(), found.relative(file), largestFile))
              .toList();
      for (int from = 0; from < files.size(); from += MOST_FILES) {
        int number = batches.merge(found.origin(), 1, Integer::sum) - 1;
        String name = number == 0 ? found.origin() : found.origin() + "#" + number;
        partitions.add(new Batch(name, found.origin(), files.subList(from, Math.min(files.size(), from + MOST_FILES))));
      }
    }
    return partitions;
  }

  private record Batch(String name, String origin, List<PdfFile> files) implements Partition {
    @Override
    public long bytes() {
      return files.stream().mapToLong(PdfFile::size).sum();
    }

    @Override
    public String sha256() {
      return Sha256.of(files.stream().map(file -> file.path() + "\n" + Sha256.of(file.file()) + "\n").collect(Collectors.joining()));
    }

    @Override
    public Reading open() {
      Iterator<PdfFile> rest = files.iterator();
      return new Reading() {
        @Override
        public @Nullable RawRecord next() {
          if (!rest.hasNext()) {
            return null;
          }
          PdfFile file = rest.next();
          return new Raw(PdfFile.MEMORY, file::extract);
        }

        @Override
        public void close() {}
      };
    }
  }
}
