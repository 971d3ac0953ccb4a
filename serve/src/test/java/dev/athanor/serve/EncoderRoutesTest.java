package dev.athanor.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.Json;
import dev.athanor.inference.CpuOptions;
import dev.athanor.inference.EncoderEngine;
import dev.athanor.inference.EncoderRunner;
import dev.athanor.inference.EncoderRunner.Tokens;
import dev.athanor.inference.Pooling;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.EncoderSpec;
import dev.athanor.model.EncoderSpec.Top;
import dev.athanor.model.SpecialTokens;
import dev.athanor.model.StoredTensor;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSpec;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// Embeddings and reranking over tiny published encoders.
@Timeout(60)
class EncoderRoutesTest {
  private static final Path BERT = Path.of("../model/src/test/resources/checkpoints/bert");
  private static final Path CLASSIFIER = Path.of("../model/src/test/resources/checkpoints/bert-classify");
  private static final String EMBEDDINGS = "/v1/embeddings";

  private static EncoderEngine open(Path model, Pooling pooling) {
    return new EncoderEngine(EncoderRunner.open(model, CpuOptions.of(1)), new LetterTokenizer(), pooling);
  }

  private static TestServer serve(Map<String, EncoderEngine> encoders) {
    return new TestServer(
        AthanorServer.start(ServerOptions.DEFAULTS.withPort(0), Map.of("m", ScriptedGenerator.saying("a")), encoders));
  }

