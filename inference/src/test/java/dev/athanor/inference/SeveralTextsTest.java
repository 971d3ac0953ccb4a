package dev.athanor.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.inference.GenerationEvent.FinishReason;
import dev.athanor.inference.GenerationEvent.Text;
import dev.athanor.inference.GenerationEvent.Token;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Several texts of one prompt: drawn side by side, or searched for by beams.
@Timeout(60)
class SeveralTextsTest {
  private static final int[] PROMPT = new ByteTokenizer().encode("从前有一座山");
  @TempDir static Path dir;

  @BeforeAll
  static void write() {
    EngineTest.writeModels(dir);
  }

  private static Engine engine(int running, int waiting, int stepTokens) {
    return Engine.open(dir.resolve("m"), new ByteTokenizer(), new EngineOptions(running, waiting, stepTokens, 2));
  }

  private static List<Heard> submitAll(Engine engine, GenerationRequest request, int texts) {
    List<Heard> heard = new ArrayList<>();
    for (int i = 0; i < texts; i++) {
      heard.add(new Heard());
    }
    engine.submitAll(request, List.copyOf(heard));
    return heard;
  }

  /// Blocks that recur too: their states are copied.
  @Test
  void submitAll_severalTexts_areThoseOfTheSeedsAlone() throws InterruptedException {
    Sampling sampling = new Sampling(1, 1, 0, 77);
    for (String model : List.of("m", "mamba")) {
      List<List<Integer>> alone = new ArrayList<>();
      Path folder = dir.resolve(model);
      try (Engine engine = Engine.open(folder, new ByteTokenizer(), new EngineOptions(1, 20, 64, 2))) {
        for (int i = 0; i < 5; i++) {
          Heard heard = new Heard();
          engine.submit(EngineTest.request(PROMPT, 30, sampling.withSeed(77 + i)), heard);
          alone.add(heard.ids());
        }
      }
      assertThat(alone.stream().distinct()).hasSize(5);
      // All together; more than there is place for; and hardly any memory.
      for (EngineOptions options :
          List.of(
              new EngineOptions(8, 20, 64, 2),
              new EngineOptions(3, 20, 9, 2),
              new EngineOptions(8, 20, 64, 2).withRunner(CpuOptions.of(2).withKvTokens(80)))) {
        try (Engine engine = Engine.open(folder, new ByteTokenizer(), options)) {
          List<Heard> heard = submitAll(engine, EngineTest.request(PROMPT, 30, sampling), 5);
          for (int i = 0; i < 5; i++) {
            assertThat(heard.get(i).ids()).as("%s, text %d", model, i).isEqualTo(alone.get(i));
          }
          EngineTest.awaitEmpty(engine);
        }
      }
    }
  }

  @Test
  void submitAll_firstIsCancelled_theOthersAreWritten() throws InterruptedException {
    try (Engine engine = engine(4, 20, 4)) {
      List<Heard> heard = List.of(new Heard(), new Heard(), new Heard());
      var generations = engine.submitAll(EngineTest.request(PROMPT, 20, new Sampling(1, 1, 0, 5)), List.copyOf(heard));
      generations.getFirst().cancel();
      assertThat(heard.get(0).reason()).isIn(FinishReason.CANCELLED, FinishReason.LENGTH);
      assertThat(heard.get(1).reason()).isEqualTo(FinishReason.LENGTH);
      assertThat(heard.get(2).reason()).isEqualTo(FinishReason.LENGTH);
    }
  }

  private record Beginning(List<Integer> ids, double sum, boolean ended) {}

  /// The definition, with every beginning computed from nothing.
  private static List<List<Integer>> plainSearch(CpuRunner runner, int[] prompt, int tokens, int stop, Beams beams) {
    List<Beginning> going = new ArrayList<>(List.of(new Beginning(List.of(), 0, false)));
    record Scored(List<Integer> ids, double score) {}
    List<Scored> done = new ArrayList<>();
    for (int drawn = 1; drawn <= tokens; drawn++) {
      List<Beginning> all = new ArrayList<>();
      for (Beginning text : going) {
        int[] ids = java.util.Arrays.copyOf(prompt, prompt.length + text.ids.size());
        for (int i = 0; i < text.ids.size(); i++) {
          ids[prompt.length + i] = text.ids.get(i);
        }
        try (KvCache cache = runner.newCache()) {
          Logits logits = runner.forward(List.of(new Slice(cache, ids, 0, ids.length, 1)));
          float[] row = logits.copy(0);
          double normaliser = Kernels.logSumExp(row, 0, row.length);
          for (int id = 0; id < row.length; id++) {
            List<Integer> longer = new ArrayList<>(text.ids);
            longer.add(id);
            all.add(new Beginning(longer, text.sum + row[id] - normaliser, id == stop));
          }
        }
      }
      all.sort(java.util.Comparator.comparingDouble(text -> -text.sum));
      going.clear();
      double length = Math.pow(drawn, beams.lengthPenalty());
      for (int rank = 0; rank < 2 * beams.width() && going.size() < beams.width(); rank++) {
        Beginning text = all.get(rank);
        if (!text.ended) {
          going.add(text);
        } else if (rank < beams.width()) {
          done.add(new Scored(text.ids.subList(0, text.ids.size() - 1), text.sum / length));
        }
      }
      done.sort(java.util.Comparator.comparingDouble(text -> -text.score));
      while (done.size() > beams.width()) {
        done.removeLast();
      }
      if (done.size() == beams.width()
          && (beams.earlyStopping() || done.getLast().score >= going.getFirst().sum / length)) {
        return done.stream().map(Scored::ids).toList();
      }
    }
    going.forEach(text -> done.add(new Scored(text.ids, text.sum / Math.pow(tokens, beams.lengthPenalty()))));
    done.sort(java.util.Comparator.comparingDouble(text -> -text.score));
    return done.subList(0, beams.width()).stream().map(Scored::ids).toList();
  }

