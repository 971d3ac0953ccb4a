package dev.athanor.inference.quantize;

import dev.athanor.base.Progress;
import dev.athanor.inference.DenseProduct;
import dev.athanor.inference.InputWatcher;
import dev.athanor.inference.LayerwiseRun;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.DecoderWeights;
import dev.athanor.model.QuantizedMatrix;
import dev.athanor.model.StoredWeight;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Makes whole numbers of a trained decoder's matrices. Where the method looks at the matrices' inputs, texts go through the model block
/// by block, and each matrix is rounded on the inputs that it will have: those that the rounded ones before it make.
///
/// @param method how
/// @param choices of which matrices
/// @param texts token ids to calibrate on; none where the method does not
/// @param threads that compute
public record PostTraining(Method method, WeightChoices choices, List<int[]> texts, int threads) {
  public PostTraining {
    texts = List.copyOf(texts);
    if (method.calibrates() && texts.isEmpty()) {
      throw new IllegalArgumentException(method + " needs texts");
    }
  }

  /// @return the weights that are not as before, by our names: matrices of whole numbers, and what scales were folded into
  public Map<String, StoredWeight> of(DecoderWeights model, Progress progress) {
    WorkingWeights weights = new WorkingWeights(model);
    choices.others().forEach((name, dtype) -> weights.put(name, choices.converted(name, dtype, model)));
    int blocks = model.decoder().numLayers();
    try (Progress.Task task = progress.start("quantize (" + method.key() + ")", blocks + 1L, "blocks")) {
      if (method.calibrates()) {
        calibrated(weights, task);
      } else {
        choices.quantized().forEach((name, bits) -> weights.put(name, nearest(weights, name, bits)));
        task.advance(blocks + 1L);
      }
    }
    return weights.changed();
  }

  /// What the matrices of the vocabulary become in any case: they are read row by row too, where no error makes up for another.
  private static QuantizedMatrix nearest(WorkingWeights weights, String name, QuantizedMatrix.Bits bits) {
    long[] shape = weights.weight(name).shape();
    return QuantizedMatrix.rounded(
        bits, Math.toIntExact(shape[0]), Math.toIntExact(shape[1]), weights.floats(name));
  }

  private void calibrated(WorkingWeights weights, Progress.Task task) {
    Map<String, QuantizedMatrix.Bits> left = new LinkedHashMap<>(choices.quantized());
    for (String name : WeightChoices.VOCABULARY) {
      QuantizedMatrix.Bits bits = left.remove(name);
      if (bits != null) {
        weights.put(name, nearest(weights, name, bits));
      }
    }
    DecoderSpec spec = weights.decoder();
    try (LayerwiseRun run = new LayerwiseRun(spec, texts, threads);
        DenseProduct products = new DenseProduct(threads)) {
      new Stretch(watcher -> run.embed(weights, watcher), Fold.ofLookups(spec), weights, left, products).quantize();
      run.embed(weights, Optional.empty());
      task.advance(1);
      for (int i = 0; i < spec.numLayers(); i++) {
        int block = i;
        new Stretch(watcher -> run.block(block, weights, watcher, false), Fold.ofBlock(spec, i), weights, left, products)
            .quantize();
        run.block(block, weights, Optional.empty(), true);
        task.advance(1);
      }
    }
    // What no text came to: an expert that no token was sent to.
    left.forEach((name, bits) -> weights.put(name, nearest(weights, name, bits)));
  }

  private interface Pass {
    void run(Optional<InputWatcher> watcher);
  }

  /// What is quantized together: the embedding's look-ups, or a block.
  private final class Stretch {
    private final Pass pass;
    private final List<Fold> folds;
    private final WorkingWeights weights;
    private final Map<String, QuantizedMatrix.Bits> left;
    private final DenseProduct products;

    Stretch(
        Pass pass,
        List<Fold> folds,
        WorkingWeights weights,
        Map<String, QuantizedMatrix.Bits> left,
        DenseProduct products) {
      this.pass = pass;
      this.folds = folds;
      this.weights = weights;
      this.left = left;
      this.products = products;
    }

