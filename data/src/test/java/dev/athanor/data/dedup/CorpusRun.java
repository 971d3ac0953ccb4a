package dev.athanor.data.dedup;

import dev.athanor.base.Progress;
import dev.athanor.data.Document;
import dev.athanor.data.Documents;
import dev.athanor.data.flow.CorpusStep;
import dev.athanor.data.flow.Signatures;
import dev.athanor.data.flow.Verdict;
import dev.athanor.data.flow.Workspace;
import dev.athanor.data.spill.LocalWorkspace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Runs a step over a corpus in memory.
///
/// @param decisions the file
/// @param verdicts one for each document
record CorpusRun(Path decisions, List<Verdict> verdicts) {
  /// Everything spills with it.
  static final long LEAST_MEMORY = 1;
  static final long MUCH_MEMORY = 1L << 28;

  static CorpusRun of(CorpusStep step, List<Document> documents, Path folder, long memory, int threads) {
    Path decisions = folder.resolve("decisions-" + memory + "-" + threads);
    List<byte[]> signatures = documents.parallelStream().map(step::sign).toList();
    step.decide(signatures(documents, signatures), decisions, workspace(folder, memory, threads));
    CorpusStep.Judge judge = step.judge(decisions);
    var verdicts = new ArrayList<Verdict>();
    for (int i = 0; i < documents.size(); i++) {
      verdicts.add(judge.apply(i, documents.get(i)));
    }
    return new CorpusRun(decisions, verdicts);
  }

  static Workspace workspace(Path folder, long memory, int threads) {
    return new LocalWorkspace(folder.resolve("work"), memory, threads, Progress.silent());
  }

  private static Signatures signatures(List<Document> documents, List<byte[]> signatures) {
    return new Signatures() {
      @Override
      public long documents() {
        return signatures.size();
      }

      @Override
      public void forEach(Reader reader) {
        for (int i = 0; i < signatures.size(); i++) {
          reader.read(i, documents.get(i).id(), signatures.get(i));
        }
      }
    };
  }

  /// Prose documents d0, d1, … of these texts.
  static List<Document> documents(String... texts) {
    return IntStream.range(0, texts.length).mapToObj(i -> Documents.prose("d" + i, texts[i])).toList();
  }

  /// What is left of each document; of a dropped one "reason: detail".
  List<String> texts() {
    return verdicts.stream().map(CorpusRun::text).toList();
  }

  private static String text(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Kept(Document document, _) -> document.text();
      case Verdict.Dropped dropped -> dropped.reason() + ": " + dropped.detail();
    };
  }

  DuplicateSummary summary() {
    return DuplicateSummary.read(decisions);
  }
}
