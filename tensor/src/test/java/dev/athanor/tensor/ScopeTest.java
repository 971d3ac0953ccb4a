package dev.athanor.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScopeTest {
  @Test
  void close_tensorsMadeInside_areFreed() {
    Tensor inside;
    try (Scope _ = new Scope()) {
      inside = Tensor.zeros(3).add(Tensor.zeros(3));
      assertThat(inside.raw.isNull()).isFalse();
    }
    assertThat(inside.raw.isNull()).isTrue();
  }

  @Test
  void close_tensorsMadeOutside_live() {
    try (Tensor outside = Tensor.of(new float[] {1, 2}, 2)) {
      try (Scope _ = new Scope()) {
        outside.mul_(2);
      }
      assertThat(outside.floats()).containsExactly(2, 4);
    }
  }

  @Test
  void keep_nested_livesUntilTheScopeAround() {
    Tensor kept;
    Tensor dropped;
    try (Scope _ = new Scope()) {
      try (Scope inner = new Scope()) {
        dropped = Tensor.of(new float[] {1}, 1);
        kept = inner.keep(dropped.mul(5));
      }
      assertThat(dropped.raw.isNull()).isTrue();
      assertThat(kept.floats()).containsExactly(5);
    }
    assertThat(kept.raw.isNull()).isTrue();
  }

  @Test
  void keep_withoutAScopeAround_livesUntilClosed() {
    Tensor kept;
    try (Scope scope = new Scope()) {
      kept = scope.keep(Tensor.of(new float[] {7}, 1));
    }
    assertThat(kept.floats()).containsExactly(7);
    kept.close();
    assertThat(kept.raw.isNull()).isTrue();
  }

  @Test
  void release_nested_survivesAllScopes() {
    Tensor released;
    try (Scope _ = new Scope()) {
      try (Scope inner = new Scope()) {
        released = inner.release(Tensor.of(new float[] {7}, 1));
      }
    }
    assertThat(released.floats()).containsExactly(7);
    released.close();
  }
}
