package dev.athanor.data.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.data.Rows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RowsFileTest {
  @TempDir Path folder;

  private TokenShards shards(int documents, int longest) {
    Path place = folder.resolve("shards" + documents + "-" + longest);
    Shards.write(place, Shards.documents(documents, longest, 1), 3000);
    return TokenShards.open(place);
  }

  private RowsSummary write(Path file, TokenShards shards, int length, Packing packing, int window) {
    return new RowsWriter(shards, length, packing, 9, window).write(file, Progress.silent());
  }

  /// Rows shorter and longer than documents, windows smaller and larger than groups.
  @ParameterizedTest
  @CsvSource({
    "CONCATENATE, 64, 100",
    "CONCATENATE, 1, 100",
    "CONCATENATE, 5000, 7",
    "BEST_FIT, 64, 1000",
    "BEST_FIT, 64, 10",
    "BEST_FIT, 7, 33",
    "BEST_FIT, 5000, 1000"
  })
  void write_anyPacking_laysEachTokenIntoOneRowOfItsGroup(Packing packing, int length, int window) {
    try (TokenShards shards = shards(300, 50)) {
      RowsSummary made = write(folder.resolve("rows"), shards, length, packing, window);
      try (RowsFile rows = RowsFile.open(folder.resolve("rows"), shards)) {
        assertThat(rows.summary()).isEqualTo(made);
        int[] seen = new int[(int) shards.tokens()];
        for (int g = 0; g < shards.index().groups().size(); g++) {
          for (long r = 0; r < rows.rows(g); r++) {
            int used = 0;
            for (RowsFile.Piece piece : rows.pieces(g, r)) {
              long document = shards.documentAt(piece.from());
              assertThat(shards.group(document)).isEqualTo(g);
              assertThat(shards.documentAt(piece.from() + piece.length() - 1)).isEqualTo(document);
              assertThat(piece.continued()).isEqualTo(piece.from() > shards.start(document));
              for (int i = 0; i < piece.length(); i++) {
                seen[(int) piece.from() + i]++;
              }
              used += piece.length();
            }
            assertThat(used).isBetween(1, length);
          }
        }
        assertThat(seen).containsOnly(1);
        assertThat(made.tokens()).isEqualTo(shards.tokens());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Packing.class)
  void row_anyRow_holdsItsDocumentsTheirSegmentsAndPadding(Packing packing) {
    int length = 64;
    try (TokenShards shards = shards(300, 50)) {
      write(folder.resolve("rows"), shards, length, packing, 1000);
      try (RowsFile rows = RowsFile.open(folder.resolve("rows"), shards)) {
        int padded = 0;
        for (int g = 0; g < shards.index().groups().size(); g++) {
          for (long r = 0; r < rows.rows(g); r++) {
            int[] tokens = new int[length + 1];
            int[] segments = new int[length];
            rows.row(g, r, tokens, segments);
            RowsFile.Piece first = rows.pieces(g, r).getFirst();
            assertThat(tokens[0]).isEqualTo(first.continued() ? shards.get(first.from() - 1) : 0);
            int at = 0;
            for (RowsFile.Piece piece : rows.pieces(g, r)) {
              for (int i = 0; i < piece.length(); i++) {
                assertThat(tokens[++at]).isEqualTo(shards.get(piece.from() + i));
              }
            }
            assertThat(Rows.used(segments)).isEqualTo(at);
            // A segment ends with end-of-text, as in rows that are cut from a stream.
            int segment = 0;
            for (int i = 0; i < at; i++) {
              assertThat(segments[i]).isEqualTo(segment);
              segment += tokens[i] == 0 ? 1 : 0;
            }
            for (int i = at; i < length; i++) {
              assertThat(segments[i]).isEqualTo(Rows.PADDING);
              assertThat(tokens[i + 1]).isZero();
              padded++;
            }
          }
        }
        assertThat(padded).isEqualTo((int) (rows.summary().rows() * length - shards.tokens())).isPositive();
      }
    }
  }

  @Test
  void write_bestFit_cutsNoDocumentThatFits() {
    try (TokenShards shards = shards(2000, 50)) {
      RowsSummary fit = write(folder.resolve("fit"), shards, 128, Packing.BEST_FIT, 1 << 20);
      RowsSummary plain = write(folder.resolve("plain"), shards, 128, Packing.CONCATENATE, 1 << 20);
      assertThat(fit.cutNeedlessly()).isZero();
      assertThat(plain.cutNeedlessly()).isGreaterThan(100);
      assertThat(fit.cut()).isPositive().isLessThan(plain.cut());
      assertThat(fit.padding()).isBetween(0.0, 0.02);
      assertThat(plain.padding()).isLessThan(4.0 * 128 / plain.tokens());
      try (RowsFile rows = RowsFile.open(folder.resolve("fit"), shards)) {
        long cut = 0;
        for (int g = 0; g < 4; g++) {
          for (long r = 0; r < rows.rows(g); r++) {
            for (RowsFile.Piece piece : rows.pieces(g, r)) {
              long document = shards.documentAt(piece.from());
              long size = shards.start(document + 1) - shards.start(document);
              if (size <= 128) {
                assertThat((long) piece.length()).isEqualTo(size);
              } else {
                cut += piece.continued() ? 0 : 1;
              }
            }
          }
        }
        assertThat(cut).isEqualTo(fit.cut());
      }
    }
  }

  @Test
  void write_twice_givesEqualBytesAndLeavesNothingElse() throws IOException {
    try (TokenShards shards = shards(300, 50)) {
      Path place = Files.createDirectories(folder.resolve("made"));
      write(place.resolve("one"), shards, 64, Packing.BEST_FIT, 50);
      write(place.resolve("two"), shards, 64, Packing.BEST_FIT, 50);
      assertThat(Files.mismatch(place.resolve("one"), place.resolve("two"))).isEqualTo(-1);
      try (Stream<Path> files = Files.list(place)) {
        assertThat(files.toList()).hasSize(2);
      }
    }
  }

  @Test
  void open_damagedOrOfOtherShards_isRefused() throws IOException {
    Path file = folder.resolve("rows");
    try (TokenShards shards = shards(20, 50);
        TokenShards others = shards(21, 50)) {
      write(file, shards, 64, Packing.BEST_FIT, 50);
      assertThatThrownBy(() -> RowsFile.open(file, others)).isInstanceOf(UserException.class).hasMessageContaining("other token shards");
      byte[] whole = Files.readAllBytes(file);
      for (int i = 0; i < whole.length; i += 5) {
        byte[] flipped = whole.clone();
        flipped[i] ^= 4;
        Files.write(file, flipped);
        assertThatThrownBy(() -> RowsFile.open(file, shards)).as("byte %d", i).isInstanceOf(UserException.class);
      }
      assertThatThrownBy(() -> RowsFile.open(folder.resolve("none"), shards)).isInstanceOf(UserException.class);
    }
  }

  @Test
  void write_noDocuments_isRefused() {
    Shards.write(folder.resolve("empty"), List.of(), 100);
    try (TokenShards shards = TokenShards.open(folder.resolve("empty"))) {
      assertThatThrownBy(() -> write(folder.resolve("rows"), shards, 8, Packing.BEST_FIT, 50)).isInstanceOf(UserException.class);
    }
  }
}
