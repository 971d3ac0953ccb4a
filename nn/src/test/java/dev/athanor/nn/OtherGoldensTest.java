package dev.athanor.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.model.CheckpointDir;
import dev.athanor.model.EncoderSpec;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.SpecialTokens;
import dev.athanor.model.StoredTensor;
import dev.athanor.model.VisionSpec;
import dev.athanor.model.WeightNames;
import dev.athanor.tensor.NoGrad;
import dev.athanor.tensor.Scope;
import dev.athanor.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Encoders, encoder-decoders and models that see, against what the published library computes on the same checkpoint.
class OtherGoldensTest {
  private static final ChunkedCrossEntropy.Regularisation NONE = ChunkedCrossEntropy.Regularisation.NONE;

  /// Backward from the mean cross-entropy at the positions whose label is not −100.
  private static double backward(Network network, Hidden hidden, long[] labels) {
    int[] at = IntStream.range(0, labels.length).filter(i -> labels[i] >= 0).toArray();
    long[] places = Arrays.stream(at).asLongStream().toArray();
    long[] targets = Arrays.stream(at).mapToLong(i -> labels[i]).toArray();
    Tensor rows = hidden.states().indexSelect(0, Tensor.of(places, places.length));
    return ChunkedCrossEntropy.backward(hidden, rows, network.head(), targets, NONE, 1.0 / at.length, 0) / at.length;
  }

  @ParameterizedTest
  @ValueSource(strings = {"bert", "roberta"})
  void maskedLm_ofThePublishedCheckpoint_isThePublishedOne(String family) {
    try (Golden golden = new Golden(family);
        Scope _ = new Scope()) {
      Encoder encoder = (Encoder) golden.network();
      TokenBatch batch = golden.batch("ids");
      Hidden hidden = encoder.hidden(batch, golden.longs("token_type_ids"), Network.Mode.PLAIN);
      try (NoGrad _ = new NoGrad()) {
        Golden.assertRows(encoder.head().logits(hidden.states()), golden.json.path("rows"), golden.json.path("logits"));
      }
      double loss = backward(encoder, hidden, golden.longs("labels"));
      assertThat(loss).isCloseTo(golden.json.path("loss").asDouble(), within(1e-4));
      golden.assertGradients(golden.json.path("grads"));
    }
  }

