package dev.athanor.data.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import dev.athanor.data.Document;
import dev.athanor.data.SplitMix64;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExactDuplicatesTest {
  private static final ExactDuplicates DOCUMENTS = new ExactDuplicates(Unit.DOCUMENT, true, 20);
  private static final ExactDuplicates LINES = new ExactDuplicates(Unit.LINE, true, 5);
  private static final ExactDuplicates PARAGRAPHS = new ExactDuplicates(Unit.PARAGRAPH, true, 5);
  @TempDir Path folder;

  private List<String> run(ExactDuplicates step, String... texts) {
    return CorpusRun.of(step, CorpusRun.documents(texts), folder, CorpusRun.MUCH_MEMORY, 2).texts();
  }

  @Test
  void documents_sameButForSpace_keepTheFirst() {
    assertThat(run(DOCUMENTS, "天地 玄黄", "宇宙洪荒", "天地\u3000玄黄\n", "", "天地玄黄", " \u200b", "Ａ"))
        .containsExactly(
            "天地 玄黄", "宇宙洪荒", "exact duplicate: the same text as d0", "", "exact duplicate: the same text as d0",
            "exact duplicate: the same text as d3", "Ａ");
  }

  @Test
  void documents_notNormalised_spaceCounts() {
    assertThat(run(new ExactDuplicates(Unit.DOCUMENT, false, 20), "a b", "ab", "a b"))
        .containsExactly("a b", "ab", "exact duplicate: the same text as d0");
  }

  @Test
  void lines_thatStoodBefore_areCutAndShortOnesStay() {
    assertThat(
            run(
                LINES,
                "first line\n}\nsecond line\n}\nfirst line\n",
                "}\r\nsecond line\r\nthird line",
                "third line\nsecond line\n}",
                "天地玄黄，宇宙洪荒。\n日月盈昃",
                "𠀀𠀁𠀂𠀃\n天地玄黄，宇宙洪荒。\n日月盈昃\n"))
        .containsExactly(
            "first line\n}\nsecond line\n}\n", "}\r\nthird line", "exact duplicate: 2 lines that stood before, and little else",
            "天地玄黄，宇宙洪荒。\n日月盈昃", "𠀀𠀁𠀂𠀃\n日月盈昃\n");
  }

  @Test
  void paragraphs_thatStoodBefore_areCutWithTheSpaceAfterThem() {
    assertThat(run(PARAGRAPHS, "\n\none one\none\n \n\ntwo two", "two two\n\nthree three\n\none one one\n", "Head\n\ntwo two\n\n\n"))
        .containsExactly("\n\none one\none\n \n\ntwo two", "three three\n", "exact duplicate: 1 paragraph that stood before, and little else");
  }

  @Test
  void lines_randomCorpus_equalAPlainSetForAnyThreadsAndMemory() throws IOException {
    var random = new SplitMix64(5);
    String[] texts = new String[400];
    for (int i = 0; i < texts.length; i++) {
      var text = new StringBuilder();
      for (int j = random.below(20); j > 0; j--) {
        text.append("line number ").append(random.below(1500)).append('\n');
      }
      texts[i] = text.toString();
    }
    List<Document> documents = CorpusRun.documents(texts);
    List<String> expected = plain(texts);
    String digest = "";
    for (int threads : new int[] {1, 2, 4}) {
      for (long memory : new long[] {CorpusRun.LEAST_MEMORY, CorpusRun.MUCH_MEMORY}) {
        CorpusRun run = CorpusRun.of(LINES, documents, folder, memory, threads);
        assertThat(run.texts().stream().map(text -> text.startsWith("exact") ? "" : text)).isEqualTo(expected);
        String ours = Sha256.of(run.decisions()) + Sha256.of(DuplicateSummary.beside(run.decisions()));
        assertThat(ours).isEqualTo(digest.isEmpty() ? ours : digest);
        digest = ours;
        assertThat(folder.resolve("work")).isEmptyDirectory();
      }
    }
  }

  private static List<String> plain(String[] texts) {
    Set<String> seen = new HashSet<>();
    return IntStream.range(0, texts.length)
        .mapToObj(i -> String.join("", texts[i].lines().filter(seen::add).map(line -> line + "\n").toList()))
        .toList();
  }

  @Test
  void summary_groups_areCountedLargestFirst() {
    String[] texts = IntStream.range(0, 300).mapToObj(i -> "text " + Integer.numberOfTrailingZeros(i | 256)).toArray(String[]::new);
    DuplicateSummary summary = CorpusRun.of(DOCUMENTS, CorpusRun.documents(texts), folder, 1, 2).summary();
    assertThat(summary.documents()).isEqualTo(300);
    assertThat(summary.copies()).isEqualTo(300 - 9);
    assertThat(summary.affected()).isEqualTo(300 - 9);
    assertThat(summary.groups()).isEqualTo(8);
    assertThat(summary.largest()).hasSize(8);
    assertThat(summary.largest().getFirst()).isEqualTo(new DuplicateSummary.Group("d1", 150));
  }

  @Test
  void judge_fileCutOffOrChanged_isRefused() throws IOException {
    CorpusRun run = CorpusRun.of(DOCUMENTS, CorpusRun.documents("a", "a", "b"), folder, 1, 1);
    byte[] bytes = Files.readAllBytes(run.decisions());
    for (int place = 0; place < bytes.length; place++) {
      byte[] changed = bytes.clone();
      changed[place] ^= 1;
      Path file = Files.write(folder.resolve("changed" + place), changed);
      assertThatThrownBy(() -> DOCUMENTS.judge(file)).isInstanceOf(UserException.class).hasMessageContaining("changed");
      Files.write(file, java.util.Arrays.copyOf(bytes, place));
      assertThatThrownBy(() -> DOCUMENTS.judge(file)).isInstanceOf(UserException.class).hasMessageContaining("changed");
    }
  }

  @Test
  void decide_noDocuments_writesAnEmptyDecision() {
    assertThat(CorpusRun.of(LINES, List.of(), folder, 1, 2).summary().copies()).isZero();
    assertThat(run(LINES, "")).containsExactly("");
  }
}
