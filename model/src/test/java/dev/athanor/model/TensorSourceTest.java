package dev.athanor.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.UserException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TensorSourceTest {
  private static final StoredTensor MATRIX = StoredTensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);

  private static float[] written(TensorSource source) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      source.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new StoredTensor(source.dtype(), source.shape(), MemorySegment.ofArray(out.toByteArray())).floats();
  }

  @Test
  void joinedTransposedAndReshaped_areWrittenAsSuch() {
    TensorSource lazy = TensorSource.rounded("w", DType.BF16, new long[] {2, 3}, MATRIX);
    assertThat(written(lazy.transposed())).containsExactly(1, 4, 2, 5, 3, 6);
    assertThat(lazy.transposed().shape()).containsExactly(3, 2);
    TensorSource joined = TensorSource.joined(List.of(MATRIX, StoredTensor.of(new float[] {7, 8, 9}, 1, 3)));
    assertThat(joined.shape()).containsExactly(3, 3);
    assertThat(written(joined.transposed())).containsExactly(1, 4, 7, 2, 5, 8, 3, 6, 9);
    assertThat(written(lazy.reshaped(6))).containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void counted_tellsEveryByte() {
    AtomicLong bytes = new AtomicLong();
    written(MATRIX.as(DType.F16, "w").counted(bytes::addAndGet));
    assertThat(bytes).hasValue(12);
  }

  @Test
  void as_theSameDtype_isTheTensorItself() {
    assertThat(MATRIX.as(DType.F32, "w")).isSameAs(MATRIX);
  }

  @Test
  void as_f16OfANumberBeyondIt_namesTheWeightAndWhatWouldDo() {
    TensorSource half = StoredTensor.of(new float[] {1, -1e5f}, 2).as(DType.F16, "layers.0.up");
    assertThatThrownBy(() -> written(half))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'layers.0.up'")
        .hasMessageContaining("beyond F16")
        .hasMessageContaining("choose bf16 or f32");
    assertThat(written(StoredTensor.of(new float[] {Float.POSITIVE_INFINITY, 65504}, 2).as(DType.F16, "w")))
        .containsExactly(Float.POSITIVE_INFINITY, 65504);
  }
}
