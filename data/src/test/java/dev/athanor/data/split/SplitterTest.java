package dev.athanor.data.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.Progress;
import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import dev.athanor.data.Document;
import dev.athanor.data.DocumentFile;
import dev.athanor.data.Documents;
import dev.athanor.data.dedup.UnionFind;
import dev.athanor.data.flow.Workspace;
import dev.athanor.data.shard.DocumentParts;
import dev.athanor.data.spill.LocalWorkspace;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SplitterTest {
  private static final Splitter DEFAULT = new Splitter(0.7, new PackageSplit(0.04, 0.04, 1));
  private static final long MUCH = 1L << 28;

  @TempDir Path folder;

  /// Two origins of 30 packages with 3 files each; file F2 of package p7 is nearly that of p8 and p9.
  private static List<Document> corpus() {
    var documents = new ArrayList<Document>();
    for (String origin : List.of("g:zh:1", "g:en:1")) {
      for (int p = 0; p < 30; p++) {
        for (int f = 0; f < 3; f++) {
          boolean copy = f == 2 && p >= 7 && p <= 9;
          String text = Documents.javaClass("x.p" + p, "F" + f, origin.hashCode() + (copy ? 7_000 : p * 100L + f), 12);
          documents.add(Documents.java(origin, "x/p" + p + "/F" + f + ".java", text).with("docLanguage", origin.substring(2, 4)));
        }
      }
    }
    return documents;
  }

  /// A corpus in memory, in parts of so many documents.
  private record Parts(List<Document> documents, int size) implements DocumentParts {
    @Override
    public int count() {
      return (documents.size() + size - 1) / size;
    }

    @Override
    public Stream<Document> open(int part) {
      return documents.subList(part * size, Math.min(documents.size(), (part + 1) * size)).stream();
    }

    @Override
    public String fingerprint() {
      return "";
    }
  }

  private Workspace workspace(long memory, int threads) {
    return new LocalWorkspace(folder.resolve("work"), memory, threads, Progress.silent());
  }

  private SplitReport run(Splitter splitter, List<Document> documents, Path to) throws InterruptedException {
    return splitter.run(new Parts(documents, 17), to, workspace(MUCH, 2));
  }

  private static List<Document> read(Path folder, Part part) {
    try (Stream<Document> documents = DocumentFile.read(folder.resolve(part.file()))) {
      return documents.toList();
    }
  }

  private static SplitReport.Split split(SplitReport report, Part part) {
    return Objects.requireNonNull(report.splits().get(part.key()), part.key());
  }

  private static List<String> ids(List<Document> documents) {
    return documents.stream().map(Document::id).toList();
  }

  @Test
  void run_corpus_accountsForEveryDocument() throws InterruptedException {
    SplitReport report = run(DEFAULT, corpus(), folder);
    var all = new ArrayList<Document>();
    for (Part part : Part.values()) {
      List<Document> some = read(folder, part);
      SplitReport.Split split = split(report, part);
      assertThat(split.documents()).as(part.key()).isEqualTo(some.size()).isPositive();
      assertThat(split.bytes()).isEqualTo(some.stream().mapToLong(Document::utf8Bytes).sum());
      assertThat(split.packages()).isEqualTo(units(some).size());
      assertThat(split.bytesByOrigin()).containsOnlyKeys("g:zh:1", "g:en:1");
      assertThat(split.docLanguages().values().stream().mapToLong(SplitReport.Size::documents).sum()).isEqualTo(some.size());
      all.addAll(some);
    }
    assertThat(ids(all)).containsExactlyInAnyOrderElementsOf(ids(corpus()));
    assertThat(report.documents()).isEqualTo(180);
    assertThat(report.nearDuplicateGroups()).isEqualTo(2);
    assertThat(report.nearDuplicates()).isEqualTo(6);
    assertThat(folder.resolve("work")).satisfiesAnyOf(work -> assertThat(work).doesNotExist(), work -> assertThat(work).isEmptyDirectory());
  }

  @Test
  void run_packagesAndNearDuplicates_neverStraddleSplits() throws InterruptedException {
    for (int seed = 0; seed < 12; seed++) {
      SplitReport report = run(new Splitter(0.7, new PackageSplit(0.1, 0.1, seed)), corpus(), folder);
      List<Document> train = read(folder, Part.TRAIN);
      List<Document> validation = read(folder, Part.VALIDATION);
      List<Document> test = read(folder, Part.TEST);
      assertThat(units(validation)).doesNotContainAnyElementsOf(units(test));
      assertThat(test.stream().map(Document::origin).collect(Collectors.toSet())).containsExactlyInAnyOrder("g:zh:1", "g:en:1");
      assertThat(validation).isNotEmpty().allSatisfy(d -> assertThat(d.metadata()).containsKey("duplicatedShare"));
      Set<String> heldOutUnits = units(validation);
      heldOutUnits.addAll(units(test));
      assertThat(train.stream().filter(d -> heldOutUnits.contains(PackageSplit.unit(d)))).hasSize((int) report.movedToTrain());
      var heldOut = new ArrayList<>(validation);
      heldOut.addAll(test);
      for (Document one : heldOut) {
        assertThat(train).allSatisfy(other -> assertThat(jaccard(one.text(), other.text())).isLessThan(0.7));
      }
    }
  }

  private static Set<String> units(List<Document> documents) {
    return documents.stream().map(PackageSplit::unit).collect(Collectors.toCollection(HashSet::new));
  }

  /// By sets, as the definition says.
  private static double jaccard(String a, String b) {
    Set<Long> both = Arrays.stream(NearDuplicates.shingles(a)).boxed().collect(Collectors.toSet());
    int one = both.size();
    Set<Long> other = Arrays.stream(NearDuplicates.shingles(b)).boxed().collect(Collectors.toSet());
    both.retainAll(other);
    return (double) both.size() / (one + other.size() - both.size());
  }

  @Test
  void run_otherPartsThreadsAndMemory_writesTheSameBytes() throws InterruptedException {
    Path one = folder.resolve("one");
    Path other = folder.resolve("other");
    DEFAULT.run(new Parts(corpus(), 1000), one, workspace(MUCH, 1));
    DEFAULT.run(new Parts(corpus(), 7), other, workspace(1, 3));
    for (String name : List.of(Part.TRAIN.file(), Part.VALIDATION.file(), Part.TEST.file(), Splitter.REPORT)) {
      assertThat(Sha256.of(other.resolve(name))).as(name).isEqualTo(Sha256.of(one.resolve(name)));
    }
  }

  @Test
  void run_documentsInAnotherOrder_drawsTheSameSplits() throws InterruptedException {
    List<Document> shuffled = corpus();
    Collections.shuffle(shuffled, new Random(3));
    SplitReport report = run(DEFAULT, corpus(), folder.resolve("one"));
    assertThat(run(DEFAULT, shuffled, folder.resolve("two"))).isEqualTo(report);
    for (Part part : Part.values()) {
      List<String> drawn = ids(read(folder.resolve("one"), part));
      assertThat(ids(read(folder.resolve("two"), part))).containsExactlyInAnyOrderElementsOf(drawn);
    }
  }

  @Test
  void run_nothing_isTheUsersToMend() {
    assertThatThrownBy(() -> run(DEFAULT, List.of(), folder)).isInstanceOf(UserException.class).hasMessageContaining("nothing is left to train on");
  }

  /// Whenever a part is opened, what was given of others must be garbage, but for what the other threads work on.
  @Test
  void run_manyParts_holdsNoDocuments() throws InterruptedException {
    int threads = 2;
    int size = 30;
    var parts =
        new DocumentParts() {
          private final List<WeakReference<Document>> given = Collections.synchronizedList(new ArrayList<>());
          private long mostAlive;
          private int opened;

          @Override
          public int count() {
            return 8;
          }

          @Override
          public synchronized Stream<Document> open(int part) {
            System.gc();
            synchronized (given) { // others go on adding
              mostAlive = Math.max(mostAlive, given.stream().filter(document -> document.get() != null).count());
            }
            opened++;
            return IntStream.range(0, size)
                .mapToObj(
                    i -> {
                      String name = "P" + part + "F" + i;
                      Document document = Documents.java("o", part + "/" + name + ".java", Documents.javaClass("p" + part, name, part * 100L + i, 9));
                      given.add(new WeakReference<>(document));
                      return document;
                    });
          }

          @Override
          public String fingerprint() {
            return "";
          }
        };
    new Splitter(0.7, new PackageSplit(0.2, 0.2, 1)).run(parts, folder, workspace(1, threads));
    assertThat(parts.opened).isEqualTo(8 * 5);
    assertThat(parts.mostAlive).isLessThanOrEqualTo((long) threads * size);
  }

  // ---- near-duplicates

  private List<Long> leaders(String... texts) throws InterruptedException {
    try (var near = new NearDuplicates(0.7, workspace(1, 1))) {
      for (String text : texts) {
        near.add(NearDuplicates.Signed.of(text));
      }
      try (UnionFind groups = near.groups()) {
        return IntStream.range(0, texts.length).mapToObj(groups::leader).toList();
      }
    }
  }

  @Test
  void groups_renamedCopies_areLedByTheFirst() throws InterruptedException {
    String text = Documents.javaClass("a", "A", 1, 40);
    assertThat(leaders(Documents.javaClass("a", "A", 2, 40), text, "x", text.replace("class A", "class Other"), "x"))
        .containsExactly(0L, 1L, 2L, 1L, 4L);
  }

  @Test
  void groups_similarityAroundTheThreshold_isJudgedOnTheSets() throws InterruptedException {
    String text = Documents.javaClass("a", "A", 1, 60);
    List<String> lines = text.lines().toList();
    var seen = new TreeMap<Boolean, Integer>(Map.of(true, 0, false, 0));
    for (int gone = 10; gone < 90; gone += 5) {
      String rest = String.join("\n", lines.subList(gone, lines.size()));
      boolean alike = jaccard(text, rest) >= 0.7;
      seen.merge(alike, 1, Integer::sum);
      assertThat(leaders(text, rest)).as("similarity %s", jaccard(text, rest)).containsExactly(0L, alike ? 0L : 1L);
    }
    assertThat(seen.values()).allSatisfy(count -> assertThat(count).isGreaterThan(3));
  }

  @Test
  void groups_moreCopiesThanEachIsComparedWith_areOneGroup() throws InterruptedException {
    String text = Documents.javaClass("a", "A", 1, 40);
    String[] copies = IntStream.range(0, 200).mapToObj(i -> text.replace("class A", "class A" + i)).toArray(String[]::new);
    assertThat(leaders(copies)).containsOnly(0L);
  }

  // ---- the leak

  @Test
  void leak_linesOfTenCharactersThatStandInTrain_count() {
    Document heldOut = Documents.prose("h", "0123456789  \nshort\n\nabcdeabcde\n");
    var leak = new Leak(Leak.lines(heldOut));
    assertThat(leak.of(heldOut)).isEqualTo(new Leak.Bytes(0, 25));
    leak.train(Documents.prose("t", "  0123456789\nshort\n"));
    assertThat(leak.of(heldOut)).isEqualTo(new Leak.Bytes(10, 25));
    assertThat(Leak.Bytes.NONE.share()).isZero();
  }

  @Test
  void run_linesSharedWithTrain_areToldByDocumentAndSplit() throws Exception {
    SplitReport report = run(new Splitter(0.7, new PackageSplit(0.2, 0.2, 1)), corpus(), folder);
    String train = read(folder, Part.TRAIN).stream().map(Document::text).collect(Collectors.joining("\n"));
    Set<String> trainLines = train.lines().map(String::strip).collect(Collectors.toSet());
    long shared = 0;
    long all = 0;
    for (Document document : read(folder, Part.TEST)) {
      long bytes = document.text().lines().map(String::strip).mapToLong(String::length).sum();
      long known =
          document.text().lines().map(String::strip).filter(line -> line.length() >= 10 && trainLines.contains(line)).mapToLong(String::length).sum();
      assertThat(Double.parseDouble(document.metadata().getOrDefault("duplicatedShare", ""))).isCloseTo((double) known / bytes, within(1e-4));
      shared += known;
      all += bytes;
    }
    assertThat(split(report, Part.TEST).duplicatedShare()).isEqualTo((double) shared / all);
    assertThat(split(report, Part.TRAIN).duplicatedShare()).isEqualTo(1);
    assertThat(Files.readString(folder.resolve(Splitter.REPORT))).contains("\"movedToTrain\"");
  }
}
