package dev.athanor.data.source;

import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;

/// The files that Git repositories of this machine track at `HEAD`, as they were committed: working trees or bare repositories. A file's
/// licence is told by its header, else by the nearest LICENSE, LICENCE, COPYING or UNLICENSE at or above it. Metadata: `commit` and `date`
/// of `HEAD`.
///
/// @param repositories their folders
public record GitSource(List<String> repositories) implements Source {
  public GitSource {
    repositories = List.copyOf(repositories);
  }

  /// The commits: a repository with the same `HEAD` has the same files.
  @Override
  public String fingerprint(SourceContext context) {
    return Sha256.of(
        partitions(context).stream()
            .map(partition -> partition.name() + " " + partition.sha256())
            .collect(Collectors.joining("\n", "git\n", "")));
  }

  @Override
  public List<Partition> partitions(SourceContext context) {
    var partitions = new ArrayList<Partition>();
    var problems = new ArrayList<String>();
    for (String name : repositories) {
      Path folder = context.folder().resolve(name).toAbsolutePath().normalize();
      if (!Files.isDirectory(folder)) {
        problems.add("no such folder: " + folder);
        continue;
      }
      try (Repository repository = open(folder)) {
        ObjectId head = repository.resolve(Constants.HEAD);
        if (head == null) {
          problems.add(folder + " has no commit at HEAD");
        } else {
          partitions.add(new Tree(name, folder, head.name()));
        }
      } catch (IOException | IllegalArgumentException e) {
        problems.add(folder + " is no Git repository: " + e.getMessage());
      }
    }
    if (!problems.isEmpty()) {
      throw new UserException(String.join("\n", problems) + "\n(relative paths start from " + context.folder().toAbsolutePath() + ")");
    }
    return partitions;
  }

  static Repository open(Path folder) throws IOException {
    File bare = folder.toFile();
    boolean isBare = Files.isRegularFile(folder.resolve(Constants.HEAD)) && Files.isDirectory(folder.resolve("objects"));
    var builder = new FileRepositoryBuilder().setMustExist(true);
    return (isBare ? builder.setGitDir(bare) : builder.setWorkTree(bare)).build();
  }

  /// @param commit that is read, even when `HEAD` has moved on since
  private record Tree(String name, Path folder, String commit) implements Partition {
    /// How much of a repository's objects its newest files are is not known without reading them.
    @Override
    public long bytes() {
      return -1;
    }

    /// Of the commit, which names all that it holds by their digests.
    @Override
    public String sha256() {
      return Sha256.of(commit);
    }

    @Override
    public Reading open() {
      try {
        return new GitReading(name, GitSource.open(folder), ObjectId.fromString(commit));
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + folder, e);
      }
    }
  }
}
