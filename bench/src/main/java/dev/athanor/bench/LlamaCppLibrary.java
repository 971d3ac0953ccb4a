package dev.athanor.bench;

import dev.athanor.base.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;

/// llama.cpp's own functions in the native library that `de.kherud:llama` ships, called without that project's Java: token ids go in
/// and logits come out, so that no tokenizer or sampler stands between two engines.
final class LlamaCppLibrary {
  static final MemoryLayout POINTER = ValueLayout.ADDRESS;
  static final MemoryLayout INT = ValueLayout.JAVA_INT;
  static final MemoryLayout LONG = ValueLayout.JAVA_LONG;
  static final MemoryLayout BOOL = ValueLayout.JAVA_BOOLEAN;

  private final SymbolLookup symbols;

  private LlamaCppLibrary(SymbolLookup symbols) {
    this.symbols = symbols;
  }

  /// @param folder where the library is put
  /// @throws UserException when it is not on the class path, or not made for this system
  static LlamaCppLibrary load(Path folder) throws IOException {
    String name = resource();
    try (InputStream in = LlamaCppLibrary.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new UserException("llama.cpp is not on the class path for this system (" + name + "); start with bench/run LlamaCppAgreement or PeerSpeed");
      }
      Path file = folder.resolve(Path.of(name).getFileName().toString());
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      return new LlamaCppLibrary(SymbolLookup.libraryLookup(file, Arena.global()));
    } catch (IllegalArgumentException e) {
      throw new UserException("llama.cpp's library cannot be loaded here: " + e.getMessage(), e);
    }
  }

  /// Another build of llama.cpp, such as one for this very processor: `libllama.so` with its companions beside it.
  static LlamaCppLibrary of(Path file) {
    try {
      return new LlamaCppLibrary(SymbolLookup.libraryLookup(file, Arena.global()));
    } catch (IllegalArgumentException e) {
      throw new UserException(file + " cannot be loaded: " + e.getMessage(), e);
    }
  }

  boolean has(String name) {
    return symbols.find(name).isPresent();
  }

  private static String resource() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch");
    String folder = "/de/kherud/llama/" + (os.startsWith("mac") ? "Mac" : os.startsWith("windows") ? "Windows" : "Linux") + "/" + arch + "/";
    return folder + (os.startsWith("mac") ? "libjllama.dylib" : os.startsWith("windows") ? "jllama.dll" : "libjllama.so");
  }

  MethodHandle function(String name, MemoryLayout result, MemoryLayout... arguments) {
    return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), FunctionDescriptor.of(result, arguments));
  }

  MethodHandle procedure(String name, MemoryLayout... arguments) {
    return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), FunctionDescriptor.ofVoid(arguments));
  }

  interface Call<T> {
    T run() throws Throwable;
  }

  /// Runs native calls; what they throw can only be a fault of ours.
  static <T> T call(Call<T> call) {
    try {
      return call.run();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
