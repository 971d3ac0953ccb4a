package dev.athanor.bench;

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

/// Models run by llama.cpp, in f32 as far as it goes: keys and values too.
///
/// Structures of parameters are asked for with their defaults and passed on with a few fields set. Where these lie was read in the
/// sources of the version that the library holds, and is checked by the defaults that must stand there.
final class LlamaCpp {
  /// Larger than any of the structures; what lies behind their ends is not looked at.
  private static final StructLayout PARAMETERS =
      MemoryLayout.structLayout(MemoryLayout.sequenceLayout(32, ValueLayout.JAVA_LONG));

  private static final StructLayout BATCH = MemoryLayout.structLayout(MemoryLayout.sequenceLayout(7, ValueLayout.JAVA_LONG));

  private static final long CONTEXT = 0;
  private static final long THREADS = 16;
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

  /// @return empty when llama.cpp does not take the file
  Optional<Loaded> open(Path file, int context) {
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
            return model.address() == 0 ? Optional.<Loaded>empty() : Optional.of(new Loaded(model, context));
          }
        });
  }

  /// A model with room for one sequence.
  final class Loaded implements AutoCloseable {
    private final MemorySegment model;
    private final MemorySegment context;
    private final int vocabSize;

    private Loaded(MemorySegment model, int tokens) throws Throwable {
      this.model = model;
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment parameters =
            (MemorySegment) library.function("llama_context_default_params", PARAMETERS).invoke((SegmentAllocator) arena);
        if (parameters.get(ValueLayout.JAVA_INT, CONTEXT) != 512
            || parameters.get(ValueLayout.JAVA_INT, KEY_TYPE) != F16
            || parameters.get(ValueLayout.JAVA_INT, KEY_TYPE + 4) != F16) {
          throw new IllegalStateException("this library's llama_context_params are laid out in another way");
        }
        parameters.set(ValueLayout.JAVA_INT, CONTEXT, tokens);
        parameters.set(ValueLayout.JAVA_INT, THREADS, 2);
        parameters.set(ValueLayout.JAVA_INT, THREADS + 4, 2);
        parameters.set(ValueLayout.JAVA_INT, KEY_TYPE, F32);
        parameters.set(ValueLayout.JAVA_INT, KEY_TYPE + 4, F32);
        context = (MemorySegment) library.function("llama_init_from_model", POINTER, POINTER, PARAMETERS).invoke(model, parameters);
        MemorySegment vocabulary = (MemorySegment) library.function("llama_model_get_vocab", POINTER, POINTER).invoke(model);
        vocabSize = (int) library.function("llama_vocab_n_tokens", INT, POINTER).invoke(vocabulary);
      }
      if (context.address() == 0) {
        throw new IllegalStateException("llama.cpp loaded the model and made no context for it");
      }
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
