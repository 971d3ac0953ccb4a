package dev.athanor.bench;

import static dev.athanor.bench.LlamaCppLibrary.BOOL;
import static dev.athanor.bench.LlamaCppLibrary.INT;
import static dev.athanor.bench.LlamaCppLibrary.POINTER;
import static dev.athanor.bench.LlamaCppLibrary.call;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// Models run by llama.cpp.
///
/// Structures of parameters are asked for with their defaults and passed on with a few fields set. Where these lie was read in the
/// sources of the version that the library holds, and is checked by the defaults that must stand there.
final class LlamaCpp {
  /// Larger than any of the structures; what lies behind their ends is not looked at.
  private static final StructLayout PARAMETERS =
      MemoryLayout.structLayout(MemoryLayout.sequenceLayout(32, ValueLayout.JAVA_LONG));

  private static final StructLayout BATCH = MemoryLayout.structLayout(MemoryLayout.sequenceLayout(7, ValueLayout.JAVA_LONG));

  private static final long CONTEXT = 0;
  private static final long SEQUENCES = 12;
  private static final int THREADS = 2;
  private static final long KEY_TYPE = 88;
  private static final int F32 = 0;
  private static final int F16 = 1;

  private final LlamaCppLibrary library;

  LlamaCpp(LlamaCppLibrary library) {
    this.library = library;
    call(
        () -> {
          MethodHandle hearing =
              MethodHandles.lookup()
                  .findStatic(
                      LlamaCpp.class, "hear", MethodType.methodType(void.class, int.class, MemorySegment.class, MemorySegment.class));
          FunctionDescriptor line =
              FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS);
          MemorySegment log = Linker.nativeLinker().upcallStub(hearing, line, Arena.global());
          library.procedure("llama_log_set", POINTER, POINTER).invoke(log, MemorySegment.NULL);
          library.procedure("llama_backend_init").invoke();
          return true;
        });
  }

  private static final int ERROR = 4;
  private static final List<String> COMPLAINTS = Collections.synchronizedList(new ArrayList<>());

  /// Called from native code with each line of its log.
  @SuppressWarnings("unused")
  private static void hear(int level, MemorySegment text, MemorySegment data) {
    if (level == ERROR) {
      COMPLAINTS.add(text.reinterpret(Long.MAX_VALUE).getString(0).strip());
    }
  }

  /// What llama.cpp said of a file that it did not take.
  String complaint() {
    return COMPLAINTS.isEmpty() ? "it does not say why" : COMPLAINTS.getFirst();
  }

  /// The features that it was built for and those that it found.
  String systemInfo() {
    return call(
        () -> {
          MemorySegment text = (MemorySegment) library.function("llama_print_system_info", POINTER).invoke();
          return text.reinterpret(Long.MAX_VALUE).getString(0).strip();
        });
  }

  /// With room for one sequence, its keys and values in f32, so that the numbers are as ours as far as that goes.
  ///
  /// @return empty when llama.cpp does not take the file
  Optional<Loaded> open(Path file, int context) {
    return open(file, context, 1, true);
  }

  /// @param context tokens of all sequences together
  /// @param exact keys and values are kept as f32, not as llama.cpp does by default, as f16
  /// @return empty when llama.cpp does not take the file
  Optional<Loaded> open(Path file, int context, int sequences, boolean exact) {
    return call(
        () -> {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment parameters =
                (MemorySegment) library.function("llama_model_default_params", PARAMETERS).invoke((SegmentAllocator) arena);
            MemorySegment model =
                (MemorySegment)
                    library
                        .function("llama_model_load_from_file", POINTER, POINTER, PARAMETERS)
                        .invoke(arena.allocateFrom(file.toString()), parameters);
            return model.address() == 0 ? Optional.<Loaded>empty() : Optional.of(new Loaded(model, context, sequences, exact));
          }
        });
  }

  /// A model with room for some sequences.
  final class Loaded implements AutoCloseable {
    private final MemorySegment model;
    private final MemorySegment context;
    private final int vocabSize;

    private Loaded(MemorySegment model, int tokens, int sequences, boolean exact) throws Throwable {
      this.model = model;
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment parameters =
            (MemorySegment) library.function("llama_context_default_params", PARAMETERS).invoke((SegmentAllocator) arena);
        if (parameters.get(ValueLayout.JAVA_INT, CONTEXT) != 512
            || parameters.get(ValueLayout.JAVA_INT, SEQUENCES) != 1) {
          throw new IllegalStateException("this library's llama_context_params are laid out in another way");
        }
        parameters.set(ValueLayout.JAVA_INT, CONTEXT, tokens);
        parameters.set(ValueLayout.JAVA_INT, SEQUENCES, sequences);
        if (exact) {
          keepKeysAndValuesInF32(parameters);
        }
        context = (MemorySegment) library.function("llama_init_from_model", POINTER, POINTER, PARAMETERS).invoke(model, parameters);
        MemorySegment vocabulary = (MemorySegment) library.function("llama_model_get_vocab", POINTER, POINTER).invoke(model);
        vocabSize = (int) library.function("llama_vocab_n_tokens", INT, POINTER).invoke(vocabulary);
      }
      if (context.address() == 0) {
        throw new IllegalStateException("llama.cpp loaded the model and made no context for it");
      }
      library.procedure("llama_set_n_threads", POINTER, INT, INT).invoke(context, THREADS, THREADS);
    }

    private void keepKeysAndValuesInF32(MemorySegment parameters) {
      for (long type : new long[] {KEY_TYPE, KEY_TYPE + 4}) {
        if (parameters.get(ValueLayout.JAVA_INT, type) != F16) {
          throw new IllegalStateException("this library's llama_context_params are laid out in another way");
        }
        parameters.set(ValueLayout.JAVA_INT, type, F32);
      }
    }

    int vocabSize() {
      return vocabSize;
    }

    /// Forgets all sequences.
    void clear() {
      call(
          () -> {
            if (library.has("llama_memory_clear")) {
              MemorySegment memory = (MemorySegment) library.function("llama_get_memory", POINTER, POINTER).invoke(context);
              library.procedure("llama_memory_clear", POINTER, BOOL).invoke(memory, true);
            } else {
              library.procedure("llama_kv_self_clear", POINTER).invoke(context);
            }
            return true;
          });
    }

    /// Feeds tokens of several sequences, from a position on, and asks for the logits after the last of each.
    ///
    /// @param tokens of each sequence, equally many
    /// @return the likeliest next token of each
    int[] feed(int[][] tokens, int position) {
      return call(
          () -> {
            try (Arena arena = Arena.ofConfined()) {
              int each = tokens[0].length;
              int n = tokens.length * each;
              MemorySegment ids = arena.allocate(INT, n);
              MemorySegment positions = arena.allocate(INT, n);
              MemorySegment counts = arena.allocate(INT, n);
              MemorySegment sequences = arena.allocate(POINTER, n);
              MemorySegment wanted = arena.allocate(n);
              for (int i = 0; i < n; i++) {
                ids.setAtIndex(ValueLayout.JAVA_INT, i, tokens[i / each][i % each]);
                positions.setAtIndex(ValueLayout.JAVA_INT, i, position + i % each);
                counts.setAtIndex(ValueLayout.JAVA_INT, i, 1);
                sequences.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(ValueLayout.JAVA_INT, i / each));
                wanted.set(ValueLayout.JAVA_BYTE, i, (byte) (i % each == each - 1 ? 1 : 0));
              }
              MemorySegment batch = arena.allocate(BATCH);
              batch.set(ValueLayout.JAVA_INT, 0, n);
              batch.setAtIndex(ValueLayout.ADDRESS, 1, ids);
              batch.setAtIndex(ValueLayout.ADDRESS, 3, positions);
              batch.setAtIndex(ValueLayout.ADDRESS, 4, counts);
              batch.setAtIndex(ValueLayout.ADDRESS, 5, sequences);
              batch.setAtIndex(ValueLayout.ADDRESS, 6, wanted);
              int status = (int) library.function("llama_decode", INT, POINTER, BATCH).invoke(context, batch);
              if (status != 0) {
                throw new IllegalStateException("llama_decode says " + status);
              }
              MethodHandle logits = library.function("llama_get_logits_ith", POINTER, POINTER, INT);
              int[] next = new int[tokens.length];
              for (int s = 0; s < next.length; s++) {
                next[s] = likeliest((MemorySegment) logits.invoke(context, s * each + each - 1));
              }
              return next;
            }
          });
    }

    private int likeliest(MemorySegment row) {
      MemorySegment logits = row.reinterpret(4L * vocabSize);
      int best = 0;
      for (int id = 1; id < vocabSize; id++) {
        if (logits.getAtIndex(ValueLayout.JAVA_FLOAT, id) > logits.getAtIndex(ValueLayout.JAVA_FLOAT, best)) {
          best = id;
        }
      }
      return best;
    }

    /// The logits after the last of these tokens, which follow those of earlier calls.
    float[] next(int... tokens) {
      return call(
          () -> {
            try (Arena arena = Arena.ofConfined()) {
              MemorySegment ids = arena.allocateFrom(ValueLayout.JAVA_INT, tokens);
              MemorySegment batch =
                  (MemorySegment)
                      library.function("llama_batch_get_one", BATCH, POINTER, INT).invoke((SegmentAllocator) arena, ids, tokens.length);
              int status = (int) library.function("llama_decode", INT, POINTER, BATCH).invoke(context, batch);
              if (status != 0) {
                throw new IllegalStateException("llama_decode says " + status);
              }
              MemorySegment logits =
                  (MemorySegment) library.function("llama_get_logits_ith", POINTER, POINTER, INT).invoke(context, -1);
              return logits.reinterpret(4L * vocabSize).toArray(ValueLayout.JAVA_FLOAT);
            }
          });
    }

    @Override
    public void close() {
      call(
          () -> {
            library.procedure("llama_free", POINTER).invoke(context);
            library.procedure("llama_model_free", POINTER).invoke(model);
            return true;
          });
    }
  }
}