  @Test
  void submitAll_beams_findsWhatThePlainSearchFinds() throws InterruptedException {
    Random random = new Random(3);
    try (CpuRunner plain = CpuRunner.open(dir.resolve("m"), 2)) {
      for (int round = 0; round < 24; round++) {
        Beams beams = new Beams(1 + random.nextInt(6), random.nextInt(3) - 0.5, random.nextBoolean());
        int[] prompt = random.ints(5 + random.nextInt(30), 0, 257).toArray();
        int tokens = 1 + random.nextInt(12);
        // A token that is likely soon.
        int stop = plainSearch(plain, prompt, 4, -1, beams).getFirst().getLast();
        List<List<Integer>> expected = plainSearch(plain, prompt, tokens, stop, beams);
        EngineOptions options =
            round % 2 == 0
                ? new EngineOptions(8, 200, 64, 2)
                : new EngineOptions(3, 200, 16, 2).withRunner(CpuOptions.of(2).withKvTokens(128));
        try (Engine engine = Engine.open(dir.resolve("m"), new ByteTokenizer(), options)) {
          Heard other = new Heard();
          engine.submit(EngineTest.request(PROMPT, 30, new Sampling(1, 1, 0, round)), other);
          GenerationRequest request =
              new GenerationRequest(prompt, tokens, Sampling.GREEDY, new int[] {stop}, List.of(), -1).searchedBy(beams);
          List<Heard> heard = submitAll(engine, request, beams.width());
          for (int i = 0; i < beams.width(); i++) {
            assertThat(heard.get(i).ids()).as("%s, text %d", beams, i).isEqualTo(expected.get(i));
          }
          assertThat(other.ids()).isNotEmpty();
          EngineTest.awaitEmpty(engine);
        }
      }
    }
  }

  /// Made by bench/peers/golden_beams.py.
  @Test
  void submitAll_beams_findsWhatThePublishedLibraryFinds() throws InterruptedException, java.io.IOException {
    try (InputStream file = EngineTest.class.getResourceAsStream("/beams.json")) {
      for (JsonNode golden : Json.tree(new String(file.readAllBytes(), StandardCharsets.UTF_8))) {
        Path folder = Path.of("../model/src/test/resources/checkpoints").resolve(golden.get("family").asString());
        int width = golden.get("width").asInt();
        Beams beams = new Beams(width, golden.get("lengthPenalty").asDouble(), golden.get("earlyStopping").asBoolean());
        GenerationRequest request =
            new GenerationRequest(
                    ids(golden.get("prompt")).stream().mapToInt(id -> id).toArray(),
                    golden.get("tokens").asInt(),
                    Sampling.GREEDY,
                    new int[] {golden.get("stop").asInt()},
                    List.of(),
                    -1)
                .searchedBy(beams);
        try (Engine engine = Engine.open(folder, new ByteTokenizer(), new EngineOptions(8, 8, 64, 2))) {
          List<Heard> heard = submitAll(engine, request, width);
          for (int i = 0; i < width; i++) {
            assertThat(heard.get(i).ids()).as("text %d of %s", i, golden).isEqualTo(ids(golden.get("texts").get(i)));
          }
        }
      }
    }
  }

  private static List<Integer> ids(JsonNode array) {
    List<Integer> ids = new ArrayList<>();
    array.forEach(id -> ids.add(id.asInt()));
    return ids;
  }

  @Test
  void submitAll_beamsWithAStopText_endBeforeIt() throws InterruptedException {
    try (Engine engine = engine(4, 20, 64)) {
      GenerationRequest free = EngineTest.request(PROMPT, 8, Sampling.GREEDY).searchedBy(Beams.of(3));
      String text = null;
      for (Heard heard : submitAll(engine, free, 1)) {
        heard.last();
        text = heard.text();
      }
      String stop = java.util.Objects.requireNonNull(text).substring(2, 4);
      GenerationRequest stopped =
          new GenerationRequest(PROMPT, 8, Sampling.GREEDY, new int[0], List.of(stop), 2).searchedBy(Beams.of(3));
      List<Heard> heard = submitAll(engine, stopped, 3);
      for (Heard one : heard) {
        one.last();
        assertThat(one.text()).doesNotContain(stop);
        one.events.stream()
            .flatMap(event -> event instanceof Text t ? t.tokens().stream() : java.util.stream.Stream.<Token>empty())
            .forEach(token -> assertThat(token.top()).hasSize(2));
      }
    }
  }

  @Test
  void submitAll_impossibleSearches_areRefused() {
    try (Engine engine = engine(4, 20, 64)) {
      GenerationRequest search = EngineTest.request(PROMPT, 8, Sampling.GREEDY).searchedBy(Beams.of(2));
      assertThatThrownBy(() -> engine.submitAll(search, List.of(_ -> {}, _ -> {}, _ -> {})))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("2 beams")
          .hasMessageContaining("3 texts");
      assertThatThrownBy(() -> engine.submit(search.drawnBy(Sampling.DEFAULT.withPresencePenalty(1)), _ -> {}))
          .isInstanceOf(UserException.class);
      assertThatThrownBy(() -> Beams.of(0)).isInstanceOf(UserException.class);
    }
  }
}
