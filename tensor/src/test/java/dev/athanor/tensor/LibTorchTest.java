package dev.athanor.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class LibTorchTest {
  @Test
  void blas_linuxOnX86WithTheMklJar_isMkl() {
    assumeTrue(System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux"));
    assumeTrue("amd64".equals(System.getProperty("os.arch")));
    LibTorch.load();
    assertThat(LibTorch.blas()).isEqualTo("MKL");
  }
}