  private static float[] vector(JsonNode numbers) {
    float[] vector = new float[numbers.size()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) numbers.get(i).asDouble();
    }
    return vector;
  }

  private static Tokens framed(String text) {
    int[] ids = new int[text.length() + 2];
    ids[0] = LetterTokenizer.CLS;
    System.arraycopy(new LetterTokenizer().encode(text), 0, ids, 1, text.length());
    ids[ids.length - 1] = LetterTokenizer.SEP;
    return new Tokens(ids);
  }

  @Test
  void embeddings_textsAndIds_areTheEncodersOwn() throws Exception {
    try (EncoderEngine engine = open(BERT, Pooling.MEAN);
        EncoderRunner runner = EncoderRunner.open(BERT, CpuOptions.of(2));
        var server = serve(Map.of("bert", engine));
        var http = Http.to(server)) {
      float[] a = runner.embed(List.of(framed("alpha")), Pooling.MEAN).getFirst();
      float[] b = runner.embed(List.of(framed("beta!")), Pooling.MEAN).getFirst();
      JsonNode two = Json.tree(http.post(EMBEDDINGS, "{\"input\":[\"alpha\",\"beta!\"]}").body());
      assertThat(two.at("/object").asString()).isEqualTo("list");
      assertThat(two.at("/model").asString()).isEqualTo("bert");
      assertThat(two.at("/data/0/object").asString()).isEqualTo("embedding");
      assertThat(two.at("/data/1/index").asInt()).isEqualTo(1);
      assertThat(vector(two.at("/data/0/embedding"))).containsExactly(a);
      assertThat(vector(two.at("/data/1/embedding"))).containsExactly(b);
      assertThat(two.at("/usage/prompt_tokens").asInt()).isEqualTo(14);
      JsonNode one = Json.tree(http.post(EMBEDDINGS, "{\"model\":\"bert\",\"input\":\"beta!\"}").body());
      assertThat(vector(one.at("/data/0/embedding"))).containsExactly(b);
      String ids = Arrays.toString(framed("alpha").ids());
      JsonNode tokens = Json.tree(http.post(EMBEDDINGS, "{\"input\":" + ids + "}").body());
      assertThat(vector(tokens.at("/data/0/embedding"))).containsExactly(a);
      JsonNode lists = Json.tree(http.post(EMBEDDINGS, "{\"input\":[" + ids + "," + ids + "]}").body());
      assertThat(vector(lists.at("/data/1/embedding"))).containsExactly(a);
    }
  }

  @Test
  void models_withEncoders_listsThemAfterTheOthers() throws Exception {
    try (EncoderEngine engine = open(BERT, Pooling.MEAN);
        var server = serve(Map.of("bert", engine));
        var http = Http.to(server)) {
      JsonNode list = Json.tree(http.get("/v1/models").body()).at("/data");
      assertThat(list).extracting(model -> model.at("/id").asString()).containsExactly("m", "bert");
      assertThat(list.get(1).at("/max_model_len").asInt()).isEqualTo(engine.spec().contextLength());
      assertThat(list.get(1).at("/parameters").asLong()).isEqualTo(engine.spec().parameters());
      assertThat(Json.tree(http.get("/v1/models/bert").body())).isEqualTo(list.get(1));
      assertThat(Json.tree(http.get("/v1/models/m").body())).isEqualTo(list.get(0));
    }
  }

  @Test
  void embeddings_base64AndFewerDimensions_sayTheSame() throws Exception {
    try (EncoderEngine engine = open(BERT, Pooling.FIRST);
        var server = serve(Map.of("bert", engine));
        var http = Http.to(server)) {
      float[] whole = vector(Json.tree(http.post(EMBEDDINGS, "{\"input\":\"x\"}").body()).at("/data/0/embedding"));
      String coded =
          Json.tree(http.post(EMBEDDINGS, "{\"input\":\"x\",\"encoding_format\":\"base64\"}").body())
              .at("/data/0/embedding").asString();
      float[] decoded = new float[whole.length];
      ByteBuffer.wrap(Base64.getDecoder().decode(coded)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(decoded);
      assertThat(decoded).containsExactly(whole);
      float[] fewer = vector(Json.tree(http.post(EMBEDDINGS, "{\"input\":\"x\",\"dimensions\":5}").body()).at("/data/0/embedding"));
      assertThat(fewer).containsExactly(Pooling.normalised(Arrays.copyOf(whole, 5)), within(1e-6f));
    }
  }

  @Test
  void embeddings_manyAtOnce_areAsIfAlone() throws Exception {
    try (EncoderEngine engine = open(BERT, Pooling.LAST);
        var server = serve(Map.of("bert", engine));
        var http = Http.to(server)) {
      List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        String body = "{\"input\":\"" + "abcdefgh".repeat(1 + i % 7) + i + "\"}";
        answers.add(http.client().sendAsync(http.request(EMBEDDINGS, body), HttpResponse.BodyHandlers.ofString()));
      }
      for (int i = 0; i < 40; i++) {
        String body = "{\"input\":\"" + "abcdefgh".repeat(1 + i % 7) + i + "\"}";
        assertThat(answers.get(i).join().body()).isEqualTo(http.post(EMBEDDINGS, body).body());
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/v1/embeddings|{}|is missing: a text",
        "/v1/embeddings|{\"input\":[]}|it can hold 1 to 2048",
        "/v1/embeddings|{\"input\":5}|must be a string",
        "/v1/embeddings|{\"input\":[[]]}|is an empty list",
        "/v1/embeddings|{\"input\":[96]}|token ids go from 0 to 95",
        "/v1/embeddings|{\"input\":\"x\",\"encoding_format\":\"int8\"}|float or base64",
        "/v1/embeddings|{\"input\":\"x\",\"dimensions\":33}|between 1 and 32",
        "/v1/embeddings|{\"input\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}|72 tokens, control tokens among them",
        "/v1/rerank|{\"query\":\"a\",\"documents\":[\"b\"]}|cannot rerank",
      })
  void post_whatCannotBe_isRefused(String route, String body, String message) throws Exception {
    try (EncoderEngine engine = open(BERT, Pooling.MEAN);
        var server = serve(Map.of("bert", engine));
        var http = Http.to(server)) {
      HttpResponse<String> response = http.post(route, body);
      assertThat(response.statusCode()).isEqualTo(400);
      assertThat(Http.error(response).path("message").asString()).contains(message);
    }
  }

  @Test
  void embeddings_withoutSuchAnEncoder_are404() throws Exception {
    try (EncoderEngine engine = open(BERT, Pooling.MEAN);
        var server = serve(Map.of("bert", engine));
        var none = serve(Map.of());
        var http = Http.to(server);
        var empty = Http.to(none)) {
      assertThat(http.post(EMBEDDINGS, "{\"model\":\"m\",\"input\":\"x\"}").statusCode()).isEqualTo(404);
      HttpResponse<String> response = empty.post(EMBEDDINGS, "{\"input\":\"x\"}");
      assertThat(response.statusCode()).isEqualTo(404);
      assertThat(Http.error(response).path("message").asString()).contains("--encoder");
    }
  }

  @Test
  void rerank_documents_areOrderedByTheClassifiersScore(@TempDir Path dir) throws Exception {
    oneLabel(dir.resolve("ranker"));
    List<String> documents = List.of("one", "another", "third of them", "x");
    try (EncoderEngine engine = open(dir.resolve("ranker"), Pooling.MEAN);
        EncoderRunner three = EncoderRunner.open(CLASSIFIER, CpuOptions.of(1));
        var server = serve(Map.of("ranker", engine));
        var http = Http.to(server)) {
      double[] expected = new double[documents.size()];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = 1 / (1 + Math.exp(-three.scores(List.of(pair("what", documents.get(i)))).getFirst()[0]));
      }
      String given = "\"query\":\"what\",\"documents\":[\"one\",{\"text\":\"another\"},\"third of them\",\"x\"]";
      JsonNode all = Json.tree(http.post("/v1/rerank", "{" + given + ",\"return_documents\":true}").body());
      assertThat(all.path("results").size()).isEqualTo(4);
      double before = Double.MAX_VALUE;
      for (JsonNode result : all.path("results")) {
        int index = result.path("index").asInt();
        double score = result.path("relevance_score").asDouble();
        assertThat(score).isCloseTo(expected[index], within(1e-6)).isLessThan(before);
        assertThat(result.at("/document/text").asString()).isEqualTo(documents.get(index));
        before = score;
      }
      JsonNode best = Json.tree(http.post("/v1/rerank", "{" + given + ",\"top_n\":1}").body());
      assertThat(best.path("results").size()).isEqualTo(1);
      assertThat(best.at("/results/0/index").asInt()).isEqualTo(all.at("/results/0/index").asInt());
      assertThat(best.at("/results/0/document").isMissingNode()).isTrue();
      assertThat(Http.error(http.post("/v1/rerank", "{\"query\":\"q\",\"documents\":[]}")).path("message").asString())
          .contains("'documents'");
      assertThat(Http.error(http.post("/v1/rerank", "{\"documents\":[\"a\"]}")).path("message").asString()).contains("'query'");
    }
  }

  /// `[CLS] a [SEP] b [SEP]`, the second of type 1.
  private static Tokens pair(String a, String b) {
    int[] first = framed(a).ids();
    int[] second = framed(b).ids();
    int[] ids = Arrays.copyOf(first, first.length + second.length - 1);
    System.arraycopy(second, 1, ids, first.length, second.length - 1);
    int[] types = new int[ids.length];
    Arrays.fill(types, first.length, ids.length, 1);
    return new Tokens(ids, types);
  }

  /// The published classifier with the first of its labels alone.
  private static void oneLabel(Path dir) {
    try (CheckpointDir published = CheckpointDir.open(CLASSIFIER)) {
      EncoderSpec spec = ((EncoderSpec) published.spec()).with(new Top.Classifier(1));
      Map<String, StoredTensor> weights = new LinkedHashMap<>();
      for (WeightSpec weight : WeightNames.weights(spec)) {
        float[] values = Arrays.copyOf(published.floats(weight.name()), (int) weight.elements());
        weights.put(weight.name(), StoredTensor.of(values, weight.shape()));
      }
      CheckpointDir.write(dir, spec, SpecialTokens.NONE, weights, _ -> {});
    }
  }
}
