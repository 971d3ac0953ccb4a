package dev.athanor.tensor;

import dev.athanor.base.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.global.torch;

/// The native library: loaded on first use, once, with the fastest BLAS that the platform has.
///
/// On x86-64 that is MKL on the GNU threading layer, so that LibTorch and MKL share one pool of threads: OpenBLAS' own pool and
/// LibTorch's spin against each other and cost more than half of the speed.
public final class LibTorch {
  private static final String BLAS_PROPERTY = "org.bytedeco.openblas.load";

  static {
    try {
      if (mklIsOnTheClassPath()) {
        System.setProperty(BLAS_PROPERTY, System.getProperty(BLAS_PROPERTY, "mkl_rt"));
      }
      Loader.load(openblas.class);
      Loader.load(torch.class);
    } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
      throw new UserException(
          "LibTorch cannot be loaded on "
              + System.getProperty("os.name")
              + " "
              + System.getProperty("os.arch")
              + ": "
              + e.getMessage()
              + "; natives exist for Linux (x86_64, arm64), macOS (arm64, x86_64) and Windows (x86_64)",
          e);
    }
  }

  private LibTorch() {}

  /// Loads the library; a later call does nothing.
  public static void load() {
    // The static initialiser has done it.
  }

  /// Native objects that are alive in this process, tensors above all: what does not grow while work repeats.
  public static long liveObjects() {
    return Pointer.totalCount();
  }

  /// Threads inside one op, for ops called from this thread.
  public static void threads(int threads) {
    torch.set_num_threads(threads);
  }

  /// The BLAS in use, as people name it: "MKL" or "OpenBLAS".
  public static String blas() {
    if (!"mkl_rt".equals(System.getProperty(BLAS_PROPERTY))) {
      return "OpenBLAS";
    }
    Path maps = Path.of("/proc/self/maps");
    if (!Files.isReadable(maps)) {
      return "MKL";
    }
    try (Stream<String> lines = Files.lines(maps)) {
      return lines.anyMatch(line -> line.contains("libmkl_core")) ? "MKL" : "OpenBLAS";
    } catch (IOException e) {
      return "MKL";
    }
  }

  private static boolean mklIsOnTheClassPath() {
    try {
      Class.forName("org.bytedeco.mkl.global.mkl_rt", false, LibTorch.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
