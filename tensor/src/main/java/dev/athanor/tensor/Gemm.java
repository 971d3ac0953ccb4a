package dev.athanor.tensor;

/// The machine's limit that training is measured against.
public final class Gemm {
  private Gemm() {}

  /// The best rate of f32 matrix products that this process reaches with the given number of threads, in GFLOP/s: the fastest
  /// of several square products, each repeated.
  public static double peakGflops(int threads) {
    LibTorch.threads(threads);
    double best = 0;
    for (int n : new int[] {768, 1024, 1536}) {
      best = Math.max(best, gflops(n));
    }
    return best;
  }

  private static double gflops(int n) {
    try (Scope _ = new Scope();
        NoGrad _ = new NoGrad()) {
      float[] values = new float[n * n];
      for (int i = 0; i < values.length; i++) {
        values[i] = (i * 31 % 1000) / 1000f - 0.5f;
      }
      Tensor a = Tensor.of(values, n, n);
      Tensor b = Tensor.of(values, n, n);
      Tensor c = Tensor.empty(n, n);
      Tensor.mmOut(c, a, b);
      double best = Double.MAX_VALUE;
      for (int repeat = 0; repeat < 8; repeat++) {
        double start = System.nanoTime();
        Tensor.mmOut(c, a, b);
        best = Math.min(best, System.nanoTime() - start);
      }
      return 2.0 * n * n * n / best;
    }
  }
}
