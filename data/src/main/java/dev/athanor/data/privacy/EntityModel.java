package dev.athanor.data.privacy;

import dev.athanor.base.recipe.Default;
import dev.athanor.inference.WeightFormat;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A published classifier of tokens that finds names where no word beside them says so.
///
/// @param model its folder, in Hugging Face's layout
/// @param labels what its kinds are here: `PER: name`; without any, those that are usual for people are names
/// @param certainty the least probability of a finding
/// @param likelyOnly whether sentences without a capital inside and without a Chinese surname are passed over
/// @param weights how its matrices are kept; without it, as they are stored
public record EntityModel(
    Path model,
    @Default("{}") Map<String, PiiKind> labels,
    @Default("0.7") double certainty,
    @Default("false") boolean likelyOnly,
    @Nullable WeightFormat weights) {
  public EntityModel {
    if (!(certainty >= 0 && certainty <= 1)) {
      throw new IllegalArgumentException("certainty must be from 0 to 1");
    }
    labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
  }

  /// All at its default.
  public static EntityModel of(Path model) {
    return new EntityModel(model, Map.of(), 0.7, false, null);
  }
}
