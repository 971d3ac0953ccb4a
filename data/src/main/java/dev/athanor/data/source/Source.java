package dev.athanor.data.source;

import java.util.List;

/// Where documents come from: an entry of a recipe's `sources`.
public sealed interface Source
    permits
        FilesSource,
        GitSource,
        JsonlSource,
        MavenSource,
        ParquetSource,
        PdfSource,
        WarcSource {
  /// The parts that can be read side by side, in the order of the corpus, which is the same every time. Finds files and looks at
  /// their sizes; reads no document.
  ///
  /// @throws dev.athanor.base.UserException naming everything that cannot be found
  List<Partition> partitions(SourceContext context);

  /// Changes when the documents may have changed, found out without reading them: a stage with the same fingerprint need not be
  /// redone. A file counts by path, size and time, a released coordinate by its name, a snapshot by the day.
  String fingerprint(SourceContext context);
}
