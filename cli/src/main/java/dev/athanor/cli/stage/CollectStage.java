package dev.athanor.cli.stage;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.base.recipe.Recipes;
import dev.athanor.base.run.Stage;
import dev.athanor.base.run.StageContext;
import dev.athanor.data.Document;
import dev.athanor.data.DocumentFile;
import dev.athanor.data.source.Extracted;
import dev.athanor.data.source.Source;
import dev.athanor.data.source.SourceContext;
import dev.athanor.data.source.SourceReader;
import dev.athanor.data.source.SourceReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Sources → documents with their origin, path, licence and language.
///
/// @param folder that the recipe's relative paths start from
public record CollectStage(Recipe.Collect recipe, Path folder) implements Stage {
  static final String NAME = "collect";
  static final String DOCUMENTS = "documents.jsonl.gz";
  static final String SOURCES = "sources.json";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int version() {
    return 2;
  }

  @Override
  public Object configuration() {
    return Recipes.toTree(recipe);
  }

  @Override
  public String fingerprint() {
    SourceContext context = SourceContext.of(folder, Progress.silent());
    return recipe.sources().stream().map(source -> source.fingerprint(context)).collect(Collectors.joining("\n"));
  }

  @Override
  public List<String> inputs() {
    return List.of();
  }

  @Override
  public void run(StageContext context) {
    SourceContext sources = SourceContext.of(folder, context.progress());
    List<Document> documents = new ArrayList<>();
    List<SourceReport> reports = new ArrayList<>();
    Map<String, Extracted.SetAside> firstAside = new TreeMap<>();
    try (Progress.Task task = context.progress().start(NAME, -1, "doc")) {
      for (Source source : recipe.sources()) {
        reports.addAll(
            SourceReader.read(
                source,
                sources,
                extracted -> {
                  switch (extracted) {
                    case Extracted.Text(var document) -> {
                      documents.add(document);
                      task.advance(1);
                    }
                    case Extracted.SetAside aside -> firstAside.putIfAbsent(aside.reason(), aside);
                  }
                }));
      }
    }
    List<String> setAside = firstAside.values().stream().map(first -> tell(first, reports)).toList();
    if (documents.isEmpty()) {
      throw new UserException(
          "collect: the sources gave no document; check the coordinates, paths and keys in the recipe"
              + setAside.stream().map(line -> "\n  " + line).collect(Collectors.joining()));
    }
    setAside.forEach(line -> context.progress().say(NAME + ": " + line));
    DocumentFile.write(context.output().resolve(DOCUMENTS), documents.iterator());
    AtomicFile.writeString(context.output().resolve(SOURCES), Json.pretty(reports));
    context.metric("documents", documents.size());
    context.metric("bytes", reports.stream().mapToLong(SourceReport::bytes).sum());
  }

  private static String tell(Extracted.SetAside first, List<SourceReport> reports) {
    long count = reports.stream().mapToLong(report -> report.skipped().getOrDefault(first.reason(), 0L)).sum();
    String detail = first.detail().isEmpty() ? "" : " (" + first.detail() + ")";
    return "set aside %,d: %s; the first: %s%s".formatted(count, first.reason(), first.place(), detail);
  }
}
