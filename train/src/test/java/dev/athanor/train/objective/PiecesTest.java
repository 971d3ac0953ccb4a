package dev.athanor.train.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.UserException;
import org.junit.jupiter.api.Test;

class PiecesTest {
  @Test
  void of_row_cutsAtEndOfTextAndLeavesItOut() {
    ListedRows rows = ListedRows.of(6, new int[] {1, 2}, new int[] {}, new int[] {3}, new int[] {4, 5, 6, 7});
    Pieces pieces = new Pieces(rows, 1, Bytes.END);
    // 1 2 E E 3 E | 4 5 6 7 E 1 | 2 E E 3 E 4
    assertThat(pieces.of(0)).containsExactly(new int[] {1, 2}, new int[] {3});
    assertThat(pieces.of(1)).containsExactly(new int[] {4, 5, 6, 7}, new int[] {1});
    assertThat(pieces.of(2)).containsExactly(new int[] {2}, new int[] {3}, new int[] {4});
  }

  @Test
  void of_rowOfEndOfTextAlone_isOneEmptyPiece() {
    assertThat(new Pieces(ListedRows.of(2, new int[0]), 1, Bytes.END).of(5)).containsExactly(new int[0]);
  }

  @Test
  void of_paddedRow_leavesThePaddingOut() {
    Pieces pieces = new Pieces(new PaddedRows(ListedRows.of(6, new int[] {1, 2}, new int[] {3, 4, 5, 6}), 3, Bytes.END), 1, Bytes.END);
    assertThat(pieces.of(0)).containsExactly(new int[] {1, 2});
    assertThat(pieces.of(1)).containsExactly(new int[] {6}, new int[] {1});
  }

  @Test
  void of_manyRows_areTheStretchesFoundThePlainWay() {
    ListedRows rows = ListedRows.random(17, 40, 0, 30, 3);
    Pieces pieces = new Pieces(rows, 3, Bytes.END);
    for (long row = 0; row < 100; row++) {
      assertThat(pieces.of(row)).containsExactlyElementsOf(rows.pieces(row));
    }
  }

  @Test
  void around_text_putsTheFrameAroundIt() {
    assertThat(Frame.around(1, 2).around(new int[] {7, 8})).containsExactly(1, 7, 8, 2);
    assertThat(Frame.endingIn(2).around(new int[] {7, 8})).containsExactly(7, 8, 2);
    assertThat(Frame.endingIn(2).around(new int[0])).containsExactly(2);
  }

  @Test
  void rowLength_context_leavesRoomForTheFrame() {
    assertThat(Frame.around(1, 2).rowLength(512)).isEqualTo(510);
    assertThat(Frame.endingIn(2).rowLength(2)).isEqualTo(1);
    assertThatThrownBy(() -> Frame.around(1, 2).rowLength(2))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("at least 3");
  }
}
