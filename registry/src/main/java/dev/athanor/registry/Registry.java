package dev.athanor.registry;

import dev.athanor.base.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// Runs, their artifacts and the models they released, in an SQLite file (or another database by its JDBC URL). Several
/// processes may use it at once: readers never wait (write-ahead log), writers wait for each other.
///
/// Every method throws `UserException` when the database cannot be read or written for a reason outside this program.
public final class Registry {
  private static final int BUSY_MILLIS = 20_000;
  private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);
  private static final String SQLITE = "jdbc:sqlite:";

  private final Jdbi jdbi;
  private final String name;

  private Registry(Jdbi jdbi, String name) {
    this.jdbi = jdbi;
    this.name = name;
  }

  /// The SQLite file, created with its folder when it is missing.
  public static Registry open(Path file) {
    Path absolute = file.toAbsolutePath();
    try {
      if (absolute.getParent() != null) {
        Files.createDirectories(absolute.getParent());
      }
    } catch (IOException e) {
      throw new UserException("cannot make a folder for the registry " + file + ": " + e.getMessage(), e);
    }
    return open(sqlite(SQLITE + absolute), file.toString(), absolute.resolveSibling("." + absolute.getFileName() + ".lock"));
  }

  /// @param jdbcUrl "jdbc:sqlite:…", or of any database whose JDBC driver and Flyway module are on the class path
  public static Registry open(String jdbcUrl) {
    if (!jdbcUrl.startsWith("jdbc:")) {
      throw new UserException("'" + jdbcUrl + "' is no JDBC URL; write jdbc:sqlite:<file> or jdbc:postgresql://host/database");
    }
    if (jdbcUrl.startsWith(SQLITE)) {
      return open(Path.of(jdbcUrl.substring(SQLITE.length())));
    }
    try {
      DriverManager.getDriver(jdbcUrl);
    } catch (SQLException e) {
      throw new UserException("no JDBC driver for " + jdbcUrl + " is on the class path", e);
    }
    return open(new UrlDataSource(jdbcUrl), jdbcUrl, null);
  }

  private static Registry open(DataSource source, String name, @Nullable Path lockFile) {
    try {
      new Schema(source, name).bringUpToDate(lockFile);
    } catch (SQLException | FlywayException e) {
      throw unusable(name, e);
    }
    return new Registry(Jdbi.create(source), name);
  }

  private static DataSource sqlite(String url) {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
    config.setBusyTimeout(BUSY_MILLIS);
    config.enforceForeignKeys(true);
    // A transaction that reads and then writes would else fail at once when another wrote in between.
    config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl(url);
    return source;
  }

  // ---- runs

  /// Notes that a run begins. One that stands as running in the same folder was killed (the folder's lock says so), and
  /// is noted as failed.
  public RunRecord runStarted(RunStart start) {
    Instant now = now();
    String folder = start.folder().toAbsolutePath().normalize().toString();
    return write(
        handle -> {
          handle.execute(
              "UPDATE runs SET status = 'failed', ended = ? WHERE folder = ? AND status = 'running'",
              text(now),
              folder);
          int number = next(handle, "SELECT MAX(number) FROM runs WHERE name = ?", start.name());
          String id = start.name() + "-" + number;
          handle.execute(
              "INSERT INTO runs (id, name, number, recipe, folder, code_version, status, started)"
                  + " VALUES (?, ?, ?, ?, ?, ?, 'running', ?)",
              id,
              start.name(),
              number,
              start.recipe(),
              folder,
              start.codeVersion(),
              text(now));
          return new RunRecord(
              id, start.name(), start.recipe(), Path.of(folder), start.codeVersion(), RunRecord.Status.RUNNING, now, null);
        });
  }

  public void runFinished(String runId) {
    end(runId, "finished");
  }

  public void runFailed(String runId) {
    end(runId, "failed");
  }

  private void end(String runId, String status) {
    int changed =
        write(
            handle ->
                handle.execute("UPDATE runs SET status = ?, ended = ? WHERE id = ?", status, text(now()), runId));
    if (changed == 0) {
      throw new IllegalArgumentException("no run " + runId);
    }
  }

  /// All runs, the newest first.
  public List<RunRecord> runs() {
    return read(
        handle ->
            handle
                .createQuery("SELECT * FROM runs ORDER BY started DESC, number DESC")
                .map((row, context) -> run(row))
                .list());
  }

  /// The run of that id, or the newest of that name.
  ///
  /// @throws UserException when there is none; names those there are
  public RunRecord run(String idOrName) {
    return read(
            handle ->
                handle
                    .createQuery(
                        "SELECT * FROM runs WHERE id = :x OR name = :x"
                            + " ORDER BY CASE WHEN id = :x THEN 0 ELSE 1 END, number DESC LIMIT 1")
                    .bind("x", idOrName)
                    .map((row, context) -> run(row))
                    .findOne())
        .orElseThrow(() -> unknown("run", idOrName, runs().stream().map(RunRecord::id).toList()));
  }

  // ---- artifacts

  /// Notes an artifact of a run; told again of the same stage, the later word stands.
  public void recordArtifact(String runId, ArtifactRecord artifact) {
    write(
        handle -> {
          handle.execute("DELETE FROM artifact_inputs WHERE run_id = ? AND stage = ?", runId, artifact.stage());
          handle.execute("DELETE FROM artifacts WHERE run_id = ? AND stage = ?", runId, artifact.stage());
          handle.execute(
              "INSERT INTO artifacts (run_id, position, stage, artifact_key, digest, folder, seconds, created,"
                  + " code_version, reused) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
              runId,
              next(handle, "SELECT MAX(position) FROM artifacts WHERE run_id = ?", runId),
              artifact.stage(),
              artifact.key(),
              artifact.digest(),
              artifact.folder().toString(),
              artifact.seconds(),
              text(artifact.created()),
              artifact.codeVersion(),
              artifact.reused() ? 1 : 0);
          artifact
              .inputs()
              .forEach(
                  (stage, digest) ->
                      handle.execute(
                          "INSERT INTO artifact_inputs (run_id, stage, input_stage, input_digest) VALUES (?, ?, ?, ?)",
                          runId,
                          artifact.stage(),
                          stage,
                          digest));
          return artifact;
        });
  }

  /// A run's artifacts in the order in which they were noted.
  public List<ArtifactRecord> artifacts(String runId) {
    return read(
        handle -> {
          Map<String, Map<String, String>> inputs = new HashMap<>();
          handle
              .createQuery("SELECT stage, input_stage, input_digest FROM artifact_inputs WHERE run_id = :run")
              .bind("run", runId)
              .map((row, context) -> List.of(row.getString(1), row.getString(2), row.getString(3)))
              .forEach(row -> inputs.computeIfAbsent(row.get(0), s -> new TreeMap<>()).put(row.get(1), row.get(2)));
          return handle
              .createQuery("SELECT * FROM artifacts WHERE run_id = :run ORDER BY position")
              .bind("run", runId)
              .map((row, context) -> artifact(row, inputs.getOrDefault(row.getString("stage"), Map.of())))
              .list();
        });
  }

  // ---- models

  /// Enters a model under the next version of its name. Entering the newest version again (same weights in the
  /// same place), as a run does that had nothing to do, gives that version back with its scores as they are now.
  public Model release(ModelRelease release) {
    return write(
        handle -> {
          Optional<Model> newest = newest(handle, release.name());
          Model model =
              newest
                  .filter(m -> m.sha256().equals(release.sha256()) && m.path().equals(absolute(release.path())))
                  .orElseGet(() -> enter(handle, release));
          score(handle, model, release.scores());
          return new Model(
              model.name(),
              model.version(),
              model.path(),
              model.sha256(),
              model.runId(),
              model.artifactDigest(),
              release.scores(),
              model.released());
        });
  }

  private static Model enter(Handle handle, ModelRelease release) {
    int version = next(handle, "SELECT MAX(version) FROM models WHERE name = ?", release.name());
    Path path = absolute(release.path());
    Instant now = now();
    handle.execute(
        "INSERT INTO models (name, version, path, sha256, run_id, artifact_digest, released)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?)",
        release.name(),
        version,
        path.toString(),
        release.sha256(),
        release.runId(),
        release.artifactDigest(),
        text(now));
    return new Model(
        release.name(), version, path, release.sha256(), release.runId(), release.artifactDigest(), Map.of(), now);
  }

  private static Path absolute(Path path) {
    return path.toAbsolutePath().normalize();
  }

  private static void score(Handle handle, Model model, Map<String, Double> scores) {
    handle.execute("DELETE FROM scores WHERE model_name = ? AND model_version = ?", model.name(), model.version());
    scores.forEach(
        (metric, score) ->
            handle.execute(
                "INSERT INTO scores (model_name, model_version, metric, score) VALUES (?, ?, ?, ?)",
                model.name(),
                model.version(),
                metric,
                score));
  }

  /// All released models, the newest first.
  public List<Model> models() {
    return read(handle -> models(handle, "ORDER BY released DESC, version DESC", Map.of()));
  }

  public Optional<Model> latestModel() {
    return models().stream().findFirst();
  }

  /// @param id "name:version", or "name" for its newest version
  /// @throws UserException when there is none; names those there are
  public Model model(String id) {
    int colon = id.lastIndexOf(':');
    return read(handle -> colon < 0 ? newest(handle, id) : exactly(handle, id.substring(0, colon), id.substring(colon + 1)))
        .orElseThrow(() -> unknown("model", id, models().stream().map(Model::id).toList()));
  }

  private static Optional<Model> newest(Handle handle, String name) {
    return models(handle, "WHERE name = :name ORDER BY version DESC LIMIT 1", Map.of("name", name)).stream().findFirst();
  }

  private static Optional<Model> exactly(Handle handle, String name, String version) {
    if (!version.matches("[0-9]{1,9}")) {
      return Optional.empty();
    }
    Map<String, Object> values = Map.of("name", name, "version", Integer.parseInt(version));
    return models(handle, "WHERE name = :name AND version = :version", values).stream().findFirst();
  }

  private static List<Model> models(Handle handle, String condition, Map<String, ?> values) {
    return handle
        .createQuery("SELECT * FROM models " + condition)
        .bindMap(values)
        .map((row, context) -> model(row))
        .list()
        .stream()
        .map(model -> withScores(handle, model))
        .toList();
  }

  private static Model withScores(Handle handle, Model model) {
    Map<String, Double> scores =
        handle
            .createQuery("SELECT metric, score FROM scores WHERE model_name = :name AND model_version = :version")
            .bind("name", model.name())
            .bind("version", model.version())
            .map((row, context) -> Map.entry(row.getString(1), row.getDouble(2)))
            .stream()
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    return new Model(
        model.name(),
        model.version(),
        model.path(),
        model.sha256(),
        model.runId(),
        model.artifactDigest(),
        scores,
        model.released());
  }

  /// What a model was made from: its run with the recipe, and the artifacts that lead to it.
  public Lineage lineage(Model model) {
    List<ArtifactRecord> all = artifacts(model.runId());
    Set<ArtifactRecord> reached = new HashSet<>();
    Deque<String> digests = new ArrayDeque<>(List.of(model.artifactDigest()));
    while (!digests.isEmpty()) {
      String digest = digests.remove();
      for (ArtifactRecord artifact : all) {
        if (artifact.digest().equals(digest) && reached.add(artifact)) {
          digests.addAll(artifact.inputs().values());
        }
      }
    }
    return new Lineage(model, run(model.runId()), all.stream().filter(reached::contains).toList());
  }

  // ---- rows

  private static RunRecord run(ResultSet row) throws SQLException {
    String ended = row.getString("ended");
    return new RunRecord(
        row.getString("id"),
        row.getString("name"),
        row.getString("recipe"),
        Path.of(row.getString("folder")),
        row.getString("code_version"),
        RunRecord.Status.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
        Instant.parse(row.getString("started")),
        ended == null ? null : Instant.parse(ended));
  }

  private static ArtifactRecord artifact(ResultSet row, Map<String, String> inputs) throws SQLException {
    return new ArtifactRecord(
        row.getString("stage"),
        row.getString("artifact_key"),
        row.getString("digest"),
        inputs,
        Path.of(row.getString("folder")),
        row.getDouble("seconds"),
        Instant.parse(row.getString("created")),
        row.getString("code_version"),
        row.getInt("reused") != 0);
  }

  private static Model model(ResultSet row) throws SQLException {
    return new Model(
        row.getString("name"),
        row.getInt("version"),
        Path.of(row.getString("path")),
        row.getString("sha256"),
        row.getString("run_id"),
        row.getString("artifact_digest"),
        Map.of(),
        Instant.parse(row.getString("released")));
  }

  /// One more than the largest so far.
  private static int next(Handle handle, String selectMax, String of) {
    // MAX over no rows is NULL, which JDBC reads as 0.
    return handle.select(selectMax, of).map((row, context) -> row.getInt(1)).one() + 1;
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS);
  }

  /// With three digits always, so that texts sort as times do.
  private static String text(Instant time) {
    return TIME.format(time);
  }

  // ---- access

  private <T> T read(Function<Handle, T> work) {
    try {
      return jdbi.withHandle(work::apply);
    } catch (JdbiException e) {
      throw unusable(name, e);
    }
  }

  private <T> T write(Function<Handle, T> work) {
    try {
      return jdbi.inTransaction(work::apply);
    } catch (JdbiException e) {
      throw unusable(name, e);
    }
  }

  private static UserException unknown(String what, String id, List<String> known) {
    return new UserException(
        "no " + what + " '" + id + "' in the registry"
            + (known.isEmpty() ? "; it holds none yet" : "; it has " + String.join(", ", known)));
  }

  /// A failure of the database's file or server is the user's to mend; a failed statement is a bug and stays one.
  private static RuntimeException unusable(String name, Exception failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof SQLiteException sqlite) {
        String what = whatToDo(sqlite.getResultCode());
        if (what != null) {
          return new UserException("the registry " + name + " " + what, failure);
        }
      } else if (t instanceof SQLException sql && sql.getSQLState() != null && sql.getSQLState().startsWith("08")) {
        return new UserException("cannot reach the registry " + name + ": " + sql.getMessage(), failure);
      }
    }
    return failure instanceof RuntimeException bug ? bug : new IllegalStateException(failure);
  }

  private static @Nullable String whatToDo(SQLiteErrorCode code) {
    return switch (code.code & 0xff) {
      case 5, 6 -> "is held by another process for too long; end it and try again";
      case 8, 3, 23 -> "cannot be written; check the permissions of the file and of its folder";
      case 10 -> "cannot be read or written (an error of the disk)";
      case 11 -> "is damaged; move the file away and a new one is made (models and runs stay where they are)";
      case 13 -> "cannot grow: no room left on the disk";
      case 14 -> "cannot be opened; check that it is a file and that its folder can be written";
      case 26 -> "is no SQLite database; move the file away, or name another";
      default -> null;
    };
  }
}
