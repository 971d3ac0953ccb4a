package dev.athanor.data.engine;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.base.recipe.Recipes;
import dev.athanor.base.run.Artifact;
import dev.athanor.base.run.RunResult.StageResult;
import dev.athanor.base.run.Stage;
import dev.athanor.data.engine.ShardReport.ShardFile;
import dev.athanor.data.shard.DocumentParts;
import dev.athanor.data.source.SourceContext;
import dev.athanor.data.source.SourceReport;
import dev.athanor.data.step.StepContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/// A data recipe as stages of a run: passes over the documents and decisions between them. The stages' artifacts are their shards and
/// reports; `publish` puts the last ones where people look for them.
///
/// @param folder that the recipe's relative paths start from
/// @param collects whether reading the sources is a stage of its own, so that changed steps do not read them again
public record Curation(DataRecipe recipe, Path folder, Engine engine, boolean collects) {
  /// Of the run's folder, where a whole life publishes its curation.
  public static final String FOLDER = "curation";
  /// The stage that reads the sources, where that is one of its own.
  public static final String COLLECT = CollectStage.NAME;

  public List<Stage> stages() {
    List<Stage> stages = new ArrayList<>();
    @Nullable Segment before = null;
    if (collects) {
      stages.add(new CollectStage(recipe, folder, engine));
      before = Segment.COLLECT;
    }
    for (Segment segment : Segments.of(recipe.steps())) {
      stages.add(new PassStage(recipe, segment, before, folder, engine));
      if (segment.sign() != null) {
        stages.add(new DecideStage(recipe, segment, folder, engine));
      }
      before = segment;
    }
    return stages;
  }

  /// Looks at the files that sources and steps name, so that what is missing is told before any work, all of it together.
  ///
  /// @throws UserException with a line for each source or step that cannot read what it needs
  public void check() {
    Set<String> problems = new LinkedHashSet<>();
    var context = new StepContext(folder, recipe.seed(), Progress.silent());
    var reading = SourceContext.of(folder, Progress.silent());
    recipe.sources().values().forEach(source -> note(problems, () -> source.fingerprint(reading)));
    recipe
        .steps()
        .forEach(
            step ->
                note(
                    problems,
                    () -> {
                      step.check(context);
                      step.version(context);
                    }));
    if (!problems.isEmpty()) {
      throw new UserException(String.join("\n", problems));
    }
  }

