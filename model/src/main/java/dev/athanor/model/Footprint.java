package dev.athanor.model;

import java.util.Optional;

/// What a model takes in memory, in bytes: its weights, and what is kept of a sequence while it goes on.
public final class Footprint {
  private Footprint() {}

  /// How weights are kept. Of the integer ones a matrix has a scale (F16) for each 32 numbers of a row, as in GGUF's Q8_0 and
  /// Q4_0; vectors, convolutions and matrices whose rows are no multiple of 32 stay F32, and with 4 bits the vocabulary's matrices have 8.
  public enum Precision {
    F32("f32", 4),
    BF16("bf16", 2),
    F16("f16", 2),
    INT8("int8", 34.0 / GROUP),
    INT4("int4", 18.0 / GROUP);

    private final String label;
    private final double bytes;

    Precision(String label, double bytes) {
      this.label = label;
      this.bytes = bytes;
    }

    public String label() {
      return label;
    }

    private boolean isInteger() {
      return this == INT8 || this == INT4;
    }
  }

  private static final int GROUP = 32;

  /// All weights.
  public static long weights(ModelSpec spec, Precision precision) {
    double bytes = 0;
    for (WeightSpec weight : WeightNames.weights(spec)) {
      bytes += weight.elements() * kept(weight, precision).bytes;
    }
    return Math.round(bytes);
  }

  private static Precision kept(WeightSpec weight, Precision precision) {
    if (!precision.isInteger()) {
      return precision;
    }
    boolean vocabulary = weight.role() == WeightSpec.Role.HEAD || weight.role() == WeightSpec.Role.EMBEDDING;
    return !isGrouped(weight) ? Precision.F32 : vocabulary ? Precision.INT8 : precision;
  }

  private static boolean isGrouped(WeightSpec weight) {
    long[] shape = weight.shape();
    return shape.length == 2 && shape[1] % GROUP == 0 && weight.role() != WeightSpec.Role.VECTOR;
  }

  /// Numbers that are kept while a model writes: keys and values, which grow with every token, and the states of a recurrence,
  /// which do not.
  ///
  /// @param perToken those that every further token adds, as long as no window is full; of an encoder-decoder, a target's token
  /// @param perSourceToken keys and values of a source's token (encoder-decoders)
  /// @param fixed the states
  /// @param atFullContext all of them once the context is full: blocks with a window keep that much of it
  public record Cache(long perToken, long perSourceToken, long fixed, long atFullContext) {}

  /// Empty where nothing is kept, because all is read at once.
  public static Optional<Cache> cache(ModelSpec spec) {
    return switch (spec) {
      case DecoderSpec decoder -> Optional.of(cache(decoder.stack(), decoder.contextLength()));
      case VisionLanguageSpec both -> Optional.of(cache(both.decoder().stack(), both.contextLength()));
      case EncoderDecoderSpec both -> Optional.of(cache(both.decoder(), both.contextLength()));
      case EncoderSpec _, VisionSpec _ -> Optional.empty();
    };
  }

  private static Cache cache(Stack stack, long context) {
    long perToken = 0;
    long fixed = 0;
    long full = 0;
    for (BlockSpec block : stack.blocks()) {
      switch (block.mixer()) {
        case Mixer.Attention a -> {
          perToken += keysAndValues(a);
          full += keysAndValues(a) * Math.min(context, a.window().isPresent() ? a.window().getAsInt() : context);
        }
        case Mixer.Mamba m -> fixed += (long) m.innerSize() * (m.stateSize() + m.convKernel() - 1);
        case Mixer.Mamba2 m ->
            fixed += (long) m.innerSize() * m.stateSize() + (long) m.convSize() * (m.convKernel() - 1);
      }
    }
    long source = stack.cross().map(Footprint::keysAndValues).orElse(0L) * stack.blocks().size();
    return new Cache(perToken, source, fixed, full + fixed + source * context);
  }

  private static long keysAndValues(Mixer.Attention a) {
    return 2L * a.numKvHeads() * a.headDim();
  }
}
