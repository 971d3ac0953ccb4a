package dev.athanor.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.UserException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackedBatchesTest {
  @TempDir Path folder;

  private TokenFile tokens(int documents, int longest) {
    Path file = folder.resolve("tokens" + documents);
    TokenFile.write(
        file,
        new BytesTokenizer(1),
        IntStream.range(0, documents)
            .mapToObj(i -> Documents.prose("d" + i, Character.toString('A' + i).repeat(1 + i * 7 % longest)))
            .iterator(),
        300);
    return TokenFile.open(file);
  }

  private record Row(List<Integer> tokens, List<Integer> segments) {}

  private static Row row(PackedBatches batches, long index) {
    int[] tokens = new int[batches.length() + 1];
    int[] segments = new int[batches.length()];
    batches.row(index, tokens, segments);
    return new Row(IntStream.of(tokens).boxed().toList(), IntStream.of(segments).boxed().toList());
  }

  private static List<Integer> stream(PackedBatches batches, long from, long count) {
    var stream = new ArrayList<Integer>();
    LongStream.range(from, from + count).forEach(i -> stream.addAll(row(batches, i).tokens.subList(0, batches.length())));
    return stream;
  }

  @Test
  void row_anyLength_cutsOneAndTheSameStream() {
    try (TokenFile file = tokens(20, 13)) {
      List<Integer> expected = stream(new PackedBatches(file, 1, 5), 0, 1000);
      for (int length : new int[] {2, 7, 50, 333}) {
        var batches = new PackedBatches(file, length, 5);
        assertThat(stream(batches, 0, 1000 / length)).isEqualTo(expected.subList(0, 1000 / length * length));
      }
    }
  }

  @Test
  void row_eachEpoch_holdsEveryDocumentOnceInAnotherOrder() {
    try (TokenFile file = tokens(20, 13)) {
      var batches = new PackedBatches(file, 1, 5);
      List<Integer> first = stream(batches, 0, file.tokens());
      List<Integer> second = stream(batches, file.tokens(), file.tokens());
      assertThat(first).isNotEqualTo(second).containsExactlyInAnyOrderElementsOf(second);
      assertThat(first).filteredOn(id -> id == 0).hasSize(20);
      assertThat(first.getLast()).isZero();
      assertThat(first).isNotEqualTo(stream(new PackedBatches(file, 1, 6), 0, file.tokens()));
    }
  }

  @Test
  void row_lastToken_isTheNextRowsFirst() {
    try (TokenFile file = tokens(20, 13)) {
      var batches = new PackedBatches(file, 8, 5);
      for (int i = 0; i < 60; i++) {
        assertThat(row(batches, i).tokens.getLast()).isEqualTo(row(batches, i + 1L).tokens.getFirst());
      }
    }
  }

  @Test
  void row_inAnyOrder_isTheSame() {
    try (TokenFile file = tokens(20, 13)) {
      List<Row> forward = LongStream.range(0, 90).mapToObj(i -> row(new PackedBatches(file, 8, 5), i)).toList();
      var batches = new PackedBatches(file, 8, 5);
      for (int i = 89; i >= 0; i--) {
        assertThat(row(batches, i)).isEqualTo(forward.get(i));
      }
      var shared = new PackedBatches(file, 8, 5);
      assertThat(LongStream.range(0, 90).parallel().mapToObj(i -> row(shared, i)).toList()).isEqualTo(forward);
    }
  }

  @Test
  void row_segments_stepAfterEachEndOfText() {
    try (TokenFile file = tokens(20, 13)) {
      var batches = new PackedBatches(file, 40, 5);
      for (int r = 0; r < 30; r++) {
        Row row = row(batches, r);
        int segment = 0;
        for (int i = 0; i < 40; i++) {
          assertThat(row.segments.get(i)).isEqualTo(segment);
          segment += row.tokens.get(i) == 0 ? 1 : 0;
        }
      }
    }
  }

  @Test
  void row_corpusShorterThanARow_spansEpochs() {
    try (TokenFile file = tokens(2, 3)) {
      var batches = new PackedBatches(file, 50, 5);
      assertThat(batches.rowsPerEpoch()).isEqualTo(1);
      assertThat(row(batches, 3).tokens).hasSize(51).contains(0);
      assertThat(batches.epochOf(1)).isEqualTo(50 / file.tokens());
    }
  }

  @Test
  void new_emptyFile_isRefused() {
    try (TokenFile file = tokens(0, 3)) {
      assertThatThrownBy(() -> new PackedBatches(file, 8, 5)).isInstanceOf(UserException.class);
    }
  }
}