  private static void note(Set<String> problems, Runnable look) {
    try {
      look.run();
    } catch (UserException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
  }

  /// The stage whose artifact has the documents that came through.
  public String lastStage() {
    return Segments.of(recipe.steps()).getLast().passName();
  }

  /// Whether a stage of this name is one of a curation's, those that collect not counted.
  public static boolean isStage(String name) {
    return name.startsWith(Segment.PASS) || name.startsWith(Segment.DECIDE);
  }

  /// What each step did, from the stages' artifacts by name.
  public List<StepCount> counts(Function<String, Artifact> artifacts) {
    List<StepCount> counts = new ArrayList<>();
    for (Segment segment : Segments.of(recipe.steps())) {
      JsonNode steps = artifacts.apply(segment.passName()).metrics().get(PassStage.STEPS);
      if (steps != null) {
        counts.addAll(Json.MAPPER.convertValue(steps, new TypeReference<List<StepCount>>() {}));
      }
    }
    return counts;
  }

  /// The documents in the artifact of `COLLECT` or of the last stage.
  public static DocumentParts documents(Path artifact) {
    var shards = new Shards(artifact);
    return DocumentParts.ofFiles(
        shards.names().stream().filter(name -> shards.report(name).kept() > 0).map(name -> shards.file(name, Shards.KEPT)).toList());
  }

  /// What each origin gave, from the artifact of `COLLECT`.
  public static List<SourceReport> sources(Path artifact) {
    return Json.MAPPER.convertValue(Json.readFile(artifact.resolve(CollectStage.SOURCES)), new TypeReference<List<SourceReport>>() {});
  }

  /// Puts documents, report and recipe into a folder: the last pass's files under another name where the disk can do that.
  ///
  /// @param results of all stages up to the last one; others among them are passed over
  public DataReport publish(List<StageResult> results, Path to) {
    DataReport report = report(results, to);
    AtomicFile.writeString(to.resolve(DataRun.RECIPE), Recipes.toYaml(recipe));
    Path last = results.stream().filter(stage -> stage.name().equals(lastStage())).findFirst().orElseThrow().folder();
    publish(new Shards(last), to.resolve(DataRun.DOCUMENTS), report.after().total());
    AtomicFile.writeString(to.resolve(DataRun.REPORT), Json.pretty(report));
    return report;
  }

  private DataReport report(List<StageResult> results, Path to) {
    List<PassSummary> passes = new ArrayList<>();
    List<DataReport.Stage> stages = new ArrayList<>();
    List<DataReport.Summary> summaries = new ArrayList<>();
    for (StageResult stage : results) {
      String name = stage.name();
      if (!isStage(name) && !name.equals(COLLECT)) {
        continue;
      }
      String artifact = to.toAbsolutePath().normalize().relativize(stage.folder().toAbsolutePath().normalize()).toString();
      stages.add(new DataReport.Stage(name, artifact.replace('\\', '/'), stage.artifact().seconds()));
      if (!name.startsWith(Segment.DECIDE)) {
        passes.add(PassSummary.of(new Shards(stage.folder())));
      } else {
        Path summary = Path.of(DecideStage.decisions(stage.folder()) + ".json");
        if (Files.exists(summary)) {
          summaries.add(new DataReport.Summary(name, Json.readFile(summary)));
        }
      }
    }
    summaries.addAll(findings(passes));
    return DataReport.of(recipe.name(), passes, summaries, stages);
  }

  /// What steps noted in documents.
  private List<DataReport.Summary> findings(List<PassSummary> passes) {
    Map<String, StepCount> counts = new HashMap<>();
    passes.forEach(pass -> pass.steps().forEach(count -> counts.put(count.name(), count)));
    var context = new StepContext(folder, recipe.seed(), Progress.silent());
    List<DataReport.Summary> findings = new ArrayList<>();
    for (Segment.NamedStep step : Segments.named(recipe.steps())) {
      StepCount count = counts.getOrDefault(step.name(), StepCount.none(step.name()));
      JsonNode told = Json.MAPPER.valueToTree(step.step().findings(context, count.noted()));
      if (!told.isEmpty()) {
        findings.add(new DataReport.Summary(step.name(), told));
      }
    }
    return findings;
  }

  private void publish(Shards from, Path to, Census.Size size) {
    try {
      Files.createDirectories(to);
      SortedMap<String, ShardFile> files = new TreeMap<>();
      for (String name : from.names()) {
        ShardFile kept = from.report(name).files().get(Shards.KEPT);
        if (kept != null) {
          files.put(name + Shards.KEPT, kept);
        }
      }
      removeOthers(to, files);
      for (String file : files.keySet()) {
        link(from.folder().resolve(file), to.resolve(file));
      }
      var manifest = new DataRun.Manifest(recipe.name(), size.documents(), size.bytes(), files);
      AtomicFile.writeString(to.resolve(DataRun.MANIFEST), Json.pretty(manifest));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write in " + to, e);
    }
  }

  private static void removeOthers(Path folder, SortedMap<String, ShardFile> files) throws IOException {
    try (Stream<Path> there = Files.list(folder)) {
      for (Path path : there.toList()) {
        String name = path.getFileName().toString();
        if (name.endsWith(Shards.KEPT) && !files.containsKey(name)) {
          Files.delete(path);
        }
      }
    }
  }

  private static void link(Path from, Path to) throws IOException {
    if (Files.exists(to) && Files.isSameFile(from, to)) {
      return;
    }
    Files.deleteIfExists(to);
    try {
      Files.createLink(to, from);
    } catch (UnsupportedOperationException | java.nio.file.FileSystemException e) {
      // No links on this file system.
      AtomicFile.write(to, out -> Files.copy(from, out));
    }
  }
}
