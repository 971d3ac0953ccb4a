package dev.athanor.data.source;

import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import dev.athanor.base.recipe.Default;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Web archives (`.warc`, `.warc.gz`, `.warc.zst`): the main text of each page of HTML that was answered with 2xx, and the texts of WET files. Metadata:
/// `url`, `date`, `status`, `title`, and `encoding` where it is not UTF-8.
///
/// @param paths files, folders or globs
/// @param largestPage bytes of a record and of the page in it, unpacked; larger ones are set aside
public record WarcSource(List<String> paths, @Default("32M") int largestPage) implements Source {
  /// Part of the fingerprint: raised when the same page gives another text.
  private static final int EXTRACTION = 1;

  public WarcSource {
    paths = List.copyOf(paths);
    if (largestPage < 1024) {
      throw new IllegalArgumentException("largest_page must be at least 1024");
    }
  }

  @Override
  public String fingerprint(SourceContext context) {
    return PathPattern.fingerprint("warc " + EXTRACTION + " " + largestPage, paths, context.folder());
  }

  @Override
  public List<Partition> partitions(SourceContext context) {
    var partitions = new ArrayList<Partition>();
    PathPattern.forEachFile(paths, context.folder(), (origin, file) -> partitions.add(new Archive(origin, file, largestPage)));
    return partitions;
  }

  private record Archive(String name, Path file, int largest) implements Partition {
    @Override
    public long bytes() {
      return file.toFile().length();
    }

    @Override
    public String sha256() {
      return Sha256.of(file);
    }

    @Override
    public Reading open() {
      try {
        return new WarcReading(name, FileChannel.open(file), Compression.of(file), largest);
      } catch (IOException e) {
        throw new UserException(file + " cannot be read: " + e.getMessage(), e);
      }
    }
  }
}