  /// The published library pads the shorter text; here it is simply shorter.
  @ParameterizedTest
  @ValueSource(strings = {"bert-classify", "roberta-classify"})
  void classifier_ofTexts_isThePublishedOneOfThePaddedBatch(String family) {
    try (Golden golden = new Golden(family);
        Scope _ = new Scope()) {
      Encoder encoder = (Encoder) golden.network();
      assertThat(encoder.spec().top()).isEqualTo(new EncoderSpec.Top.Classifier(3));
      List<Long> ids = new ArrayList<>();
      List<Long> types = new ArrayList<>();
      JsonNode texts = golden.json.path("ids");
      int[] lengths = new int[texts.size()];
      for (int i = 0; i < texts.size(); i++) {
        for (int j = 0; j < texts.get(i).size(); j++) {
          if (golden.json.path("attention_mask").get(i).get(j).asInt() == 1) {
            ids.add(texts.get(i).get(j).asLong());
            types.add(golden.json.has("token_type_ids") ? golden.json.path("token_type_ids").get(i).get(j).asLong() : 0);
            lengths[i]++;
          }
        }
      }
      TokenBatch batch = new TokenBatch(ids.stream().mapToLong(Long::longValue).toArray(), lengths);
      Hidden hidden = encoder.hidden(batch, types.stream().mapToLong(Long::longValue).toArray(), Network.Mode.PLAIN);
      Tensor pooled = encoder.pooled(hidden.states(), batch);
      for (int i = 0; i < lengths.length; i++) {
        if (golden.json.has("pooled")) {
          assertThat(pooled.select(0, i).floats())
              .containsExactly(Golden.floats(golden.json.path("pooled").get(i)), within(1e-4f));
        }
        assertThat(encoder.head().logits(pooled).select(0, i).floats())
            .containsExactly(Golden.floats(golden.json.path("logits").get(i)), within(1e-4f));
      }
      long[] labels = golden.longs("labels");
      double loss =
          ChunkedCrossEntropy.backward(hidden, pooled, encoder.head(), labels, NONE, 1.0 / labels.length, 0) / labels.length;
      assertThat(loss).isCloseTo(golden.json.path("loss").asDouble(), within(1e-4));
      golden.assertGradients(golden.json.path("grads"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bert-tokens", "roberta-tokens", "xlm_roberta-tokens"})
  void classifier_ofTokens_isThePublishedOne(String family) {
    try (Golden golden = new Golden(family);
        Scope _ = new Scope()) {
      Encoder encoder = (Encoder) golden.network();
      assertThat(encoder.spec().top()).isEqualTo(new EncoderSpec.Top.TokenClassifier(List.of("O", "B-PER", "I-PER", "B-LOC", "I-LOC")));
      long[] ids = golden.longs("ids");
      TokenBatch batch = new TokenBatch(ids, new int[] {ids.length});
      Hidden hidden = encoder.hidden(batch, Network.Mode.PLAIN);
      Tensor logits = encoder.head().logits(hidden.states());
      for (int i = 0; i < ids.length; i++) {
        assertThat(logits.select(0, i).floats()).containsExactly(Golden.floats(golden.json.path("logits").get(i)), within(1e-4f));
      }
      long[] labels = golden.longs("labels");
      double loss =
          ChunkedCrossEntropy.backward(hidden, hidden.states(), encoder.head(), labels, NONE, 1.0 / labels.length, 0) / labels.length;
      assertThat(loss).isCloseTo(golden.json.path("loss").asDouble(), within(1e-4));
      golden.assertGradients(golden.json.path("grads"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"t5", "t5-gated", "bart"})
  void encoderDecoder_ofThePublishedCheckpoint_isThePublishedOne(String family) {
    try (Golden golden = new Golden(family);
        Scope _ = new Scope()) {
      Network network = golden.network();
      Hidden hidden = network.hidden(new SeqToSeqBatch(golden.batch("ids"), golden.batch("decoder_ids")));
      try (NoGrad _ = new NoGrad()) {
        Golden.assertRows(network.head().logits(hidden.states()), golden.json.path("rows"), golden.json.path("logits"));
      }
      double loss = backward(network, hidden, golden.longs("labels"));
      assertThat(loss).isCloseTo(golden.json.path("loss").asDouble(), within(1e-4));
      golden.assertGradients(golden.json.path("grads"));
    }
  }

  /// The published library pads; what is not there need not be masked here.
  @ParameterizedTest
  @ValueSource(strings = {"t5", "t5-gated", "bart"})
  void encoderDecoder_ofAShorterSource_isThePublishedOneOfThePaddedSource(String family) {
    try (Golden golden = new Golden(family);
        Scope _ = new Scope();
        NoGrad _ = new NoGrad()) {
      JsonNode padded = golden.json.path("padded");
      TokenBatch source = Golden.batch(unpadded(padded.path("ids"), padded.path("attention_mask")));
      Network network = golden.network();
      Hidden hidden = network.hidden(new SeqToSeqBatch(source, golden.batch("decoder_ids")));
      Golden.assertRows(network.head().logits(hidden.states()), padded.path("rows"), padded.path("logits"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bert", "roberta"})
  void maskedLm_ofAShorterText_isThePublishedOneOfThePaddedText(String family) {
    try (Golden golden = new Golden(family);
        Scope _ = new Scope();
        NoGrad _ = new NoGrad()) {
      JsonNode padded = golden.json.path("padded");
      int text = padded.path("text").asInt();
      JsonNode mask = padded.path("attention_mask").get(text);
      long[] types =
          padded.has("token_type_ids") ? unpadded(padded.path("token_type_ids").get(text), mask) : new long[0];
      Encoder encoder = (Encoder) golden.network();
      TokenBatch batch = Golden.batch(unpadded(padded.path("ids").get(text), mask));
      assertThat(batch.tokens()).isLessThan(mask.size());
      Hidden hidden = encoder.hidden(batch, types, Network.Mode.PLAIN);
      Golden.assertRows(encoder.head().logits(hidden.states()), padded.path("rows"), padded.path("logits"));
    }
  }

  private static long[] unpadded(JsonNode ids, JsonNode mask) {
    return IntStream.range(0, ids.size()).filter(i -> mask.get(i).asInt() == 1).mapToLong(i -> ids.get(i).asLong()).toArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"t5", "t5-gated", "bart"})
  void encoderDecoder_withACache_writesWhatThePublishedLibraryWrites(String family) {
    try (Golden golden = new Golden(family);
        Scope _ = new Scope();
        NoGrad _ = new NoGrad()) {
      EncoderDecoder network = (EncoderDecoder) golden.network();
      long[] expected = golden.longs("greedy");
      long[] written = new long[expected.length];
      try (Cache cache = network.newCache()) {
        TokenBatch source = golden.batch("ids");
        long next = network.spec().decoderStart();
        for (int i = 0; i < written.length; i++) {
          Tensor hidden = network.next(i == 0 ? source : null, Golden.batch(new long[] {next}), List.of(cache));
          next = network.head().logits(hidden).topK(1).indices().longs()[0];
          written[i] = next;
        }
      }
      assertThat(written).containsExactly(expected);
    }
  }

  @Test
  void visionTower_ofThePublishedCheckpoint_isThePublishedOne() {
    try (Golden golden = new Golden("clip_vision");
        Scope _ = new Scope()) {
      VisionTower tower = new VisionTower((VisionSpec) golden.checkpoint.spec(), golden.parameters);
      List<float[]> images = List.of(Golden.floats(golden.json.path("pixel_values")));
      Golden.assertRows(tower.hidden(images), golden.json.path("rows"), golden.json.path("last_hidden_state"));
      Tensor pooled = tower.pooled(images);
      assertThat(pooled.floats()).containsExactly(Golden.floats(golden.json.path("pooled")), within(1e-4f));
      float[] probe = Golden.floats(golden.json.path("probe"));
      Tensor loss = pooled.mul(Tensor.of(probe, probe.length)).sum();
      assertThat(loss.item()).isCloseTo(golden.json.path("loss").asDouble(), within(1e-3));
      loss.backward();
      golden.assertGradients(golden.json.path("grads"));
    }
  }

  @Test
  void llava_ofThePublishedCheckpoint_isThePublishedOne() {
    try (Golden golden = new Golden("llava");
        Scope _ = new Scope()) {
      Network network = golden.network();
      long[] ids = golden.longs("ids");
      List<float[]> images = List.of(Golden.floats(golden.json.path("pixel_values")));
      Hidden hidden = network.hidden(new ImageTextBatch(Golden.batch(ids), images));
      try (NoGrad _ = new NoGrad()) {
        Golden.assertRows(network.head().logits(hidden.states()), golden.json.path("rows"), golden.json.path("logits"));
      }
      long[] labels = golden.longs("labels");
      long[] shifted = Arrays.copyOf(Arrays.copyOfRange(labels, 1, labels.length), labels.length);
      shifted[labels.length - 1] = -100;
      double loss = backward(network, hidden, shifted);
      assertThat(loss).isCloseTo(golden.json.path("loss").asDouble(), within(1e-4));
      golden.assertGradients(golden.json.path("grads"));
    }
  }

  @Test
  void llava_withACache_writesWhatThePublishedLibraryWrites() {
    try (Golden golden = new Golden("llava");
        Scope _ = new Scope();
        NoGrad _ = new NoGrad()) {
      VisionLanguage network = (VisionLanguage) golden.network();
      long[] expected = golden.longs("greedy");
      long[] written = new long[expected.length];
      List<float[]> images = List.of(Golden.floats(golden.json.path("pixel_values")));
      try (Cache cache = network.newCache()) {
        long[] next = golden.longs("ids");
        for (int i = 0; i < written.length; i++) {
          Tensor hidden =
              network.next(new ImageTextBatch(Golden.batch(next), i == 0 ? images : List.of()), List.of(cache));
          written[i] = network.head().logits(hidden.narrow(0, next.length - 1, 1)).topK(1).indices().longs()[0];
          next = new long[] {written[i]};
        }
      }
      assertThat(written).containsExactly(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"bert", "bert-classify", "bert-tokens", "roberta", "roberta-classify", "roberta-tokens", "t5", "t5-gated", "bart", "clip_vision", "llava"})
  void writtenAndReadAgain_hasTheSameSpecAndWeights(String family, @TempDir Path dir) {
    Path copy = dir.resolve("copy");
    try (CheckpointDir published = CheckpointDir.open(Golden.CHECKPOINTS.resolve(family))) {
      ModelSpec spec = published.spec();
      Map<String, StoredTensor> weights = new LinkedHashMap<>();
      WeightNames.weights(spec).forEach(weight -> weights.put(weight.name(), published.tensor(weight.name())));
      CheckpointDir.write(copy, spec, SpecialTokens.endingWith(2), weights, _ -> {});
      try (CheckpointDir again = CheckpointDir.open(copy)) {
        assertThat(again.spec()).isEqualTo(spec);
        for (var weight : WeightNames.weights(spec)) {
          assertThat(again.floats(weight.name())).as(weight.name()).containsExactly(published.floats(weight.name()));
        }
      }
    }
  }
}