    void quantize() {
      Map<String, Inputs> seen = inputs(left.keySet());
      if (method.folds()) {
        for (Fold fold : folds) {
          new ScaleSearch(fold, weights, left, seen, products)
              .best()
              .ifPresent(
                  scales -> {
                    fold.apply(scales, weights);
                    // Its readers' inputs are others now; what they shared they share still.
                    Map<Inputs, Inputs> now = new HashMap<>();
                    fold.readers().stream()
                        .filter(seen::containsKey)
                        .forEach(
                            name ->
                                seen.put(
                                    name,
                                    now.computeIfAbsent(
                                        of(seen, name),
                                        before -> Inputs.of(before.cols(), fold.divided(before.rows(), scales)))));
                  });
        }
      }
      List<Set<String>> stages = stages(seen);
      for (Set<String> stage : stages) {
        Map<String, Inputs> inputs = stage.equals(stages.getFirst()) ? seen : inputs(stage);
        Map<Inputs, Map<QuantizedMatrix.Bits, InputGram>> grams = new HashMap<>();
        for (String name : stage) {
          Inputs own = of(inputs, name);
          if (own.count() > 0) {
            weights.put(name, rounded(name, own, grams));
            left.remove(name);
          }
        }
      }
    }

    private static Inputs of(Map<String, Inputs> inputs, String name) {
      Inputs own = inputs.get(name);
      if (own == null) {
        throw new IllegalStateException("no inputs of " + name);
      }
      return own;
    }

    /// Matrices that read what earlier stages make, those that read it together in one.
    private List<Set<String>> stages(Map<String, Inputs> seen) {
      Map<String, Set<String>> stages = new LinkedHashMap<>();
      Map<Inputs, String> keys = new HashMap<>();
      seen.forEach(
          (name, inputs) -> {
            String expert = name.replaceAll("experts\\.\\d+\\.(gate|up)_proj", "experts.in").replaceAll("experts\\.\\d+\\.", "experts.");
            boolean isExpert = !expert.equals(name);
            String key = isExpert ? expert : keys.computeIfAbsent(inputs, _ -> name);
            stages.computeIfAbsent(key, _ -> new LinkedHashSet<>()).add(name);
          });
      return new ArrayList<>(stages.values());
    }

    /// What those matrices read, in the order of computation; those that read the same share it.
    private Map<String, Inputs> inputs(Set<String> names) {
      Map<List<String>, Inputs> byReaders = new LinkedHashMap<>();
      pass.run(
          Optional.of(
              (readers, row) -> {
                if (readers.stream().anyMatch(names::contains)) {
                  byReaders.computeIfAbsent(readers, _ -> new Inputs(row.length)).add(row);
                }
              }));
      Map<String, Inputs> byName = new LinkedHashMap<>();
      byReaders.forEach(
          (readers, inputs) -> readers.stream().filter(names::contains).forEach(name -> byName.put(name, inputs)));
      return byName;
    }

    private QuantizedMatrix rounded(String name, Inputs inputs, Map<Inputs, Map<QuantizedMatrix.Bits, InputGram>> grams) {
      QuantizedMatrix.Bits bits = choices.quantized().get(name);
      if (bits == null) {
        throw new IllegalStateException(name + " is not to be quantized");
      }
      float[] own = weights.floats(name);
      int cols = inputs.cols();
      int rows = own.length / cols;
      float[] read = bits == QuantizedMatrix.Bits.INT4 ? RoundedInputs.of(inputs.rows(), cols) : inputs.rows();
      InputGram gram =
          grams
              .computeIfAbsent(inputs, _ -> new EnumMap<>(QuantizedMatrix.Bits.class))
              .computeIfAbsent(bits, _ -> InputGram.of(Inputs.of(cols, read), products));
      return method.corrects()
          ? Gptq.rounded(bits, rows, cols, own, gram)
          : GroupScale.rounded(bits, rows, cols, own, gram);
    }
  }
}
