package dev.athanor.data.engine;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.base.recipe.Recipes;
import dev.athanor.base.run.Stage;
import dev.athanor.base.run.StageContext;
import dev.athanor.data.engine.ChunkFeed.Numbered;
import dev.athanor.data.source.Partition;
import dev.athanor.data.source.Source;
import dev.athanor.data.source.SourceContext;
import dev.athanor.data.source.SourceReader;
import dev.athanor.data.source.SourceReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Sources → shards of documents, and what each origin gave, for the lineage: a pass that only collects, so that other steps need not
/// read the sources again.
///
/// @param folder that the recipe's relative paths start from
record CollectStage(DataRecipe recipe, Path folder, Engine engine) implements Stage {
  static final String NAME = "collect";
  /// A list of `SourceReport`.
  static final String SOURCES = "sources.json";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int version() {
    return 3;
  }

  @Override
  public Object configuration() {
    return Map.of("chunk_megabytes", recipe.limits().chunkMegabytes(), "sources", said(recipe.sources()));
  }

  static Map<String, Object> said(Map<String, Source> sources) {
    Map<String, Object> said = new LinkedHashMap<>();
    sources.forEach((name, source) -> said.put(name, Map.of(Recipes.alternative((Record) source), Recipes.toTree(source))));
    return said;
  }

  @Override
  public String fingerprint() {
    return fingerprint(recipe.sources(), folder);
  }

  static String fingerprint(Map<String, Source> sources, Path folder) {
    SourceContext context = SourceContext.of(folder, Progress.silent());
    var all = new StringBuilder();
    sources.forEach((name, source) -> all.append(name).append(' ').append(source.fingerprint(context)).append('\n'));
    return all.toString();
  }

  @Override
  public List<String> inputs() {
    return List.of();
  }

  @Override
  public void run(StageContext context) throws IOException, InterruptedException {
    String from = folder.toAbsolutePath().toString();
    String to = context.output().toAbsolutePath().toString();
    var task = new PassTask(Recipes.toYaml(recipe), from, 0, to, null, null);
    Shards shards = PassStage.carryOut(task, recipe, engine, context.progress());
    List<String> setAside = setAside(shards);
    List<SourceReport> reports = reports(shards, context.progress());
    long documents = reports.stream().mapToLong(SourceReport::documents).sum();
    if (documents == 0) {
      throw new UserException(
          "collect: the sources gave no document; check the coordinates, paths and keys in the recipe"
              + setAside.stream().map(line -> "\n  " + line).collect(Collectors.joining()));
    }
    setAside.forEach(line -> context.progress().say(NAME + ": " + line));
    AtomicFile.writeString(context.output().resolve(SOURCES), Json.pretty(reports));
    context.metric("documents", documents);
    context.metric("bytes", reports.stream().mapToLong(SourceReport::bytes).sum());
  }

  // ---- what each origin gave

  /// One origin, while its partitions are gone through.
  private static final class Origin {
    private final List<Partition> partitions = new ArrayList<>();
    private final SortedMap<String, Long> skipped = new TreeMap<>();
    private long documents;
    private long bytes;

    void add(ShardReport report) {
      Census.Size size = report.before().total();
      documents += size.documents();
      bytes += size.bytes();
      report.setAside().forEach((reason, count) -> skipped.merge(reason, count, Long::sum));
    }

    SourceReport told(String name) {
      return new SourceReport(name, SourceReader.digest(partitions), documents, bytes, skipped);
    }
  }

  private List<SourceReport> reports(Shards shards, Progress progress) {
    Map<Integer, String> originOf = new LinkedHashMap<>();
    Map<String, Origin> origins = new LinkedHashMap<>();
    for (Numbered each : Pass.partitions(recipe, folder, progress)) {
      String origin = each.partition().origin();
      originOf.put(each.number(), origin);
      origins.computeIfAbsent(origin, _ -> new Origin()).partitions.add(each.partition());
    }
    for (String shard : shards.names()) {
      String origin = originOf.getOrDefault(Shards.partition(shard), "");
      origins.computeIfAbsent(origin, _ -> new Origin()).add(shards.report(shard));
    }
    List<SourceReport> reports = new ArrayList<>();
    origins.forEach((name, origin) -> reports.add(origin.told(name)));
    return reports;
  }

  // ---- what was set aside

  /// For each reason how often, and the first record.
  private static List<String> setAside(Shards shards) throws IOException {
    SortedMap<String, Long> counts = new TreeMap<>();
    Map<String, JsonNode> first = new TreeMap<>();
    for (String shard : shards.names()) {
      SortedMap<String, Long> here = shards.report(shard).setAside();
      here.forEach((reason, count) -> counts.merge(reason, count, Long::sum));
      if (!first.keySet().containsAll(here.keySet())) {
        try (Stream<String> lines = Files.lines(shards.file(shard, Shards.ASIDE))) {
          lines.map(Json::tree).forEach(record -> first.putIfAbsent(record.path("reason").asString(), record));
        }
      }
    }
    return first.entrySet().stream().map(each -> tell(each.getValue(), counts.getOrDefault(each.getKey(), 0L))).toList();
  }

  private static String tell(JsonNode first, long count) {
    String detail = first.path("detail").asString();
    String place = first.path("place").asString() + (detail.isEmpty() ? "" : " (" + detail + ")");
    return "set aside %,d: %s; the first: %s".formatted(count, first.path("reason").asString(), place);
  }
}
