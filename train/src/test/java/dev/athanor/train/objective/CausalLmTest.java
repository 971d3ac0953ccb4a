package dev.athanor.train.objective;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.data.Document;
import dev.athanor.data.PackedBatches;
import dev.athanor.data.TokenFile;
import dev.athanor.nn.TokenBatch;
import dev.athanor.train.LabelledBatch;
import dev.athanor.train.TinyModels;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CausalLmTest {
  private static final int END = 256;

  @TempDir Path dir;

  private TokenFile tokens(String... texts) {
    Path file = dir.resolve("tokens");
    TokenFile.write(
        file,
        new Bytes(END + 1),
        Arrays.stream(texts).map(text -> new Document(text, text, "o", text, "unknown", "text", Map.of())).iterator(),
        300);
    return TokenFile.open(file);
  }

  @Test
  void microBatch_anyRow_predictsTheNextTokenOfTheStream() {
    try (TokenFile file = tokens("abc", "defgh", "", "i", "jklmnopqrst")) {
      PackedBatches rows = new PackedBatches(file, 7, 1);
      LabelledBatch batch = new CausalLm(rows, 3, END).microBatch(2);
      int[] row = new int[8];
      for (int r = 0; r < 3; r++) {
        rows.row(2 * 3 + r, row, new int[7]);
        for (int i = 0; i < 7; i++) {
          assertThat(TinyModels.tokens(batch).ids()[r * 7 + i]).isEqualTo(row[i]);
          assertThat(batch.targets()[r * 7 + i]).isEqualTo(row[i + 1]);
        }
      }
      assertThat(batch.learned()).isEqualTo(21);
    }
  }

  @Test
  void microBatch_paddedRows_leavesThePaddingOut() {
    ListedRows plain = ListedRows.random(13, 20, 0, 9, 4);
    LabelledBatch whole = new CausalLm(plain, 4, Bytes.END).microBatch(3);
    LabelledBatch padded = new CausalLm(new PaddedRows(plain, 8, Bytes.END), 4, Bytes.END).microBatch(3);
    assertThat(padded.learned()).isEqualTo(4 * 8);
    TokenBatch sequences = TinyModels.tokens(padded);
    assertThat(Arrays.stream(sequences.lengths()).sum()).isEqualTo(4 * 8);
    for (int r = 0; r < 4; r++) {
      for (int i = 0; i < 8; i++) {
        assertThat(sequences.ids()[r * 8 + i]).isEqualTo(TinyModels.tokens(whole).ids()[r * 13 + i]);
        assertThat(padded.targets()[r * 8 + i]).isEqualTo(i == 7 ? Bytes.END : whole.targets()[r * 13 + i]);
      }
    }
  }

  /// Every sequence begins a row or with end-of-text, and holds no other end-of-text: it is the first that a document sees and
  /// the last that the one before it predicts.
  @Test
  void microBatch_manyRows_cutsSequencesBeforeEndOfTextAndAtRows() {
    String[] texts = IntStream.range(0, 25).mapToObj(i -> "x".repeat(i * 7 % 11)).toArray(String[]::new);
    try (TokenFile file = tokens(texts)) {
      CausalLm source = new CausalLm(new PackedBatches(file, 13, 4), 4, END);
      int cuts = 0;
      for (long index = 0; index < 10; index++) {
        LabelledBatch batch = source.microBatch(index);
        TokenBatch sequences = TinyModels.tokens(batch);
        int at = 0;
        for (int length : sequences.lengths()) {
          assertThat(length).isPositive();
          if (at % 13 != 0) {
            assertThat(sequences.ids()[at]).isEqualTo(END);
            assertThat(batch.targets()[at - 1]).isEqualTo(END);
            cuts++;
          }
          for (int i = 1; i < length; i++) {
            assertThat(sequences.ids()[at + i]).isNotEqualTo(END);
            assertThat((at + i) % 13).isNotZero();
          }
          at += length;
        }
        assertThat(at).isEqualTo(4 * 13);
      }
      assertThat(cuts).isGreaterThan(50);
    }
  }

  @Test
  void microBatch_sameIndex_isTheSame() {
    try (TokenFile file = tokens("abc", "defgh", "ijk")) {
      TokenBatch one = TinyModels.tokens(new CausalLm(new PackedBatches(file, 5, 1), 2, END).microBatch(9));
      TokenBatch two = TinyModels.tokens(new CausalLm(new PackedBatches(file, 5, 1), 2, END).microBatch(9));
      assertThat(two.ids()).isEqualTo(one.ids());
      assertThat(two.lengths()).isEqualTo(one.lengths());
    }
  }
}
