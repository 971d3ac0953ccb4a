package dev.athanor.data.step;

import dev.athanor.base.recipe.Default;
import dev.athanor.data.flow.OpenStep;
import dev.athanor.data.ngram.Perplexity;
import dev.athanor.data.ngram.WordModel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Keeps documents by their perplexity under an n-gram model, as CCNet; see [Perplexity].
///
/// @param model one for all languages
/// @param models by language, "*" for every other; give one of the two
/// @param buckets two percentiles of the model's reference set: up to the first the head, up to the second the middle
/// @param thresholds two perplexities, instead of percentiles
/// @param keep of head, middle, tail
public record PerplexityStep(
    @Nullable Path model,
    @Default("{}") Map<String, Path> models,
    @Default("[30, 60]") List<Double> buckets,
    @Default("[]") List<Double> thresholds,
    @Default("[head, middle]") List<Perplexity.Bucket> keep)
    implements Step {
  public PerplexityStep {
    models = Map.copyOf(models);
    buckets = List.copyOf(buckets);
    thresholds = List.copyOf(thresholds);
    keep = List.copyOf(keep);
    if ((model == null) == models.isEmpty()) {
      throw new IllegalArgumentException("model must name a file made by 'athanor data train-ngram', or models one for each language");
    }
    if (buckets.size() != 2) {
      throw new IllegalArgumentException("buckets must be two percentiles, such as [30, 60]");
    }
    if (!thresholds.isEmpty() && thresholds.size() != 2) {
      throw new IllegalArgumentException("thresholds must be two perplexities, such as [300, 800]");
    }
    // They refuse what they cannot do.
    var _ = new Perplexity(Map.of(), cuts(buckets, thresholds), keep);
  }

  private static Perplexity.Cuts cuts(List<Double> buckets, List<Double> thresholds) {
    List<Double> two = thresholds.isEmpty() ? buckets : thresholds;
    return new Perplexity.Cuts(two.getFirst(), two.getLast(), thresholds.isEmpty());
  }

  private Map<String, Path> files(StepContext context) {
    Map<String, Path> files = new TreeMap<>();
    Path one = model;
    if (one != null) {
      files.put("*", context.resolve(one.toString()));
    }
    models.forEach((language, file) -> files.put(language, context.resolve(file.toString())));
    return files;
  }

  @Override
  public OpenStep open(StepContext context) {
    Map<String, WordModel> open = new LinkedHashMap<>();
    files(context).forEach((language, file) -> open.put(language, WordModel.open(file)));
    return new Perplexity(open, cuts(buckets, thresholds), keep);
  }

  @Override
  public String version(StepContext context) {
    var version = new StringBuilder("1");
    files(context).forEach((language, file) -> version.append(' ').append(language).append('=').append(WordModel.fingerprint(file)));
    return version.toString();
  }
}
