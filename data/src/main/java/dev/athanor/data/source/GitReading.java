package dev.athanor.data.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.jspecify.annotations.Nullable;

/// The files of one commit in the order of Git's own tree.
final class GitReading implements Partition.Reading {
  private static final int LONGEST_LICENCE = 1 << 20;

  private final String origin;
  private final Repository repository;
  private final ObjectReader objects;
  private final TreeWalk files;
  private final Map<String, String> licences;
  private final Map<String, String> facts;
  private boolean ended;

  GitReading(String origin, Repository repository, ObjectId commit) throws IOException {
    this.origin = origin;
    this.repository = repository;
    this.objects = repository.newObjectReader();
    try (var history = new RevWalk(objects)) {
      RevCommit head = history.parseCommit(commit);
      this.facts = Map.of("commit", commit.name(), "date", Instant.ofEpochSecond(head.getCommitTime()).toString());
      this.licences = licences(head);
      this.files = walk(head);
    } catch (IOException e) {
      objects.close();
      repository.close();
      throw e;
    }
  }

  private TreeWalk walk(RevCommit commit) throws IOException {
    var walk = new TreeWalk(objects);
    walk.addTree(commit.getTree());
    walk.setRecursive(true);
    return walk;
  }

  /// By folder, "" for the outermost.
  private Map<String, String> licences(RevCommit commit) throws IOException {
    var found = new HashMap<String, String>();
    TreeWalk walk = walk(commit);
    while (walk.next()) {
      if (isFile(walk) && isLicence(walk.getNameString())) {
        String text = new String(bytes(walk.getObjectId(0), LONGEST_LICENCE), StandardCharsets.UTF_8);
        SpdxLicence.of(text).ifPresent(licence -> found.putIfAbsent(folder(walk.getPathString()), licence));
      }
    }
    return found;
  }

  private static boolean isFile(TreeWalk walk) {
    return (walk.getRawMode(0) & FileMode.TYPE_MASK) == FileMode.TYPE_FILE;
  }

  private static boolean isLicence(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    return Stream.of("LICENSE", "LICENCE", "COPYING", "UNLICENSE").anyMatch(upper::startsWith);
  }

  private static String folder(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }

  private String licence(String path) {
    String folder = path;
    while (!folder.isEmpty()) {
      folder = folder(folder);
      String licence = licences.get(folder);
      if (licence != null) {
        return licence;
      }
    }
    return SpdxLicence.UNKNOWN;
  }

  private byte[] bytes(ObjectId id, int most) throws IOException {
    try (InputStream in = objects.open(id).openStream()) {
      return in.readNBytes(most);
    }
  }

  @Override
  public Partition.@Nullable RawRecord next() {
    if (ended) {
      return null;
    }
    try {
      ended = !files.next();
    } catch (IOException e) {
      ended = true;
      return Raw.aside(origin, "damaged Git repository", "what follows is lost: " + e.getMessage());
    }
    return ended ? null : rawRecord(files.getPathString());
  }

  private Partition.RawRecord rawRecord(String path) {
    if (!isFile(files)) {
      return new Raw(0, () -> TextFile.aside(origin, path, "a link or submodule", ""));
    }
    if (isLicence(files.getNameString())) {
      return new Raw(0, () -> TextFile.aside(origin, path, "the text of a licence", licence(path)));
    }
    Optional<String> language = FileLanguage.of(path);
    if (language.isEmpty()) {
      return new Raw(0, () -> TextFile.aside(origin, path, "unknown kind of file", ""));
    }
    try {
      var file = new TextFile(origin, path, bytes(files.getObjectId(0), TextFile.MAX_BYTES + 1), language.get(), licence(path));
      return new Raw(file.bytes().length, () -> extract(file));
    } catch (IOException e) {
      return new Raw(0, () -> TextFile.aside(origin, path, "damaged Git object", String.valueOf(e.getMessage())));
    }
  }

  private Extracted extract(TextFile file) {
    return switch (file.extract()) {
      case Extracted.Text(var document) -> new Extracted.Text(document.with(facts));
      case Extracted.SetAside aside -> aside;
    };
  }

  @Override
  public void close() {
    files.close();
    objects.close();
    repository.close();
  }
}
