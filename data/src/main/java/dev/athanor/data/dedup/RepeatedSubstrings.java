package dev.athanor.data.dedup;

import dev.athanor.data.Document;
import dev.athanor.data.flow.CorpusStep;
import dev.athanor.data.flow.PairSort;
import dev.athanor.data.flow.Signatures;
import dev.athanor.data.flow.Workspace;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// Cuts every part of a text of at least `minLength` code points that stood before in the corpus, word for word, and keeps the first:
/// code point c is cut if it lies in a window of `minLength` code points which is equal to an earlier one, in an earlier document or
/// in the same document without overlap. Lee et al., "Deduplicating training data makes language models better", ACL
/// 2022, find the same by a suffix array, which takes memory by the length of the corpus; this goes by sorts on disk.
///
/// First, places are chosen so that equal windows share one (`Winnow`), and the hashes of the grams there are sorted: a gram that
/// occurs once belongs to no repeated window. Second, of the windows around the others, the hashes are sorted: the first place
/// of each is what the rest repeats. Third, in the order of the corpus, each is compared with the first code point by code point
/// (where the window before was found equal, only the last of them), and windows are put together to spans.
///
/// Disk: the texts, 16 bytes for each fourth part of `minLength` code points, and 16 bytes a code point of repeated text, twice each
/// while one sort feeds the next. Memory: the sorts' and one document.
///
/// @param snap to what the ends of a span are moved inwards
public record RepeatedSubstrings(int minLength, Snap snap) implements CorpusStep {
  public RepeatedSubstrings {
    if (minLength < 2) {
      throw new IllegalArgumentException("minLength must be at least 2, not " + minLength);
    }
  }

  /// The text; nothing where it is too short to hold such a part.
  @Override
  public byte[] sign(Document document) {
    String text = document.text();
    boolean tooShort = text.length() < minLength || text.codePointCount(0, text.length()) < minLength;
    return tooShort ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void decide(Signatures signatures, Path decisions, Workspace workspace) {
    try (var texts = new TextStore(workspace.folder());
        PairSort shared = workspace.pairSort("shared")) {
      sharedGrams(signatures, texts, shared, workspace);
      try (PairSort repeated = workspace.pairSort("repeated")) {
        repeatedWindows(texts, shared, repeated, workspace);
        write(decisions, signatures, texts, repeated, workspace);
      }
    }
  }

  /// Adds the places of chosen grams that occur more than once.
  private void sharedGrams(Signatures signatures, TextStore texts, PairSort shared, Workspace workspace) {
    var winnow = new Winnow(minLength);
    var group = new Group();
    try (PairSort grams = workspace.pairSort("grams")) {
      signatures.forEach(
          (_, _, text) -> {
            long start = texts.size();
            winnow.forEach(text, text.length, (hash, place) -> grams.add(hash, start + place));
            texts.add(text);
          });
      grams.forEach(
          (hash, place) -> {
            if (group.continues(hash, place)) {
              if (group.size == 2) {
                shared.add(group.first, 0);
              }
              shared.add(place, 0);
            }
          });
    }
  }

  /// Adds the places of windows that occurred before, with their first.
  private void repeatedWindows(TextStore texts, PairSort shared, PairSort repeated, Workspace workspace) {
    var group = new Group();
    try (PairSort windows = workspace.pairSort("windows")) {
      var around = new WindowsAround(texts, minLength, windows);
      shared.forEach((place, _) -> around.add(place));
      around.finish();
      windows.forEach(
          (hash, place) -> {
            if (group.continues(hash, place)) {
              repeated.add(place, group.first);
            }
          });
    }
  }

  /// Follows sorted pairs of equal keys.
  private static final class Group {
    private long key;
    private long first = -1;
    private long size;

    /// Whether this pair has the key of the one before; if not, it is the first of a new group.
    boolean continues(long nextKey, long value) {
      if (first >= 0 && nextKey == key) {
        size++;
        return true;
      }
      key = nextKey;
      first = value;
      size = 1;
      return false;
    }
  }

  private void write(Path decisions, Signatures signatures, TextStore texts, PairSort repeated, Workspace workspace) {
    var largest = new LargestGroups();
    try (PairSort sources = workspace.pairSort("sources")) {
      var spans = new RepeatedSpans(texts, minLength, sources);
      Decisions.write(
          decisions,
          workspace.folder(),
          writer -> {
            repeated.forEach((place, first) -> spans.add(place, first, writer));
            spans.finish(writer);
          });
      groups(sources, largest);
      signatures.forEach((number, id, _) -> largest.name(texts.start(number), texts.start(number + 1), id));
      new DuplicateSummary(
              "substring", "span", signatures.documents(), texts.documents(), spans.count(), largest.count(), spans.documents(), largest.named())
          .write(decisions);
    }
  }

  /// The first copies by how many spans repeat them.
  private static void groups(PairSort sources, LargestGroups largest) {
    var group = new Group();
    var last =
        new Object() {
          long first = -1;
          long size;
        };
    sources.forEach(
        (source, span) -> {
          if (!group.continues(source, span) && last.first >= 0) {
            largest.add(last.first, last.size + 1);
          }
          last.first = source;
          last.size = group.size;
        });
    if (last.first >= 0) {
      largest.add(last.first, last.size + 1);
    }
  }

  @Override
  public Judge judge(Path decisions) {
    return new SpanJudge(new Decisions(decisions), snap);
  }
}
