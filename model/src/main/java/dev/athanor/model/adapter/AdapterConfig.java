package dev.athanor.model.adapter;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import tools.jackson.databind.JsonNode;

/// What a published `adapter_config.json` says. https://huggingface.co/docs/peft/package_reference/lora
///
/// @param base the model that it was trained over, as the file names it; empty where it does not
/// @param targets which modules have a change; empty where the file's words do not tell without the trained model
/// @param rankPattern ranks of modules whose names end in what a key matches
/// @param alphaPattern the same of alphas
/// @param rankStabilised the scale is `alpha / √rank` instead of `alpha / rank`: Kalajdzievski, https://arxiv.org/abs/2312.03732
public record AdapterConfig(
    String base,
    int rank,
    double alpha,
    boolean rankStabilised,
    Optional<Targets> targets,
    Map<Pattern, Integer> rankPattern,
    Map<Pattern, Double> alphaPattern) {
  public static final String FILE = "adapter_config.json";

  /// Initialisations that leave the base as it was: under all others the adapter belongs to a base that was changed.
  private static final Set<String> PLAIN_INITIALISATIONS = Set.of("gaussian", "eva", "orthogonal");

  /// @param named by their name, or by its end after a dot
  /// @param pattern by their whole name
  record Targets(List<String> named, Optional<Pattern> pattern, Optional<Targets> without, Set<Integer> layers) {
    boolean has(String module) {
      return hit(module) && without.filter(excluded -> excluded.hit(module)).isEmpty() && inLayers(module);
    }

    private boolean hit(String module) {
      return pattern.map(p -> p.matcher(module).matches()).orElse(false)
          || named.stream().anyMatch(name -> module.equals(name) || module.endsWith("." + name));
    }

    private boolean inLayers(String module) {
      if (layers.isEmpty()) {
        return true;
      }
      var number = Pattern.compile(".*?\\.[^.]*\\.(\\d+)\\..*").matcher(module);
      return number.matches() && layers.contains(Integer.valueOf(number.group(1)));
    }
  }

  /// @throws UserException naming the file and every key that is missing, wrong, or asks for what is not built
  public static AdapterConfig read(Path dir) {
    Path file = dir.resolve(FILE);
    if (!Files.exists(file)) {
      throw new UserException(
          "no adapter in " + dir + ": it holds no " + FILE + "; an adapter's folder is in the published PEFT layout");
    }
    JsonNode json = Json.readFile(file);
    List<String> problems = new ArrayList<>();
    refuse(json, problems);
    int rank = json.path("r").asInt(0);
    if (rank < 1) {
      problems.add("'r' must be a whole number above 0, not " + json.path("r"));
    }
    if (!json.path("lora_alpha").isNumber()) {
      problems.add("'lora_alpha' must be a number, not " + json.path("lora_alpha"));
    }
    Map<Pattern, Integer> ranks = new LinkedHashMap<>();
    Map<Pattern, Double> alphas = new LinkedHashMap<>();
    patterns(json, "rank_pattern", problems).forEach((key, value) -> ranks.put(key, (int) (double) value));
    alphas.putAll(patterns(json, "alpha_pattern", problems));
    if (!problems.isEmpty()) {
      throw new UserException(file + ": " + String.join("; ", problems));
    }
    return new AdapterConfig(
        json.path("base_model_name_or_path").asString(""),
        rank,
        json.path("lora_alpha").asDouble(),
        json.path("use_rslora").asBoolean(false),
        targets(json),
        ranks,
        alphas);
  }

  private static void refuse(JsonNode json, List<String> problems) {
    String type = json.path("peft_type").asString("LORA");
    if (!type.equals("LORA")) {
      problems.add("'peft_type' is '" + type + "'; only LORA is supported");
    }
    if (json.path("use_dora").asBoolean(false)) {
      problems.add("'use_dora': DoRA scales every row of the merged weights anew, which is not supported; merge it where it was trained");
    }
    String bias = json.path("bias").asString("none");
    if (!bias.equals("none")) {
      problems.add("'bias' is '" + bias + "'; only none is supported: trained biases change the base for all other requests");
    }
    if (json.path("lora_bias").asBoolean(false)) {
      problems.add("'lora_bias' is not supported");
    }
    for (String key : List.of("modules_to_save", "trainable_token_indices", "target_parameters", "layer_replication", "alora_invocation_tokens")) {
      if (!json.path(key).isEmpty()) {
        problems.add("'" + key + "' is " + json.path(key) + ", which is not supported: an adapter holds low-rank changes of matrices alone");
      }
    }
    for (String key : List.of("use_qalora", "use_bdlora", "arrow_config", "kasa_config", "monteclora_config")) {
      if (json.path(key).asBoolean(false) || json.path(key).isObject()) {
        problems.add("'" + key + "' is a variant of LoRA that is not supported");
      }
    }
    JsonNode init = json.path("init_lora_weights");
    if (init.isString() && !PLAIN_INITIALISATIONS.contains(init.asString(""))) {
      problems.add(
          "'init_lora_weights' is " + init + ": the adapter belongs to a base whose weights were changed with it; save it converted to plain LoRA");
    }
  }

  private static Map<Pattern, Double> patterns(JsonNode json, String key, List<String> problems) {
    Map<Pattern, Double> patterns = new LinkedHashMap<>();
    json.path(key)
        .properties()
        .forEach(
            entry -> {
              if (!entry.getValue().isNumber() || !(entry.getValue().asDouble() > 0)) {
                problems.add("'" + key + "' of '" + entry.getKey() + "' must be a number above 0, not " + entry.getValue());
              } else {
                try {
                  patterns.put(Pattern.compile("(.*\\.)?(" + entry.getKey() + ")"), entry.getValue().asDouble());
                } catch (PatternSyntaxException e) {
                  problems.add("'" + key + "': '" + entry.getKey() + "' is no regular expression: " + e.getDescription());
                }
              }
            });
    return patterns;
  }

  private static Optional<Targets> targets(JsonNode json) {
    JsonNode targets = json.path("target_modules");
    if (!json.path("layers_pattern").isEmpty() || targets.isMissingNode() || targets.isNull() || targets.asString("").equals("all-linear")) {
      return Optional.empty();
    }
    Set<Integer> layers = new java.util.TreeSet<>();
    JsonNode chosen = json.path("layers_to_transform");
    if (chosen.isIntegralNumber()) {
      layers.add(chosen.asInt());
    }
    chosen.forEach(layer -> layers.add(layer.asInt()));
    try {
      Optional<Targets> without = json.path("exclude_modules").isEmpty() && !json.path("exclude_modules").isString()
          ? Optional.empty()
          : Optional.of(words(json.path("exclude_modules"), Optional.empty(), Set.of()));
      return Optional.of(words(targets, without, layers));
    } catch (PatternSyntaxException e) {
      return Optional.empty(); // Python's expressions have words that Java's lack; the file's tensors tell the modules.
    }
  }

  private static Targets words(JsonNode words, Optional<Targets> without, Set<Integer> layers) {
    List<String> named = new ArrayList<>();
    words.forEach(name -> named.add(name.asString("")));
    Optional<Pattern> pattern = words.isString() ? Optional.of(Pattern.compile(words.asString(""))) : Optional.empty();
    return new Targets(named, pattern, without, layers);
  }

  /// Of a module, by its published name.
  int rank(String module) {
    return first(rankPattern, module).orElse(rank);
  }

  /// What its change is multiplied with.
  double scale(String module) {
    double numerator = first(alphaPattern, module).orElse(alpha);
    return numerator / (rankStabilised ? Math.sqrt(rank(module)) : rank(module));
  }

  private static <T> Optional<T> first(Map<Pattern, T> patterns, String module) {
    return patterns.entrySet().stream()
        .filter(entry -> entry.getKey().matcher(module).matches())
        .map(Map.Entry::getValue)
        .findFirst();
  }
}
