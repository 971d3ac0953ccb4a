package dev.athanor.model.memory;

import dev.athanor.model.BlockSpec;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.EncoderDecoderSpec;
import dev.athanor.model.EncoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Footprint;
import dev.athanor.model.Mixer;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.Stack;
import dev.athanor.model.VisionLanguageSpec;
import dev.athanor.model.VisionSpec;
import dev.athanor.model.memory.MemorySum.Part;
import java.util.ArrayList;
import java.util.List;

/// What serving a model takes: its weights, what is kept of each sequence, and the room that one pass works in. Not in it is the
/// program itself.
public final class InferenceMemory {
  public static final String WEIGHTS = "weights";
  public static final String KEYS_AND_VALUES = "keys and values";
  public static final String STATES = "states";
  public static final String WORKING_ROOM = "working room";

  /// Positions that are reserved together.
  private static final long PAGE = 16;

  private static final long F32 = 4;

  private InferenceMemory() {}

  public static MemorySum of(ModelSpec spec, InferenceRun run) {
    List<Part> parts = new ArrayList<>();
    parts.add(new Part(WEIGHTS, Footprint.weights(spec, run.weights()), run.weights().label()));
    long keys = run.sequences() * keysAndValues(spec, run);
    if (keys > 0) {
      String note = "%s, %d × %,d tokens".formatted(run.cache().label(), run.sequences(), run.context());
      parts.add(new Part(KEYS_AND_VALUES, keys, note));
    }
    long states = F32 * run.sequences() * Footprint.cache(spec).map(Footprint.Cache::fixed).orElse(0L);
    if (states > 0) {
      parts.add(new Part(STATES, states, "f32, %d sequences, whatever their length".formatted(run.sequences())));
    }
    parts.add(new Part(WORKING_ROOM, room(spec, run), "a pass of %d tokens".formatted(run.stepTokens())));
    return new MemorySum(parts);
  }

  /// Of one sequence at its full context.
  private static long keysAndValues(ModelSpec spec, InferenceRun run) {
    return switch (spec) {
      case DecoderSpec decoder -> keysAndValues(decoder.stack(), run);
      case VisionLanguageSpec both -> keysAndValues(both.decoder().stack(), run);
      case EncoderDecoderSpec both -> keysAndValues(both.decoder(), run);
      case EncoderSpec _, VisionSpec _ -> 0;
    };
  }

  private static long keysAndValues(Stack stack, InferenceRun run) {
    long bytes = 0;
    for (BlockSpec block : stack.blocks()) {
      if (block.mixer() instanceof Mixer.Attention a) {
        // A page that a window has just left is still held.
        long seen = a.window().isPresent() ? Math.min(run.context(), a.window().getAsInt() + PAGE) : run.context();
        bytes += pages(seen) * run.cache().ofToken(a.numKvHeads(), a.headDim());
      }
      if (stack.cross().isPresent()) {
        Mixer.Attention cross = stack.cross().get();
        bytes += pages(run.context()) * run.cache().ofToken(cross.numKvHeads(), cross.headDim());
      }
    }
    return bytes;
  }

  private static long pages(long tokens) {
    return Math.ceilDiv(tokens, PAGE) * PAGE;
  }

  /// The residual stream with what a block's parts make of it, and a row of logits for each sequence.
  private static long room(ModelSpec spec, InferenceRun run) {
    long vocabulary = 0;
    long widest;
    long tokens = run.stepTokens();
    switch (spec) {
      case DecoderSpec decoder -> {
        vocabulary = decoder.vocabSize();
        widest = widest(decoder.stack());
      }
      case VisionLanguageSpec both -> {
        vocabulary = both.decoder().vocabSize();
        widest = Math.max(widest(both.decoder().stack()), widest(both.vision().stack()));
      }
      case EncoderDecoderSpec both -> {
        vocabulary = both.vocabSize();
        widest = Math.max(widest(both.encoder()), widest(both.decoder()));
        tokens = Math.max(tokens, (long) run.sequences() * run.context());
      }
      case EncoderSpec encoder -> {
        widest = widest(encoder.stack());
        tokens = (long) run.sequences() * run.context();
      }
      case VisionSpec vision -> {
        widest = widest(vision.stack());
        tokens = (long) run.sequences() * vision.contextLength();
      }
    }
    return F32 * (tokens * (3L * spec.hiddenSize() + widest) + run.sequences() * vocabulary);
  }

  private static long widest(Stack stack) {
    long most = 0;
    for (BlockSpec block : stack.blocks()) {
      long mixer =
          switch (block.mixer()) {
            case Mixer.Attention a -> 2L * (a.numHeads() + a.numKvHeads()) * a.headDim() + stack.hiddenSize();
            case Mixer.Mamba m -> 5L * m.innerSize();
            case Mixer.Mamba2 m -> 3L * m.innerSize() + 2L * m.convSize();
          };
      long feed =
          switch (block.feedForward()) {
            case FeedForward.None _ -> 0;
            case FeedForward.Gated gated -> stack.hiddenSize() + 3L * gated.intermediateSize();
            case FeedForward.Plain plain -> stack.hiddenSize() + 2L * plain.intermediateSize();
            case FeedForward.Experts experts ->
                stack.hiddenSize() + experts.perToken() * (2L * stack.hiddenSize() + 3L * experts.intermediateSize());
          };
      most = Math.max(most, Math.max(mixer, feed));
    }
    return most;
  }
}
