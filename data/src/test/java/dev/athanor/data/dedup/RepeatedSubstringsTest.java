package dev.athanor.data.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.Sha256;
import dev.athanor.data.Document;
import dev.athanor.data.SplitMix64;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RepeatedSubstringsTest {
  @TempDir Path folder;

  private record Place(int document, int at) {}

  /// Every window of every text, in a map: code points in windows that occurred before without overlap are cut.
  private static String[] oracle(String[] texts, int length) {
    Map<String, Place> firsts = new HashMap<>();
    String[] left = new String[texts.length];
    for (int d = 0; d < texts.length; d++) {
      int[] points = texts[d].codePoints().toArray();
      boolean[] cut = new boolean[points.length];
      for (int i = 0; i + length <= points.length; i++) {
        Place first = firsts.putIfAbsent(new String(points, i, length), new Place(d, i));
        if (first != null && (first.document < d || first.at + length <= i)) {
          Arrays.fill(cut, i, i + length, true);
        }
      }
      var text = new StringBuilder();
      IntStream.range(0, points.length).filter(i -> !cut[i]).forEach(i -> text.appendCodePoint(points[i]));
      left[d] = text.toString();
    }
    return left;
  }

  /// Texts over a few letters with parts copied from earlier ones and from themselves.
  private static String[] corpus(long seed, String letters, int documents) {
    var random = new SplitMix64(seed);
    int[] alphabet = letters.codePoints().toArray();
    String[] texts = new String[documents];
    for (int d = 0; d < documents; d++) {
      var text = new StringBuilder();
      for (int part = random.below(6); part > 0; part--) {
        int[] from = (d > 0 && random.below(2) == 0 ? texts[random.below(d)] : text.toString()).codePoints().toArray();
        if (from.length > 0 && random.below(4) > 0) {
          int start = random.below(from.length);
          text.append(new String(from, start, random.below(from.length - start + 1)));
        } else {
          IntStream.range(0, random.below(60)).forEach(_ -> text.appendCodePoint(alphabet[random.below(alphabet.length)]));
        }
      }
      texts[d] = text.toString();
    }
    return texts;
  }

  @ParameterizedTest
  @CsvSource({"ab, 8", "a, 9", "abcdefghij, 8", "天地玄黄宇宙洪荒, 10", "aé天𠀀/, 13", "𠀀𠀁𠀂𠀃, 12", "ab/, 21"})
  void decide_randomCorpora_cutWhatEveryWindowInAMapWould(String letters, int length) {
    var step = new RepeatedSubstrings(length, Snap.CHARACTER);
    int cut = 0;
    for (int seed = 0; seed < 20; seed++) {
      String[] texts = corpus(seed, letters.replace('/', '\n'), 12);
      String[] expected = oracle(texts, length);
      CorpusRun run = CorpusRun.of(step, CorpusRun.documents(texts), folder, CorpusRun.MUCH_MEMORY, 2);
      for (int d = 0; d < texts.length; d++) {
        String ours = run.texts().get(d);
        assertThat(ours.equals("repeated text: all of it stood before") ? "" : ours.strip()).as("%s %s", seed, d).isEqualTo(expected[d].strip());
        cut += texts[d].length() - expected[d].length();
      }
    }
    assertThat(cut).isGreaterThan(200);
  }

  @Test
  void decide_anyThreadsAndMemory_writesTheSameBytes() {
    List<Document> documents = CorpusRun.documents(corpus(99, "abcdefgh天地玄黄", 300));
    var step = new RepeatedSubstrings(16, Snap.WORD);
    String digest = "";
    for (int threads : new int[] {1, 2, 4}) {
      for (long memory : new long[] {CorpusRun.LEAST_MEMORY, CorpusRun.MUCH_MEMORY}) {
        CorpusRun run = CorpusRun.of(step, documents, folder, memory, threads);
        String ours = Sha256.of(run.decisions()) + Sha256.of(DuplicateSummary.beside(run.decisions()));
        assertThat(ours).isEqualTo(digest.isEmpty() ? ours : digest);
        digest = ours;
        assertThat(run.summary().affected()).isGreaterThan(50);
        assertThat(folder.resolve("work")).isEmptyDirectory();
      }
    }
  }

  private List<String> cut(Snap snap, int length, String... texts) {
    return CorpusRun.of(new RepeatedSubstrings(length, snap), CorpusRun.documents(texts), folder, CorpusRun.MUCH_MEMORY, 1).texts();
  }

  @Test
  void word_spansThatEndInWords_areMovedInwards() {
    assertThat(cut(Snap.WORD, 12, "one whole sentence here", "done whole sentence hereby 天地", "x"))
        .containsExactly("one whole sentence here", "done hereby 天地", "x");
    assertThat(cut(Snap.WORD, 8, "天地玄黄宇宙洪荒日月", "人天地玄黄宇宙洪荒日星")).containsExactly("天地玄黄宇宙洪荒日月", "人星");
  }

  @Test
  void line_onlyWholeLines_areCut() {
    assertThat(cut(Snap.LINE, 10, "first\nsecond line\nthird\n", "xfirst\nsecond line\nthirdy\n", "a\nsecond line\nthird", "second line"))
        .containsExactly("first\nsecond line\nthird\n", "xfirst\nthirdy\n", "a\n", "repeated text: all of it stood before");
  }

  @Test
  void runOfOneLetter_ofAnyLength_leavesItsFirst() {
    assertThat(cut(Snap.CHARACTER, 100, "a".repeat(200_000), "b" + "a".repeat(99) + "b")).containsExactly("a".repeat(100), "b" + "a".repeat(99) + "b");
  }

  @Test
  void summary_namesTheDocumentsThatAreRepeatedMost() {
    String often = "this is repeated very often";
    DuplicateSummary summary =
        CorpusRun.of(new RepeatedSubstrings(20, Snap.WORD), CorpusRun.documents("x " + often, "1 " + often, "2 " + often, "short"), folder, 1, 1).summary();
    assertThat(summary.copies()).isEqualTo(2);
    assertThat(summary.affected()).isEqualTo(2);
    assertThat(summary.largest()).containsExactly(new DuplicateSummary.Group("d0", 3));
  }

  @Test
  void decide_noDocumentsOrNoText_writesAnEmptyDecision() {
    assertThat(CorpusRun.of(new RepeatedSubstrings(20, Snap.WORD), List.of(), folder, 1, 2).summary().copies()).isZero();
    assertThat(CorpusRun.of(new RepeatedSubstrings(20, Snap.WORD), CorpusRun.documents("", "x", ""), folder, 1, 2).texts()).containsExactly("", "x", "");
  }
}
