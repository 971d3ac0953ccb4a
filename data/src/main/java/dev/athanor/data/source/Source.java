package dev.athanor.data.source;

import dev.athanor.data.Document;
import java.util.List;
import java.util.function.Consumer;

/// Where documents come from: an entry of a recipe's `sources`.
public sealed interface Source permits MavenSource, FilesSource, JsonlSource {
  /// Hands every document to `sink` and says what was read, one report for each origin. The order is the same every time.
  ///
  /// @throws dev.athanor.base.UserException naming everything that cannot be read, before the first document where it can be told
  List<SourceReport> read(SourceContext context, Consumer<Document> sink);

  /// Changes when the documents may have changed, found out without reading them: a stage with the same fingerprint need not be
  /// redone. A file counts by path, size and time, a released coordinate by its name, a snapshot by the day.
  String fingerprint(SourceContext context);
}
