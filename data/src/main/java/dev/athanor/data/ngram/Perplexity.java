package dev.athanor.data.ngram;

import dev.athanor.base.UserException;
import dev.athanor.data.Document;
import dev.athanor.data.flow.Bound;
import dev.athanor.data.flow.DocumentStep;
import dev.athanor.data.flow.Filter;
import dev.athanor.data.flow.Verdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Sorts documents into head, middle and tail by their perplexity under the n-gram model of their language, as CCNet does (Wenzek et
/// al. 2019, section 3.3): each line a sentence, `perplexity = 10^(−Σ log10 p / units)`. Measures `perplexity.value`,
/// `perplexity.unknown` (the share of units that the model does not know), and where the model has a reference set
/// `perplexity.percentile`. A kept document gets `perplexity` and `bucket` into its metadata; one of a language without a model is
/// kept as it is.
///
/// @param models by language; "*" is for every other
/// @param cuts where the middle and the tail begin
/// @param keep in the order head, middle, tail without a gap
public record Perplexity(Map<String, WordModel> models, Cuts cuts, List<Bucket> keep) implements Filter {
  static final String VALUE = "perplexity.value";
  static final String PERCENTILE = "perplexity.percentile";
  static final String UNKNOWN = "perplexity.unknown";

  /// How good a document is under the model, the best first.
  public enum Bucket {
    HEAD,
    MIDDLE,
    TAIL;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// @param middle a document above is not in the head
  /// @param tail a document above is in the tail
  /// @param percentiles of the model's reference set, or else perplexities
  public record Cuts(double middle, double tail, boolean percentiles) {
    public Cuts {
      if (!(middle >= 0 && tail >= middle)) {
        throw new IllegalArgumentException("buckets must not fall: " + middle + ", " + tail);
      }
      if (percentiles && tail > 100) {
        throw new IllegalArgumentException("buckets must be percentiles of at most 100, not " + tail + "; thresholds are perplexities");
      }
    }

    Bucket of(double value) {
      return value <= middle ? Bucket.HEAD : value <= tail ? Bucket.MIDDLE : Bucket.TAIL;
    }
  }

  public Perplexity {
    models = Map.copyOf(models);
    keep = keep.stream().distinct().sorted().toList();
    if (keep.isEmpty() || keep.equals(List.of(Bucket.HEAD, Bucket.TAIL))) {
      throw new IllegalArgumentException("keep must name buckets that lie beside each other, not " + keep);
    }
    models.forEach(
        (language, model) -> {
          if (cuts.percentiles && !model.hasReference()) {
            throw new UserException(
                "the model of '" + language + "' has no reference set to take percentiles of;"
                    + " 'athanor data train-ngram' adds one by --reference, or give thresholds");
          }
        });
  }

  @Override
  public String version() {
    return "perplexity-1";
  }

  @Override
  public List<Bound> bounds() {
    double least = keep.contains(Bucket.HEAD) ? Double.NEGATIVE_INFINITY : Math.nextUp(keep.contains(Bucket.MIDDLE) ? cuts.middle : cuts.tail);
    double most = keep.contains(Bucket.TAIL) ? Double.POSITIVE_INFINITY : keep.contains(Bucket.MIDDLE) ? cuts.tail : cuts.middle;
    String reason = keep.contains(Bucket.HEAD) ? "perplexity too high" : keep.contains(Bucket.TAIL) ? "perplexity too low" : "perplexity";
    return List.of(new Bound(judged(), least, most, reason));
  }

  private String judged() {
    return cuts.percentiles ? PERCENTILE : VALUE;
  }

  @Override
  public Map<String, Double> measure(Document document) {
    Map<String, Double> measures = new LinkedHashMap<>();
    WordModel model = model(document);
    if (model == null) {
      return measures;
    }
    WordModel.Likelihood likelihood = model.likelihood(document.text());
    if (likelihood.units() == 0) {
      return measures;
    }
    double perplexity = likelihood.perplexity();
    measures.put(VALUE, perplexity);
    measures.put(UNKNOWN, (double) likelihood.unknown() / likelihood.units());
    if (model.hasReference()) {
      measures.put(PERCENTILE, model.percentile(perplexity));
    }
    return measures;
  }

  /// That of the language that identification has found ("zh-hans", or its family "zh"), else of what the source said, else of all others.
  private @Nullable WordModel model(Document document) {
    String found = document.metadata().getOrDefault("language", document.metadata().getOrDefault("docLanguage", document.language()));
    int dash = found.indexOf('-');
    String family = dash < 0 ? found : found.substring(0, dash);
    for (String language : List.of(found, family, document.language(), "*")) {
      WordModel model = models.get(language);
      if (model != null) {
        return model;
      }
    }
    return null;
  }

  @Override
  public Verdict apply(Document document) {
    Map<String, Double> measures = measure(document);
    Double value = measures.get(judged());
    if (value == null) {
      return new Verdict.Kept(document);
    }
    Bound bound = bounds().getFirst();
    if (!bound.allows(value)) {
      return new Verdict.Dropped(
          bound.reason(), "%s is %.4g: %s".formatted(judged(), value, cuts.of(value).text()), List.of());
    }
    double perplexity = measures.getOrDefault(VALUE, 1.0);
    return new Verdict.Kept(
        document.with(Map.of("perplexity", String.format(Locale.ROOT, "%.1f", perplexity), "bucket", cuts.of(value).text())));
  }

  /// With the bucket beside the measures.
  @Override
  public DocumentStep tagger() {
    return document -> {
      Map<String, String> tags = new LinkedHashMap<>();
      Map<String, Double> measures = measure(document);
      measures.forEach((name, value) -> tags.put(name, Double.toString(value)));
      Double value = measures.get(judged());
      if (value != null) {
        tags.put("bucket", cuts.of(value).text());
      }
      return new Verdict.Kept(document.with(tags));
    };
  }
}
