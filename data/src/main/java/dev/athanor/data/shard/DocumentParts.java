package dev.athanor.data.shard;

import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import dev.athanor.data.Document;
import dev.athanor.data.DocumentFile;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Documents in parts of which any can be read by itself: the files that a curation wrote, in their order.
public interface DocumentParts {
  int count();

  /// The documents of a part in order. Whoever asked closes the stream.
  Stream<Document> open(int part);

  /// Changes when any document, or the order, does.
  String fingerprint();

  /// The files of a folder in the order of their names. Where a curation's `manifest.json` lies beside them, it says which they are and
  /// their checksums; else all whose names end in `.jsonl.gz` or `.jsonl.zst`.
  ///
  /// @throws UserException when there are none, or one of the manifest's is missing
  static DocumentParts ofFolder(Path folder) {
    return DocumentFolder.open(folder);
  }

  /// Files of documents as [DocumentFile] writes them.
  static DocumentParts ofFiles(List<Path> files) {
    List<Path> all = List.copyOf(files);
    return new DocumentParts() {
      @Override
      public int count() {
        return all.size();
      }

      @Override
      public Stream<Document> open(int part) {
        return DocumentFile.read(all.get(part));
      }

      @Override
      public String fingerprint() {
        var content = new StringBuilder();
        all.forEach(file -> content.append(Sha256.of(file)).append('\n'));
        return Sha256.of(content.toString());
      }
    };
  }
}
