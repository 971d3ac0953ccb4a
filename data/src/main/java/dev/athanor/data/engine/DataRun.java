package dev.athanor.data.engine;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.base.recipe.Recipes;
import dev.athanor.base.run.Run;
import dev.athanor.base.run.RunResult;
import dev.athanor.base.run.RunResult.StageResult;
import dev.athanor.base.run.Stage;
import dev.athanor.data.engine.ShardReport.ShardFile;
import dev.athanor.data.mixture.Mixture;
import dev.athanor.data.shard.DocumentParts;
import dev.athanor.data.shard.TokensRecipe;
import dev.athanor.data.shard.TrainingShards;
import dev.athanor.data.step.StepContext;
import dev.athanor.tokenizer.Tokenizers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A data recipe on its way from sources to shards of documents, in one folder:
///
/// | there | what |
/// |---|---|
/// | `documents/` | the shards, with `manifest.json` |
/// | `shards/` | tokens and rows to train from, where the recipe has `tokens` |
/// | `recipe.yaml` | the recipe, every default said |
/// | `report.json` | what each step did |
/// | `artifacts/`, `work/` | every pass and decision, finished and under way |
///
/// Run again, what is finished is reused, what was interrupted goes on shard by shard.
public final class DataRun {
  public static final String DOCUMENTS = "documents";
  public static final String SHARDS = "shards";
  public static final String MANIFEST = "manifest.json";
  public static final String RECIPE = "recipe.yaml";
  public static final String REPORT = "report.json";

  private final DataRecipe recipe;
  private final Path folder;
  private final Path output;
  private final Engine engine;
  private final String codeVersion;

  /// @param folder that the recipe's relative paths start from
  /// @param output where the run lives
  public DataRun(DataRecipe recipe, Path folder, Path output, Engine engine, String codeVersion) {
    this.recipe = recipe;
    this.folder = folder;
    this.output = output;
    this.engine = engine;
    this.codeVersion = codeVersion;
  }

  /// What the manifest of the documents says.
  ///
  /// @param shards by file name, in order
  public record Manifest(String name, long documents, long bytes, SortedMap<String, ShardFile> shards) {}

  /// Runs whatever is not there yet.
  ///
  /// @throws dev.athanor.base.UserException when sources or files of steps cannot be read, or the disk is full
  public DataReport run(Progress progress) throws InterruptedException {
    try (Run run = Run.open(output, progress, codeVersion)) {
      AtomicFile.writeString(output.resolve(RECIPE), Recipes.toYaml(recipe));
      RunResult result = run.execute(stages());
      DataReport report = report(result);
      publish(result, report);
      AtomicFile.writeString(output.resolve(REPORT), Json.pretty(report));
      return report;
    }
  }

  /// Makes token shards and rows of the documents, if the recipe asks for them; finished shards are kept, interrupted ones go on.
  public Optional<TrainingShards.Description> tokenise(Progress progress) {
    TokensRecipe tokens = recipe.tokens();
    if (tokens == null) {
      return Optional.empty();
    }
    Mixture mixture = Objects.requireNonNullElse(recipe.mixture(), Mixture.NATURAL);
    Path tokenizer = folder.resolve(tokens.tokenizer());
    var request =
        new TrainingShards.Request(output.resolve(SHARDS), tokens.tokenizer(), tokens, mixture, recipe.limits().threadCount(), recipe.seed());
    DocumentParts documents = DocumentParts.ofFolder(output.resolve(DOCUMENTS));
    return Optional.of(TrainingShards.make(request, Tokenizers.open(tokenizer), documents, progress));
  }

  private List<Stage> stages() {
    List<Stage> stages = new ArrayList<>();
    @Nullable Segment before = null;
    for (Segment segment : Segments.of(recipe.steps())) {
      stages.add(new PassStage(recipe, segment, before, folder, engine));
      if (segment.sign() != null) {
        stages.add(new DecideStage(recipe, segment, folder, engine));
      }
      before = segment;
    }
    return stages;
  }

  private DataReport report(RunResult result) {
    List<PassSummary> passes = new ArrayList<>();
    List<DataReport.Stage> stages = new ArrayList<>();
    List<DataReport.Summary> summaries = new ArrayList<>();
    for (StageResult stage : result.stages()) {
      String name = stage.name();
      stages.add(new DataReport.Stage(name, String.valueOf(stage.folder().getFileName()), stage.artifact().seconds()));
      if (name.startsWith("pass-")) {
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

  /// Puts the last pass's shards where people look for them: the same files under another name where the disk can do that.
  private void publish(RunResult result, DataReport report) {
    Path from = result.stages().getLast().folder();
    Shards shards = new Shards(from);
    Path to = output.resolve(DOCUMENTS);
    try {
      Files.createDirectories(to);
      SortedMap<String, ShardFile> files = new TreeMap<>();
      for (String name : shards.names()) {
        ShardFile kept = shards.report(name).files().get(Shards.KEPT);
        if (kept != null) {
          files.put(name + Shards.KEPT, kept);
        }
      }
      removeOthers(to, files);
      for (String file : files.keySet()) {
        link(from.resolve(file), to.resolve(file));
      }
      Census.Size size = report.after().total();
      AtomicFile.writeString(to.resolve(MANIFEST), Json.pretty(new Manifest(recipe.name(), size.documents(), size.bytes(), files)));
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
