package dev.athanor.data.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.data.Document;
import dev.athanor.data.SplitMix64;
import dev.athanor.data.flow.Signatures;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimhashDuplicatesTest {
  @TempDir Path folder;

  private static SimhashDuplicates step(int bits, int distance) {
    return new SimhashDuplicates(bits, distance, 2, Tokens.Cut.AUTO, Unit.DOCUMENT, 20);
  }

  @Test
  void fingerprint_countsOfBits_areThoseOfAPlainSum() {
    var random = new SplitMix64(3);
    for (int size : new int[] {0, 1, 2, 3, 4, 100, 1001}) {
      var bag = new SimHash();
      int[] counts = new int[64];
      for (int i = 0; i < size; i++) {
        long hash = random.next();
        hash &= SplitMix64.mix(hash);
        bag.accept(hash);
        for (int bit = 0; bit < 64; bit++) {
          counts[bit] += (int) (hash >>> bit & 1);
        }
      }
      long expected = 0;
      for (int bit = 0; bit < 64; bit++) {
        expected |= 2 * counts[bit] > size ? 1L << bit : 0;
      }
      assertThat(bag.count()).isEqualTo(size);
      assertThat(bag.fingerprint()).isEqualTo(expected);
      bag.accept(5);
      assertThat(bag.fingerprint()).isEqualTo(5);
    }
  }

  /// Every pair within the distance is joined, no other: against all pairs.
  @ParameterizedTest
  @CsvSource({"64, 3", "64, 0", "64, 1", "64, 7", "32, 2", "29, 2"})
  void decide_randomFingerprints_joinsWhatAllPairsWould(int bits, int distance) {
    var random = new SplitMix64(distance);
    long mask = -1L >>> (64 - bits);
    var prints = new ArrayList<Long>();
    for (int i = 0; i < 1500; i++) {
      long print = i > 0 && random.below(2) == 0 ? prints.get(random.below(i)) : random.next();
      for (int flips = random.below(distance + 3); flips > 0; flips--) {
        print ^= 1L << random.below(bits);
      }
      prints.add(print & mask);
    }
    Path decisions = folder.resolve("d");
    step(bits, distance).decide(signatures(prints), decisions, CorpusRun.workspace(folder, 1, 3));
    var judged = new Decisions(decisions);
    int[] leaders = allPairs(prints, distance);
    int copies = 0;
    for (int i = 0; i < leaders.length; i++) {
      long place = judged.firstOf(i);
      assertThat(judged.isOf(i, place)).as("%s", i).isEqualTo(leaders[i] != i);
      if (leaders[i] != i) {
        copies++;
        assertThat(judged.text(judged.whatAt(place) & 0xffffffffL)).isEqualTo("d" + leaders[i]);
        assertThat(Float.intBitsToFloat((int) (judged.whatAt(place) >>> 32)))
            .isEqualTo(Long.bitCount(prints.get(i) ^ prints.get(leaders[i])));
      }
    }
    assertThat(copies).isBetween(100, 1400);
  }

  private static int[] allPairs(List<Long> prints, int distance) {
    int[] leaders = IntStream.range(0, prints.size()).toArray();
    for (boolean changed = true; changed; ) {
      changed = false;
      for (int i = 0; i < leaders.length; i++) {
        for (int j = 0; j < i; j++) {
          if (leaders[i] != leaders[j] && Long.bitCount(prints.get(i) ^ prints.get(j)) <= distance) {
            leaders[i] = Math.min(leaders[i], leaders[j]);
            leaders[j] = leaders[i];
            changed = true;
          }
        }
      }
    }
    return leaders;
  }

  private static Signatures signatures(List<Long> prints) {
    return new Signatures() {
      @Override
      public long documents() {
        return prints.size();
      }

      @Override
      public void forEach(Reader reader) {
        for (int i = 0; i < prints.size(); i++) {
          reader.read(i, "d" + i, ByteBuffer.allocate(9).put((byte) 1).putLong(prints.get(i)).array());
        }
      }
    };
  }

  @Test
  void documents_nearlyTheSame_keepTheFirst() {
    String text = IntStream.range(0, 400).mapToObj(i -> "word" + i * i % 997).reduce("", (a, b) -> a + " " + b);
    String chinese = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜金生丽水玉出昆冈";
    List<Document> documents =
        CorpusRun.documents(text, chinese, "", text + " end", chinese + "。", "something else altogether", "", "。");
    List<String> texts = CorpusRun.of(step(64, 3), documents, folder, CorpusRun.MUCH_MEMORY, 2).texts();
    assertThat(texts.get(3)).matches("near-duplicate: of d0, [0-3] of 64 bits differ");
    assertThat(texts.get(4)).isEqualTo("near-duplicate: of d1, 0 of 64 bits differ");
    assertThat(texts.stream().filter(each -> each.startsWith("near"))).hasSize(2);
  }

  @Test
  void paragraphs_nearlyTheSame_areCut() {
    var step = new SimhashDuplicates(64, 3, 2, Tokens.Cut.AUTO, Unit.PARAGRAPH, 10);
    String one = "the quick brown fox jumps over the lazy dog and runs away";
    assertThat(CorpusRun.of(step, CorpusRun.documents(one, "Title\n\nThe quick brown fox jumps over the lazy dog, and runs away!\n\nsomething new here"), folder, 1, 2).texts())
        .containsExactly(one, "Title\n\nsomething new here");
  }

  @Test
  void decide_noDocumentsOrNoText_writesAnEmptyDecision() {
    assertThat(CorpusRun.of(step(64, 3), List.of(), folder, 1, 2).summary().copies()).isZero();
    assertThat(CorpusRun.of(step(64, 3), CorpusRun.documents("", "x", ""), folder, 1, 2).texts()).containsExactly("", "x", "");
  }
}
