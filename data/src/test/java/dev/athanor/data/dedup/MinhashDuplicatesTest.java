package dev.athanor.data.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.Sha256;
import dev.athanor.data.Document;
import dev.athanor.data.Documents;
import dev.athanor.data.SplitMix64;
import dev.athanor.data.flow.CorpusStep;
import dev.athanor.data.flow.Signatures;
import dev.athanor.data.flow.Verdict;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MinhashDuplicatesTest {
  private static final MinhashDuplicates.Lsh SHAPE = new MinhashDuplicates.Lsh(14, 8);
  @TempDir Path folder;

  private static MinhashDuplicates documents(double verify, long seed) {
    return new MinhashDuplicates(SHAPE, 5, Tokens.Cut.AUTO, Unit.DOCUMENT, 20, verify, seed);
  }

  /// A text of words drawn by a seed, so that two of different seeds share nothing.
  private static String words(long seed, int count) {
    var random = new SplitMix64(seed);
    return IntStream.range(0, count).mapToObj(_ -> Long.toString(random.next() >>> 30, 36)).collect(Collectors.joining(" "));
  }

  private static String han(long seed, int count) {
    var random = new SplitMix64(seed);
    return IntStream.range(0, count).mapToObj(_ -> Character.toString(0x4e00 + random.below(5000))).collect(Collectors.joining());
  }

  /// Two signatures of sets of a Jaccard similarity of `shared` / 400.
  private static void pair(MinHash.Signer signer, SplitMix64 random, int shared, ByteBuffer one, ByteBuffer two) {
    long[] both = IntStream.range(0, shared).mapToLong(_ -> random.next()).toArray();
    for (ByteBuffer out : List.of(one, two)) {
      for (long hash : both) {
        signer.accept(hash);
      }
      for (int i = 0; i < (400 - shared) / 2; i++) {
        signer.accept(random.next());
      }
      signer.sign(out.clear());
    }
  }

  /// Oracle: P(candidate) = 1 − (1 − s^r)^b. 14×8: .565, .924, .9996 at .7, .8, .9; 20×13: .177, .677, .997; 32×8: .850, .997, 1.
  @ParameterizedTest
  @CsvSource({"14, 8, .565, .924, .9996", "20, 13, .177, .677, .997", "32, 8, .850, .997, 1"})
  void decide_pairsOfKnownSimilarity_areFoundAsOftenAsTheFormulaSays(int bands, int rows, double at7, double at8, double at9) {
    var lsh = new MinhashDuplicates.Lsh(bands, rows);
    assertThat(lsh.candidate(.7)).isCloseTo(at7, within(.0006));
    assertThat(lsh.candidate(.8)).isCloseTo(at8, within(.0006));
    assertThat(lsh.candidate(.9)).isCloseTo(at9, within(.0006));
    int pairs = 2000;
    var random = new SplitMix64(bands);
    for (double similarity : new double[] {.7, .8, .9}) {
      // New permutations for every pair would be best; they are for every 250.
      double found = 0;
      for (int part = 0; part < 8; part++) {
        var step = new MinhashDuplicates(lsh, 5, Tokens.Cut.AUTO, Unit.DOCUMENT, 20, 0, random.next());
        found += found(step, random, (int) Math.round(similarity * 400), pairs / 8);
      }
      double expected = lsh.candidate(similarity);
      double deviation = Math.sqrt(expected * (1 - expected) / pairs);
      assertThat(found / pairs).as("%s", similarity).isCloseTo(expected, within(4.5 * deviation + .002));
    }
  }

  private int found(MinhashDuplicates step, SplitMix64 random, int shared, int pairs) {
    MinHash.Signer signer = step.hash().signer();
    var signatures = new ArrayList<byte[]>();
    for (int i = 0; i < pairs; i++) {
      ByteBuffer one = ByteBuffer.allocate(2 * step.lsh().values());
      ByteBuffer two = ByteBuffer.allocate(2 * step.lsh().values());
      pair(signer, random, shared, one, two);
      signatures.add(one.array());
      signatures.add(two.array());
    }
    Path decisions = folder.resolve("d");
    step.decide(listed(signatures), decisions, CorpusRun.workspace(folder, CorpusRun.MUCH_MEMORY, 2));
    return (int) DuplicateSummary.read(decisions).copies();
  }

  private static Signatures listed(List<byte[]> signatures) {
    return new Signatures() {
      @Override
      public long documents() {
        return signatures.size();
      }

      @Override
      public void forEach(Reader reader) {
        for (int i = 0; i < signatures.size(); i++) {
          reader.read(i, "d" + i, signatures.get(i));
        }
      }
    };
  }

  /// The share of agreeing values is binomial with k = 112 if the permutations are as good as independent.
  @Test
  void signatures_shareOfAgreeingValues_estimatesJaccardAsWellAsIndependentPermutations() {
    int k = SHAPE.values();
    for (int shared : new int[] {40, 200, 320}) {
      double similarity = shared / 400.0;
      double sum = 0;
      double squares = 0;
      int trials = 2500;
      var random = new SplitMix64(shared);
      for (int trial = 0; trial < trials; trial++) {
        MinHash.Signer signer = new MinHash(k, random.next()).signer();
        ByteBuffer one = ByteBuffer.allocate(2 * k);
        ByteBuffer two = ByteBuffer.allocate(2 * k);
        pair(signer, random, shared, one, two);
        double estimate = IntStream.range(0, k).filter(i -> one.getShort(2 * i) == two.getShort(2 * i)).count() / (double) k;
        sum += estimate;
        squares += (estimate - similarity) * (estimate - similarity);
      }
      double variance = similarity * (1 - similarity) / k;
      assertThat(sum / trials).isCloseTo(similarity, within(5 * Math.sqrt(variance / trials) + 2e-5));
      assertThat(squares / trials).isBetween(.85 * variance, 1.15 * variance);
    }
  }

  @Test
  void signature_hashesInAnyOrderAndTwice_isTheSame() {
    var hash = new MinHash(112, 1);
    var random = new SplitMix64(1);
    for (int size : new int[] {1, 7, 8, 9, 16, 23}) {
      long[] set = IntStream.range(0, size).mapToLong(_ -> random.next()).toArray();
      ByteBuffer one = ByteBuffer.allocate(224);
      ByteBuffer two = ByteBuffer.allocate(224);
      MinHash.Signer signer = hash.signer();
      for (long each : set) {
        signer.accept(each);
      }
      signer.sign(one);
      for (int i = 2 * size - 1; i >= 0; i--) {
        signer.accept(set[i % size]);
      }
      signer.sign(two);
      assertThat(one.array()).isEqualTo(two.array()).isNotEqualTo(new byte[224]);
    }
  }

  @Test
  void documents_nearlyTheSame_keepTheFirst() {
    String english = words(1, 300);
    String chinese = han(2, 300);
    List<String> texts =
        CorpusRun.of(
                documents(.8, 7),
                CorpusRun.documents(
                    english, chinese, words(3, 300), english.toUpperCase(java.util.Locale.ROOT) + "!", "", "、。",
                    chinese.substring(0, 200) + "，\n" + chinese.substring(200, 299), han(4, 300), "short", "short", ""),
                folder,
                CorpusRun.MUCH_MEMORY,
                2)
            .texts();
    assertThat(texts.get(3)).isEqualTo("near-duplicate: of d0, estimated similarity 1.00");
    assertThat(texts.get(6)).matches("near-duplicate: of d1, estimated similarity (0.9[0-9]|1.00)");
    assertThat(texts.get(9)).isEqualTo("near-duplicate: of d8, estimated similarity 1.00");
    assertThat(texts.stream().filter(text -> text.startsWith("near"))).hasSize(3);
  }

  @Test
  void verify_candidatesBelow_stay() {
    var documents = new ArrayList<Document>();
    for (int i = 0; i < 60; i++) {
      String text = words(i, 400);
      documents.add(Documents.prose("a" + i, text));
      // Similarity about .6: a quarter of the words are others.
      documents.add(Documents.prose("b" + i, text.substring(0, text.length() * 3 / 4) + " " + words(1000 + i, 100)));
    }
    var loose = CorpusRun.of(documents(0, 3), documents, folder, CorpusRun.MUCH_MEMORY, 2);
    assertThat(loose.summary().copies()).isBetween(5L, 40L);
    var strict = CorpusRun.of(documents(.8, 3), documents, folder, CorpusRun.MUCH_MEMORY, 2);
    assertThat(strict.summary().copies()).isLessThan(3);
  }

  @Test
  void decide_anyThreadsAndMemory_writesTheSameBytes() {
    var documents = new ArrayList<Document>();
    var random = new SplitMix64(9);
    for (int i = 0; i < 600; i++) {
      String base = words(random.below(80), 120);
      documents.add(Documents.prose("x" + i, base.substring(0, base.length() - random.below(80)) + " " + words(i + 500, random.below(9))));
    }
    for (double verify : new double[] {0, .75}) {
      String digest = "";
      for (int threads : new int[] {1, 2, 4}) {
        for (long memory : new long[] {CorpusRun.LEAST_MEMORY, CorpusRun.MUCH_MEMORY}) {
          CorpusRun run = CorpusRun.of(documents(verify, 3), documents, folder, memory, threads);
          String ours = Sha256.of(run.decisions()) + Sha256.of(DuplicateSummary.beside(run.decisions()));
          assertThat(ours).isEqualTo(digest.isEmpty() ? ours : digest);
          digest = ours;
          assertThat(run.summary().copies()).isGreaterThan(100);
          assertThat(folder.resolve("work")).isEmptyDirectory();
        }
      }
    }
  }

  /// More copies of one document than a batch of pairs holds.
  @Test
  void decide_oneTextManyTimes_keepsOne() {
    byte[] one = documents(0, 1).sign(Documents.prose("x", words(1, 50)));
    byte[] other = documents(0, 1).sign(Documents.prose("x", words(2, 50)));
    var signatures = new ArrayList<byte[]>();
    for (int i = 0; i < 80_000; i++) {
      signatures.add(i == 70_000 ? other : one);
    }
    for (double verify : new double[] {0, .9}) {
      Path decisions = folder.resolve("d");
      documents(verify, 1).decide(listed(signatures), decisions, CorpusRun.workspace(folder, 1 << 20, 2));
      DuplicateSummary summary = DuplicateSummary.read(decisions);
      assertThat(summary.copies()).isEqualTo(79_998);
      assertThat(summary.largest()).containsExactly(new DuplicateSummary.Group("d0", 79_999));
    }
  }

  @Test
  void decide_noDocuments_writesAnEmptyDecision() {
    assertThat(CorpusRun.of(documents(.5, 1), List.of(), folder, 1, 2).summary().copies()).isZero();
    assertThat(CorpusRun.of(documents(.5, 1), CorpusRun.documents("", ""), folder, 1, 2).texts()).containsExactly("", "");
  }

  @Test
  void seeds_exactCopies_areFoundWithAny() {
    for (long seed = 0; seed < 10; seed++) {
      String text = words(seed, 50);
      List<Document> documents = CorpusRun.documents(words(100 + seed, 50), text, text + "\n");
      assertThat(CorpusRun.of(documents(.9, seed), documents, folder, CorpusRun.MUCH_MEMORY, 1).texts().get(2)).contains("of d1,");
    }
  }

  @Test
  void paragraphs_nearlyTheSame_areCutAfterTheFirst() {
    String one = words(1, 60);
    String two = han(2, 90);
    var step = new MinhashDuplicates(SHAPE, 3, Tokens.Cut.AUTO, Unit.PARAGRAPH, 20, 0, 1);
    List<Document> documents =
        CorpusRun.documents(one + "\n\n" + two, words(3, 60) + "\n\nHeading\n\n" + two.substring(1) + "\n\n----------------------------\n", one + ".\n");
    assertThat(CorpusRun.of(step, documents, folder, 1, 2).texts())
        .containsExactly(
            documents.get(0).text(),
            words(3, 60) + "\n\nHeading\n\n----------------------------\n",
            "near-duplicate: 1 paragraph that stood before, and little else");
  }

  /// A million documents, half of them copies, in a workspace of 16 MiB.
  @Test
  void decide_aMillionSignatures_inLittleMemory() {
    int documents = 1_000_000;
    var step = new MinhashDuplicates(new MinhashDuplicates.Lsh(4, 4), 5, Tokens.Cut.AUTO, Unit.DOCUMENT, 20, 0, 1);
    Signatures made =
        new Signatures() {
          @Override
          public long documents() {
            return documents;
          }

          @Override
          public void forEach(Reader reader) {
            var bytes = ByteBuffer.allocate(32);
            for (long i = 0; i < documents; i++) {
              var random = new SplitMix64(i % (documents / 2));
              bytes.clear().putLong(random.next()).putLong(random.next()).putLong(random.next()).putLong(random.next());
              reader.read(i, "d" + i, bytes.array());
            }
          }
        };
    Path decisions = folder.resolve("many");
    step.decide(made, decisions, CorpusRun.workspace(folder, 16 << 20, 2));
    assertThat(DuplicateSummary.read(decisions).copies()).isEqualTo(documents / 2);
    CorpusStep.Judge judge = step.judge(decisions);
    Document any = Documents.prose("x", "x");
    for (long number : new long[] {0, 77, 499_999}) {
      assertThat(judge.apply(number, any)).isInstanceOf(Verdict.Kept.class);
      assertThat(judge.apply(number + documents / 2, any))
          .isEqualTo(new Verdict.Dropped("near-duplicate", "of d" + number + ", estimated similarity 1.00"));
    }
  }
}
