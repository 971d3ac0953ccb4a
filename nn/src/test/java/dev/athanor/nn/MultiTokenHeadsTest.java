package dev.athanor.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.model.DecoderSpec;
import dev.athanor.model.MultiTokenModules;
import dev.athanor.model.Stack;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSpec;
import dev.athanor.tensor.Scope;
import dev.athanor.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MultiTokenHeadsTest {
  private static final DecoderSpec SPEC = TinyModels.spec(true, false, true);
  private static final MultiTokenModules MODULES = new MultiTokenModules(SPEC, 2);
  private static final double WEIGHT = 0.3;
  private static final double EPS = 1e-6;

  /// Weights of which every part matters.
  private static Parameters modules(long seed) {
    Parameters parameters = Parameters.initialise(MODULES.weights(), seed);
    Random random = new Random(seed);
    parameters
        .byName()
        .forEach(
            (name, weight) -> {
              float[] values = weight.floats();
              boolean vector = weight.shape().length == 1;
              double deviation = vector ? 0.2 : 1 / Math.sqrt((double) weight.size(1));
              for (int i = 0; i < values.length; i++) {
                values[i] = (float) ((vector ? 1 : 0) + deviation * random.nextGaussian());
              }
              weight.detach().set(values);
            });
    return parameters;
  }

  @Test
  void weights_areOfEachModule_andCountedByHand() {
    long hidden = 32;
    long block =
        WeightNames.weights(SPEC).stream()
            .filter(weight -> weight.name().startsWith("model.layers.1."))
            .mapToLong(WeightSpec::elements)
            .sum();
    long each = 2 * hidden + 2 * hidden * hidden + block + hidden;
    assertThat(MODULES.weights().stream().mapToLong(WeightSpec::elements).sum()).isEqualTo(2 * each);
    assertThat(MODULES.weights()).extracting(WeightSpec::name).doesNotHaveDuplicates().allMatch(name -> name.startsWith("mtp."));
  }

  /// The modules written out for one sequence at a time, on plain operations, with a decoder of one block for each module's block;
  /// the losses, and the gradients of all weights by autograd.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void backward_ofAllPredictions_isThatOfThePlainComputation(boolean checkpointing) {
    long[] ids = TinyModels.ids(3, 21);
    int[] lengths = {9, 1, 2, 6, 3};
    try (Parameters model = TinyModels.parameters(SPEC, 4);
        Parameters more = modules(5);
        Scope _ = new Scope()) {
      Plain plain = Plain.of(model, more, ids, lengths);
      plain.loss.backward();
      Map<String, float[]> expected = gradients(model, more);
      model.byName().values().forEach(Tensor::clearGrad);
      more.byName().values().forEach(Tensor::clearGrad);

      Decoder decoder = new Decoder(SPEC, model);
      TokenBatch batch = new TokenBatch(ids, lengths);
      Network.Mode mode = new Network.Mode(Dropout.NONE, checkpointing);
      Hidden hidden = decoder.hidden(batch, mode);
      List<ChunkedCrossEntropy.Prediction> predictions = new ArrayList<>();
      predictions.add(prediction(hidden.states(), positions(lengths, 0), ids, 1, 1));
      for (MultiTokenHeads.Ahead ahead : new MultiTokenHeads(MODULES, decoder, more).forward(batch, hidden.states(), mode)) {
        int module = predictions.size();
        assertThat(ahead.positions()).isEqualTo(positions(lengths, module));
        Map<Long, Long> rowOf = new HashMap<>();
        for (int i = 0; i < ahead.positions().length; i++) {
          rowOf.put(ahead.positions()[i], (long) i);
        }
        long[] learned = positions(lengths, module + 1);
        long[] rows = new long[learned.length];
        for (int i = 0; i < rows.length; i++) {
          rows[i] = rowOf.getOrDefault(learned[i], -1L);
        }
        Tensor states = ahead.states_NC().indexSelect(0, Tensor.of(rows, rows.length));
        predictions.add(new ChunkedCrossEntropy.Prediction(states, tokens(ids, learned, module + 1), WEIGHT));
      }
      double[] losses =
          ChunkedCrossEntropy.backward(
              hidden, predictions, decoder.head(), ChunkedCrossEntropy.Regularisation.NONE, List.of(), 0);

      for (int i = 0; i < 3; i++) {
        assertThat(losses[i]).isCloseTo(plain.losses[i], within(1e-3)); // Σ of a dozen losses near 4
      }
      gradients(model, more)
          .forEach((name, gradient) -> assertThat(gradient).as(name).containsExactly(expected.get(name), within(2e-3f)));
      assertThat(Tensor.of(Objects.requireNonNull(expected.get(MultiTokenModules.projection(2))), 2048).norm().item()).isGreaterThan(0.1);
    }
  }

  private static ChunkedCrossEntropy.Prediction prediction(Tensor states, long[] all, long[] ids, int ahead, double scale) {
    long[] learned = Arrays.stream(all).filter(position -> position + ahead < ids.length).toArray();
    return new ChunkedCrossEntropy.Prediction(
        states.indexSelect(0, Tensor.of(learned, learned.length)), tokens(ids, learned, ahead), scale);
  }

  private static long[] tokens(long[] ids, long[] positions, int ahead) {
    return Arrays.stream(positions).map(position -> ids[(int) position + ahead]).toArray();
  }

  /// Positions but for the last ones of each sequence.
  private static long[] positions(int[] lengths, int withoutLast) {
    List<Long> positions = new ArrayList<>();
    int at = 0;
    for (int length : lengths) {
      for (int i = 0; i < length - withoutLast; i++) {
        positions.add((long) at + i);
      }
      at += length;
    }
    return positions.stream().mapToLong(Long::longValue).toArray();
  }

  private static Map<String, float[]> gradients(Parameters model, Parameters more) {
    Map<String, float[]> gradients = new LinkedHashMap<>();
    model.byName().forEach((name, weight) -> gradients.put(name, weight.grad().floats()));
    more.byName().forEach((name, weight) -> gradients.put(name, weight.grad().floats()));
    return gradients;
  }

  /// Σ of each prediction's losses, and the whole.
  private record Plain(double[] losses, Tensor loss) {
    static Plain of(Parameters model, Parameters more, long[] ids, int[] lengths) {
      List<List<Tensor>> parts = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
      Tensor table = model.get(WeightNames.embedding());
      int at = 0;
      for (int length : lengths) {
        long[] own = Arrays.copyOfRange(ids, at, at + length);
        Tensor hidden = new Decoder(SPEC, model).hidden(new TokenBatch(own, new int[] {length})).states();
        // The first prediction goes over the ends of sequences, as packed rows do; see prediction() above.
        int known = Math.min(length, ids.length - at - 1);
        parts.get(0).add(loss(hidden.narrow(0, 0, known), table, Arrays.copyOfRange(ids, at + 1, at + 1 + known)));
        Tensor before = hidden;
        for (int module = 1; module <= 2 && length > module; module++) {
          int rows = length - module;
          Tensor further = table.embedding(Tensor.of(Arrays.copyOfRange(own, module, length), rows));
          Tensor joined =
              Tensor.cat(
                      List.of(
                          rms(before.narrow(0, 0, rows), more.get(MultiTokenModules.hiddenNorm(module) + ".weight")),
                          rms(further, more.get(MultiTokenModules.embeddingNorm(module) + ".weight"))),
                      1)
                  .matmul(more.get(MultiTokenModules.projection(module)).t());
          before = block(module, more, joined, rows);
          Tensor states = rms(before, more.get("mtp." + module + ".norm.weight"));
          if (rows > 1) {
            long[] targets = Arrays.copyOfRange(own, module + 1, length);
            parts.get(module).add(loss(states.narrow(0, 0, rows - 1), table, targets));
          }
        }
        at += length;
      }
      double[] losses = new double[3];
      Tensor whole = Tensor.zeros();
      for (int i = 0; i < 3; i++) {
        for (Tensor part : parts.get(i)) {
          losses[i] += part.item();
          whole = whole.add(i == 0 ? part : part.mul(WEIGHT));
        }
      }
      return new Plain(losses, whole);
    }

    private static Tensor rms(Tensor x, Tensor weight) {
      return x.div(x.square().mean(1).add(EPS).sqrt().unsqueeze(1)).mul(weight);
    }

    private static Tensor loss(Tensor states, Tensor table, long[] targets) {
      Tensor logProbabilities = states.matmul(table.t()).logSoftmax(1);
      return logProbabilities.gather(1, Tensor.of(targets, targets.length, 1)).sum().neg();
    }

    /// A decoder of one block and no final norm over the module's weights.
    private static Tensor block(int module, Parameters more, Tensor x_NC, int length) {
      Stack one =
          new Stack(
              32, List.of(SPEC.stack().blocks().getLast()), SPEC.norm(), SPEC.stack().placement(), true, Optional.empty(),
              Optional.empty(), false);
      return new BlockChain(one, MultiTokenModules.name(module), more)
          .forward(
              x_NC,
              new Pass(
                  Sequences.of(new TokenBatch(new long[length], new int[] {length})), null, Dropout.NONE, new RouterLosses()));
    }
  }

  @Test
  void forward_sequencesTooShortForTheLastModule_leavesItOut() {
    try (Parameters model = TinyModels.parameters(SPEC, 4);
        Parameters more = modules(5);
        Scope _ = new Scope()) {
      Decoder decoder = new Decoder(SPEC, model);
      TokenBatch batch = new TokenBatch(TinyModels.ids(1, 3), new int[] {2, 1});
      List<MultiTokenHeads.Ahead> ahead =
          new MultiTokenHeads(MODULES, decoder, more).forward(batch, decoder.hidden(batch).states(), Network.Mode.PLAIN);
      assertThat(ahead).hasSize(1);
      assertThat(ahead.getFirst().positions()).containsExactly(0);
    }
  }

  /// A prefix sees itself in the decoder; what a module says must not follow from the token that it is to say.
  @Test
  void forward_laterToken_doesNotChangeEarlierStates_evenInAPrefix() {
    try (Parameters model = TinyModels.parameters(SPEC, 4);
        Parameters more = modules(5)) {
      long[] ids = TinyModels.ids(8, 10);
      float[] before = firstModule(model, more, ids);
      ids[7] = (ids[7] + 1) % TinyModels.VOCABULARY;
      float[] after = firstModule(model, more, ids);
      // Position 5 sees tokens up to 6 and is to say the one at 7, the first after the prefix that the decoder may not see.
      assertThat(Arrays.copyOf(after, 6 * 32)).isEqualTo(Arrays.copyOf(before, 6 * 32));
      assertThat(after[6 * 32]).isNotEqualTo(before[6 * 32]);
    }
  }

  private static float[] firstModule(Parameters model, Parameters more, long[] ids) {
    try (Scope _ = new Scope()) {
      Decoder decoder = new Decoder(SPEC, model);
      TokenBatch batch = new TokenBatch(ids, new int[] {10}, new int[] {7});
      Tensor hidden = decoder.hidden(batch).states();
      return new MultiTokenHeads(MODULES, decoder, more).forward(batch, hidden, Network.Mode.PLAIN).getFirst().states_NC().floats();
    }
  }
}
