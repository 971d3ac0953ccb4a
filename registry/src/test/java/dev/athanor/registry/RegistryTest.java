package dev.athanor.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.UserException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryTest {
  @TempDir Path dir;

  private Registry open() {
    return Registry.open(dir.resolve("registry.db"));
  }

  private RunRecord start(Registry registry, String name) {
    return registry.runStarted(new RunStart(name, "name: " + name + "\n", dir.resolve(name), "v1"));
  }

  private ArtifactRecord artifact(String stage, String digest, Map<String, String> inputs) {
    return new ArtifactRecord(
        stage, "key-" + stage, digest, inputs, dir.resolve(stage), 1.5, Instant.parse("2026-01-02T03:04:05Z"), "v1", false);
  }

  private ModelRelease release(RunRecord run, String sha256) {
    return new ModelRelease("quick", dir.resolve("model"), sha256, run.id(), "d-sft", Map.of("bits_per_byte", 0.81));
  }

  @Test
  void runs_startedAndEnded_areFoundAgainByAnotherRegistry() {
    Registry registry = open();
    RunRecord first = start(registry, "quick");
    registry.runFinished(first.id());
    RunRecord second = start(registry, "quick");
    registry.runFailed(second.id());
    RunRecord third = start(registry, "other");

    Registry again = open();
    assertThat(again.runs()).extracting(RunRecord::id).containsExactlyInAnyOrder("other-1", "quick-2", "quick-1");
    assertThat(again.run("quick").id()).isEqualTo("quick-2");
    assertThat(again.run("quick").status()).isEqualTo(RunRecord.Status.FAILED);
    assertThat(again.run("quick-1").status()).isEqualTo(RunRecord.Status.FINISHED);
    assertThat(again.run("quick-1").ended()).isNotNull();
    assertThat(again.run("other")).isEqualTo(third);
  }

  @Test
  void runStarted_afterAKillInTheSameFolder_notesTheFirstAsFailed() {
    Registry registry = open();
    RunRecord killed = start(registry, "quick");
    start(registry, "quick");
    assertThat(registry.run(killed.id()).status()).isEqualTo(RunRecord.Status.FAILED);
    assertThat(registry.run("quick").status()).isEqualTo(RunRecord.Status.RUNNING);
  }

  @Test
  void run_unknown_namesThoseThereAre() {
    Registry registry = open();
    assertThatThrownBy(() -> registry.run("x"))
        .isInstanceOf(UserException.class)
        .hasMessage("no run 'x' in the registry; it holds none yet");
    start(registry, "quick");
    assertThatThrownBy(() -> registry.run("x")).hasMessage("no run 'x' in the registry; it has quick-1");
    assertThatThrownBy(() -> registry.runFinished("x")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void recordArtifact_again_replacesWhatWasKnown() {
    Registry registry = open();
    RunRecord run = start(registry, "quick");
    registry.recordArtifact(run.id(), artifact("collect", "d1", Map.of()));
    registry.recordArtifact(run.id(), artifact("curate", "d2", Map.of("collect", "d1")));
    ArtifactRecord redone = artifact("curate", "d3", Map.of("collect", "d1"));
    registry.recordArtifact(run.id(), redone);
    assertThat(registry.artifacts(run.id())).containsExactly(artifact("collect", "d1", Map.of()), redone);
  }

  @Test
  void release_newWeights_takesTheNextVersion() {
    Registry registry = open();
    RunRecord run = start(registry, "quick");
    assertThat(registry.latestModel()).isEmpty();
    Model one = registry.release(release(run, "aa"));
    Model two = registry.release(release(run, "bb"));
    assertThat(one.id()).isEqualTo("quick:1");
    assertThat(registry.model("quick")).isEqualTo(two);
    assertThat(registry.model("quick:1")).isEqualTo(one);
    assertThat(registry.latestModel()).contains(two);
    assertThat(registry.models()).containsExactly(two, one);
    assertThat(one.scores()).containsExactly(Map.entry("bits_per_byte", 0.81));
  }

  @Test
  void release_sameWeightsInTheSamePlaceAgain_isTheSameVersion() {
    Registry registry = open();
    RunRecord run = start(registry, "quick");
    Model first = registry.release(release(run, "aa"));
    assertThat(registry.release(release(run, "aa"))).isEqualTo(first);
    assertThat(registry.release(release(start(registry, "quick"), "aa"))).isEqualTo(first);
    assertThat(registry.models()).hasSize(1);
  }

  @Test
  void model_unknown_namesThoseThereAre() {
    Registry registry = open();
    registry.release(release(start(registry, "quick"), "aa"));
    for (String id : List.of("quick:2", "quick:x", "slow")) {
      assertThatThrownBy(() -> registry.model(id))
          .isInstanceOf(UserException.class)
          .hasMessage("no model '" + id + "' in the registry; it has quick:1");
    }
  }

  @Test
  void lineage_ofAModel_isWhatLedToItAndNothingElse() {
    Registry registry = open();
    RunRecord run = start(registry, "quick");
    registry.recordArtifact(run.id(), artifact("curate", "d-curate", Map.of()));
    registry.recordArtifact(run.id(), artifact("tokenizer", "d-tokenizer", Map.of("curate", "d-curate")));
    registry.recordArtifact(run.id(), artifact("unused", "d-unused", Map.of("curate", "d-curate")));
    registry.recordArtifact(
        run.id(), artifact("sft", "d-sft", Map.of("curate", "d-curate", "tokenizer", "d-tokenizer")));
    Lineage lineage = registry.lineage(registry.release(release(run, "aa")));
    assertThat(lineage.run().recipe()).isEqualTo("name: quick\n");
    assertThat(lineage.artifacts()).extracting(ArtifactRecord::stage).containsExactly("curate", "tokenizer", "sft");
    assertThat(lineage.text())
        .contains("quick:1", "bits_per_byte  0.81", "run       quick-1")
        .endsWith(
            """
            └─ sft  d-sft  2026-01-02T03:04:05Z
               ├─ curate  d-curate  2026-01-02T03:04:05Z
               └─ tokenizer  d-tokenizer  2026-01-02T03:04:05Z
                  └─ curate  d-curate  (above)
            """);
  }

  @Test
  void lineage_artifactNeverNoted_saysSo() {
    Registry registry = open();
    Lineage lineage = registry.lineage(registry.release(release(start(registry, "quick"), "aa")));
    assertThat(lineage.text()).endsWith("└─ artifact d-sft is not recorded\n");
  }

  @Test
  void release_ofAnUnknownRun_isRefused() {
    Registry registry = open();
    ModelRelease release = new ModelRelease("m", dir, "aa", "no-run", "d", Map.of());
    assertThatThrownBy(() -> registry.release(release)).hasMessageContaining("FOREIGN KEY");
    assertThat(registry.models()).isEmpty();
  }

  @Test
  void open_notADatabase_isRefusedAndLeftAlone() throws Exception {
    Path file = Files.writeString(dir.resolve("registry.db"), "this is no database, however long it may be. ".repeat(50));
    assertThatThrownBy(this::open)
        .isInstanceOf(UserException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("is no SQLite database");
    assertThat(file).content().startsWith("this is no database");
  }

  @Test
  void open_folderOrBadUrl_isRefused() {
    assertThatThrownBy(() -> Registry.open(dir)).isInstanceOf(UserException.class).hasMessageContaining("cannot be opened");
    assertThatThrownBy(() -> Registry.open("registry.db")).isInstanceOf(UserException.class).hasMessageContaining("no JDBC URL");
    assertThatThrownBy(() -> Registry.open("jdbc:nosuch://host/db"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no JDBC driver for jdbc:nosuch://host/db");
  }

  @Test
  void open_newerSchema_isRefused() throws Exception {
    open();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + dir.resolve("registry.db"));
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("UPDATE flyway_schema_history SET version = '99'");
    }
    assertThatThrownBy(this::open).isInstanceOf(UserException.class).hasMessageContaining("version 99, newer than");
  }

  @Test
  void registry_severalAtOnceFromTheFirstOpening_loseNothing() throws Exception {
    int writers = 4;
    int each = 10;
    List<Future<List<String>>> ids = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(writers)) {
      for (int w = 0; w < writers; w++) {
        String folder = "w" + w;
        ids.add(threads.submit(() -> startMany(open(), folder, each)));
      }
      List<String> all = new ArrayList<>();
      for (Future<List<String>> future : ids) {
        all.addAll(future.get());
      }
      assertThat(all).hasSize(writers * each).doesNotHaveDuplicates();
    }
    assertThat(open().runs()).hasSize(writers * each);
  }

  private List<String> startMany(Registry registry, String folder, int count) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(registry.runStarted(new RunStart("quick", "", dir.resolve(folder), "v1")).id());
    }
    return ids;
  }

  /// Writes from a process of its own.
  static final class OtherProcess {
    private OtherProcess() {}

    public static void main(String[] arguments) {
      Registry registry = Registry.open(Path.of(arguments[0]));
      for (int i = 0; i < 10; i++) {
        registry.runStarted(new RunStart("quick", "", Path.of("other"), "v1"));
      }
    }
  }

  @Test
  void registry_twoProcessesAtOnce_loseNothing() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process other =
        new ProcessBuilder(
                java,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                OtherProcess.class.getName(),
                dir.resolve("registry.db").toString())
            .inheritIO()
            .start();
    Registry registry = open();
    startMany(registry, "here", 10);
    assertThat(other.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(other.exitValue()).isZero();
    assertThat(registry.runs()).hasSize(20);
  }
}
