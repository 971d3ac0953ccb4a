package dev.athanor.data.privacy;

import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import dev.athanor.data.flow.Span;
import dev.athanor.inference.CpuOptions;
import dev.athanor.inference.Entity;
import dev.athanor.inference.TokenClassifier;
import dev.athanor.inference.WeightFormat;
import dev.athanor.inference.WeightFormats;
import dev.athanor.model.CheckpointDir;
import dev.athanor.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Finds by a model who and what a text names. One set of weights serves all threads; what is found in a text depends on nothing else.
public final class EntityFinder {
  /// Another number when the same model finds other things.
  private static final String VERSION = "entities-1";

  /// What published models call people.
  private static final Set<String> PEOPLE =
      Set.of(
          "PER", "PERS", "PERSON", "PEOPLE", "NAME", "NR", "人名", "GIVENNAME", "SURNAME", "FIRSTNAME", "MIDDLENAME", "LASTNAME", "FIRST_NAME",
          "LAST_NAME");

  private final TokenClassifier classifier;
  private final Map<String, PiiKind> kinds;
  private final double certainty;
  private final TokenClassifier.Choice choice;

  private EntityFinder(TokenClassifier classifier, Map<String, PiiKind> kinds, double certainty, TokenClassifier.Choice choice) {
    this.classifier = classifier;
    this.kinds = kinds;
    this.certainty = certainty;
    this.choice = choice;
  }

  /// Loads a model for all threads of this process. It holds memory alone, so nobody closes it.
  ///
  /// @param folder where `model` stands
  /// @throws UserException as [#check]
  public static EntityFinder open(Path folder, EntityModel model, Set<PiiKind> wanted) {
    Map<String, PiiKind> kinds = kinds(folder, model, wanted);
    WeightFormat weights = model.weights();
    CpuOptions options = weights == null ? CpuOptions.of(1) : CpuOptions.of(1).withWeights(WeightFormats.of(weights));
    int lanes = Runtime.getRuntime().availableProcessors();
    TokenClassifier classifier = TokenClassifier.open(folder, options, lanes);
    return new EntityFinder(classifier, kinds, model.certainty(), model.likelyOnly() ? LikelyNames::within : TokenClassifier.Choice.ALL);
  }

  /// Finds mistakes without loading the weights.
  ///
  /// @throws UserException when the folder holds no classifier of tokens that can be read, or when it has not what the labels name: tells
  ///     what it has
  public static void check(Path folder, EntityModel model, Set<PiiKind> wanted) {
    kinds(folder, model, wanted);
  }

  private static Map<String, PiiKind> kinds(Path folder, EntityModel model, Set<PiiKind> wanted) {
    List<String> there = TokenClassifier.kinds(folder);
    String all = "what it tells apart is " + String.join(", ", there);
    Map<String, PiiKind> kinds = new LinkedHashMap<>(model.labels());
    if (kinds.isEmpty()) {
      there.stream().filter(kind -> PEOPLE.contains(kind.toUpperCase(Locale.ROOT))).forEach(kind -> kinds.put(kind, PiiKind.NAME));
      if (kinds.isEmpty()) {
        throw new UserException(folder + ": none of the model's labels is known to mean people; " + all + "; say which under labels");
      }
    }
    List<String> problems = new ArrayList<>();
    String unknown = kinds.keySet().stream().filter(kind -> !there.contains(kind)).map(kind -> "'" + kind + "'").collect(Collectors.joining(", "));
    if (!unknown.isEmpty()) {
      problems.add("the model has no label " + unknown + "; " + all);
    }
    kinds.forEach(
        (label, kind) -> {
          if (!wanted.contains(kind)) {
            problems.add("the label '" + label + "' stands for " + kind.key() + ", which is not looked for");
          }
        });
    if (!problems.isEmpty()) {
      throw new UserException(folder + ": " + String.join("; ", problems));
    }
    return kinds;
  }

  /// Changes when the model does, by the contents of its files.
  public static String version(Path folder) {
    Set<String> tokenizer = Set.of(Tokenizers.FILE, Tokenizers.MODEL_FILE, Tokenizers.VOCABULARY_FILE, Tokenizers.CONFIG_FILE);
    try (Stream<Path> files = Files.list(folder)) {
      String digests =
          files
              .filter(file -> {
                String name = Objects.requireNonNull(file.getFileName(), "a file has a name").toString();
                return name.equals(CheckpointDir.CONFIG) || name.endsWith(".safetensors") || tokenizer.contains(name);
              })
              .sorted()
              .map(file -> file.getFileName() + " " + Sha256.of(file) + "\n")
              .collect(Collectors.joining());
      return VERSION + " " + Sha256.of(digests);
    } catch (IOException e) {
      throw new UserException("no model folder " + folder + ": " + e.getMessage(), e);
    }
  }

  List<Finding> find(String text, Set<PiiKind> wanted) {
    var findings = new ArrayList<Finding>();
    for (Entity entity : classifier.find(text, choice)) {
      PiiKind kind = kinds.get(entity.kind());
      if (kind == null || !wanted.contains(kind) || entity.score() < certainty) {
        continue;
      }
      if (!isTag(text, entity.from(), entity.to()) && !Pseudonyms.isMade(text, entity.from(), entity.to())) {
        findings.add(new Finding(kind, new Span(entity.from(), entity.to()), entity.score(), "a model's " + entity.kind()));
      }
    }
    return findings;
  }

  /// `<EMAIL>`, or within it.
  private static boolean isTag(String text, int from, int to) {
    int open = from;
    while (open >= 0 && from - open < 20 && isOfTag(text.charAt(open))) {
      open--;
    }
    int close = Math.max(from, to - 1);
    while (close < text.length() && close - to < 20 && isOfTag(text.charAt(close))) {
      close++;
    }
    boolean opens = open >= 0 && text.charAt(open) == '<';
    return opens && close < text.length() && text.charAt(close) == '>';
  }

  private static boolean isOfTag(char c) {
    return (c >= 'A' && c <= 'Z') || c == '_';
  }
}
