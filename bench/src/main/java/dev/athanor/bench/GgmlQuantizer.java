package dev.athanor.bench;

import static dev.athanor.bench.LlamaCppLibrary.BOOL;
import static dev.athanor.bench.LlamaCppLibrary.INT;
import static dev.athanor.bench.LlamaCppLibrary.LONG;
import static dev.athanor.bench.LlamaCppLibrary.POINTER;
import static dev.athanor.bench.LlamaCppLibrary.call;

import dev.athanor.model.gguf.GgmlType;
import dev.athanor.model.gguf.GgufFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/// GGUF files of ggml's making: read, quantized and written by its own functions.
final class GgmlQuantizer {
  private static final StructLayout READING =
      MemoryLayout.structLayout(ValueLayout.JAVA_BOOLEAN, MemoryLayout.paddingLayout(7), ValueLayout.ADDRESS);

  private final LlamaCppLibrary library;

  GgmlQuantizer(LlamaCppLibrary library) {
    this.library = library;
  }

  /// @param from F32
  /// @param type of all matrices
  void quantize(Path from, Path to, GgmlType type) {
    call(
        () -> {
          try (Arena arena = Arena.ofConfined();
              GgufFile file = GgufFile.open(from)) {
            MemorySegment holder = arena.allocate(ValueLayout.ADDRESS);
            MemorySegment reading = arena.allocate(READING);
            reading.set(ValueLayout.ADDRESS, 8, holder);
            MemorySegment in =
                (MemorySegment)
                    library.function("gguf_init_from_file", POINTER, POINTER, READING).invoke(arena.allocateFrom(from.toString()), reading);
            MemorySegment tensors = holder.get(ValueLayout.ADDRESS, 0);
            MemorySegment out = (MemorySegment) library.function("gguf_init_empty", POINTER).invoke();
            library.procedure("gguf_set_kv", POINTER, POINTER).invoke(out, in);
            for (String name : file.tensors().keySet()) {
              add(arena, tensors, out, name, file.tensors().get(name).shape(), type);
            }
            boolean written =
                (boolean)
                    library.function("gguf_write_to_file", BOOL, POINTER, POINTER, BOOL).invoke(out, arena.allocateFrom(to.toString()), false);
            library.procedure("gguf_free", POINTER).invoke(out);
            library.procedure("gguf_free", POINTER).invoke(in);
            library.procedure("ggml_free", POINTER).invoke(tensors);
            if (!written) {
              throw new IllegalStateException("ggml wrote no " + to);
            }
            return true;
          }
        });
  }

  private void add(Arena arena, MemorySegment tensors, MemorySegment out, String name, long[] shape, GgmlType type)
      throws Throwable {
    MemorySegment called = arena.allocateFrom(name);
    MemorySegment tensor = (MemorySegment) library.function("ggml_get_tensor", POINTER, POINTER, POINTER).invoke(tensors, called);
    library.procedure("gguf_add_tensor", POINTER, POINTER).invoke(out, tensor);
    if (shape.length != 2) {
      return;
    }
    long rows = shape[0];
    long columns = shape[1];
    MemorySegment numbers = (MemorySegment) library.function("ggml_get_data", POINTER, POINTER).invoke(tensor);
    long rowBytes = (long) library.function("ggml_row_size", LONG, INT, LONG).invoke(type.id(), columns);
    MemorySegment packed = arena.allocate(rows * rowBytes, 64);
    long made =
        (long)
            library
                .function("ggml_quantize_chunk", LONG, INT, POINTER, POINTER, LONG, LONG, LONG, POINTER)
                .invoke(type.id(), numbers, packed, 0L, rows, columns, MemorySegment.NULL);
    if (made != packed.byteSize()) {
      throw new IllegalStateException(name + ": " + made + " bytes where there should be " + packed.byteSize());
    }
    library.procedure("gguf_set_tensor_type", POINTER, POINTER, INT).invoke(out, called, type.id());
    library.procedure("gguf_set_tensor_data", POINTER, POINTER, POINTER).invoke(out, called, packed);
  }
}
