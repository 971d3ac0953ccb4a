package dev.athanor.data.classifier;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.data.SplitMix64;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Trains a [LinearModel] by stochastic gradient descent, one example after another in an order drawn by the seed, with AdaGrad's
/// step for each weight (Duchi et al., JMLR 2011): the same examples give the same bytes. A share of the examples, chosen by their
/// content, is held out and tells how good the model is.
///
/// Examples become features at once and lie in a file; in memory are two numbers a weight and 12 bytes an example.
public final class ClassifierTrainer {
  private static final long HELD_OUT_SEED = 0x636c_6173_7369_6679L;
  private static final double EPSILON = 1e-8;

  private final Options options;

  /// @param rate of learning
  /// @param epochs through all examples
  /// @param heldOut share of the examples that measure, 0 ≤ share < 1
  /// @param most units of a text that are looked at
  /// @param folder for the features of all examples, removed afterwards
  public record Options(Features features, double rate, int epochs, double heldOut, int most, long seed, Path folder) {
    public Options {
      if (!(rate > 0) || epochs < 1 || !(heldOut >= 0 && heldOut < 1) || most < 1) {
        throw new IllegalArgumentException("rate and epochs must be positive, held-out between 0 and 1");
      }
    }
  }

  /// @param quality on the examples that were held out
  public record Trained(LinearModel model, long examples, Quality quality) {}

  public ClassifierTrainer(Options options) {
    this.options = options;
  }

  /// @param texts by label
  /// @throws UserException with fewer than two labels or a label without a text
  public Trained train(Map<String, Iterator<String>> texts, Progress progress) {
    List<String> labels = List.copyOf(texts.keySet());
    if (labels.size() < 2) {
      throw new UserException("a classifier tells labels apart: name examples of at least two");
    }
    if ((long) labels.size() * options.features.buckets() > Integer.MAX_VALUE - 16) {
      throw new UserException(labels.size() + " labels by " + options.features.buckets() + " buckets are too many weights");
    }
    try (ExampleFile train = new ExampleFile(options.folder);
        ExampleFile held = new ExampleFile(options.folder)) {
      int label = 0;
      for (Map.Entry<String, Iterator<String>> one : texts.entrySet()) {
        try (Progress.Task task = progress.start("read " + one.getKey(), -1, "text")) {
          read(one.getValue(), label, train, held, task);
        }
        if (train.count(label++) == 0) {
          throw new UserException("there is no text with words for the label '" + one.getKey() + "'");
        }
      }
      train.open();
      held.open();
      LinearModel model = learn(labels, train, progress);
      return new Trained(model, train.size(), Quality.of(model.labels(), held, model::of));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep examples in " + options.folder + ": " + e.getMessage(), e);
    }
  }

  private void read(Iterator<String> texts, int label, ExampleFile train, ExampleFile held, Progress.Task task) throws IOException {
    while (texts.hasNext()) {
      String text = texts.next();
      int[] features = options.features.of(text, options.most);
      task.advance(1);
      if (features.length > 0) {
        boolean measures = (SplitMix64.hash(text, HELD_OUT_SEED) >>> 11) * 0x1p-53 < options.heldOut;
        (measures ? held : train).add(label, features);
      }
    }
  }

  private LinearModel learn(List<String> labels, ExampleFile examples, Progress progress) throws IOException {
    int count = labels.size();
    float[] weights = new float[count * options.features.buckets()];
    float[] squares = new float[weights.length];
    float[] biases = new float[count];
    double[] biasSquares = new double[count];
    int[] order = new int[examples.size()];
    Arrays.setAll(order, i -> i);
    var random = new SplitMix64(options.seed);
    float[] gradient = new float[count];
    try (Progress.Task task = progress.start("train", (long) options.epochs * examples.size(), "example")) {
      for (int epoch = 0; epoch < options.epochs; epoch++) {
        shuffle(order, random);
        double loss = 0;
        double rate = options.rate * (1 - (double) epoch / options.epochs);
        for (int example : order) {
          int[] features = examples.features(example);
          Arrays.fill(gradient, 0);
          for (int feature : features) {
            for (int label = 0; label < count; label++) {
              gradient[label] += weights[feature * count + label];
            }
          }
          LinearModel.softmax(gradient, biases, features.length);
          int wanted = examples.label(example);
          loss -= StrictMath.log(Math.max(gradient[wanted], 1e-30));
          gradient[wanted] -= 1;
          step(features, gradient, rate, weights, squares, biases, biasSquares);
          task.advance(1);
        }
        task.note(String.format(Locale.ROOT, "loss %.4f", loss / order.length));
      }
    }
    return new LinearModel(new LinearModel.Facts(labels, options.features, options.most), biases, weights);
  }

  private static void step(
      int[] features, float[] gradient, double rate, float[] weights, float[] squares, float[] biases, double[] biasSquares) {
    double scale = 1 / Math.sqrt(features.length);
    for (int label = 0; label < gradient.length; label++) {
      double g = gradient[label];
      biasSquares[label] += g * g;
      biases[label] -= (float) (rate * g / (Math.sqrt(biasSquares[label]) + EPSILON));
    }
    for (int feature : features) {
      for (int label = 0; label < gradient.length; label++) {
        int at = feature * gradient.length + label;
        double g = gradient[label] * scale;
        squares[at] += (float) (g * g);
        weights[at] -= (float) (rate * g / (Math.sqrt(squares[at]) + EPSILON));
      }
    }
  }

  private static void shuffle(int[] order, SplitMix64 random) {
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.below(i + 1);
      int swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }
  }
}
