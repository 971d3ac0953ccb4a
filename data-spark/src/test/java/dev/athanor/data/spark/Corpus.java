package dev.athanor.data.spark;

import dev.athanor.base.Json;
import dev.athanor.base.recipe.Recipes;
import dev.athanor.data.SplitMix64;
import dev.athanor.data.engine.DataRecipe;
import dev.athanor.data.engine.DataRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Lines of JSON in English and Chinese, with copies, near-copies and garbage; a recipe over them; what came of it.
final class Corpus {
  private Corpus() {}

  /// @param steps in YAML
  static DataRecipe write(Path folder, String steps) throws IOException {
    for (int i = 0; i < 5; i++) {
      write(folder.resolve("many-" + i + ".jsonl"), 700, i);
    }
    write(folder.resolve("one.jsonl"), 3000, 99);
    String recipe =
          """
          name: corpus
          sources:
            many: {jsonl: [many-*.jsonl]}
            one: {jsonl: [one.jsonl]}
          steps: %s
          limits: {chunk_megabytes: 1}
          engine: spark
          """
            .formatted(steps);
    return Recipes.parse("recipe.yaml", recipe, DataRecipe.class, List.of());
  }

  private static void write(Path file, int documents, long seed) throws IOException {
    var random = new SplitMix64(seed);
    List<String> texts = new ArrayList<>();
    var lines = new StringBuilder();
    for (int i = 0; i < documents; i++) {
      int kind = random.below(10);
      String text =
          kind < 3 && !texts.isEmpty()
              ? texts.get(random.below(texts.size())) + (kind == 0 ? " again" : "")
              : text(random);
      texts.add(text);
      lines.append(kind == 9 ? "{\"no\": text\n" : Json.write(Map.of("text", text)) + "\n");
    }
    Files.writeString(file, lines);
  }

  private static String text(SplitMix64 random) {
    var text = new StringBuilder();
    for (int i = 20 + random.below(200); i > 0; i--) {
      text.append(random.below(4) == 0 ? String.valueOf((char) ('一' + random.below(500))) : "word" + random.below(300)).append(' ');
    }
    return text + "write to someone" + random.below(9) + "@somewhere.org.";
  }

  /// The published files, by name.
  static Map<String, String> published(Path output) throws IOException {
    var files = new TreeMap<String, String>();
    try (Stream<Path> all = Files.list(output.resolve(DataRun.DOCUMENTS))) {
      for (Path file : all.toList()) {
        files.put(file.getFileName().toString(), new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return files;
  }
}
