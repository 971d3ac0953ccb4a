package dev.athanor.data.step;

import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import dev.athanor.base.recipe.Default;
import dev.athanor.data.flow.Bound;
import dev.athanor.data.flow.OpenStep;
import dev.athanor.data.privacy.EntityFinder;
import dev.athanor.data.privacy.EntityModel;
import dev.athanor.data.privacy.PrivacyActions;
import dev.athanor.data.privacy.PrivacyCleaner;
import dev.athanor.data.privacy.PrivacyLimit;
import dev.athanor.data.privacy.PrivacyScanner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Replaces personal data and secrets, or drops documents that are full of them.
///
/// @param kinds what is done about each kind
/// @param certainty the least confidence of a finding, from 0 to 1
/// @param regions in whose national forms telephone numbers are read, as ISO 3166 codes
/// @param serviceNumbers whether 400 and 800 numbers of Chinese firms count as telephone numbers
/// @param dropAbove when a document is dropped as a whole
/// @param keyFile a file whose bytes are the key of pseudonyms; without it the recipe's seed is, which others may know
/// @param names a model that finds names besides; without it they are found beside words that say so alone
public record PrivacyStep(
    @Default("{}") PrivacyActions kinds,
    @Default("0.5") double certainty,
    @Default("[CN, US, GB]") List<String> regions,
    @Default("false") boolean serviceNumbers,
    @Default("{}") PrivacyLimit dropAbove,
    @Nullable String keyFile,
    @Nullable EntityModel names)
    implements Step {
  public PrivacyStep {
    if (!(certainty >= 0 && certainty <= 1)) {
      throw new IllegalArgumentException("certainty must be from 0 to 1");
    }
    regions = List.copyOf(regions);
    PrivacyScanner.requireRegions(regions);
  }

  @Override
  public OpenStep open(StepContext context) {
    EntityModel model = names;
    EntityFinder entities = model == null ? null : EntityFinder.open(folder(model, context), model, kinds.wanted());
    var scanner = new PrivacyScanner(kinds.wanted(), certainty, regions, serviceNumbers, entities);
    return new PrivacyCleaner(scanner, kinds, dropAbove, key(context), regions);
  }

  @Override
  public void check(StepContext context) {
    key(context);
    EntityModel model = names;
    if (model != null) {
      EntityFinder.check(folder(model, context), model, kinds.wanted());
    }
  }

  /// It measures nothing, and to say so no model need be loaded.
  @Override
  public List<Bound> bounds(StepContext context) {
    return List.of();
  }

  @Override
  public String version(StepContext context) {
    EntityModel model = names;
    String rules = PrivacyScanner.VERSION + " " + Sha256.of(key(context));
    return model == null ? rules : rules + " " + EntityFinder.version(folder(model, context));
  }

  private static Path folder(EntityModel model, StepContext context) {
    return context.resolve(model.model().toString());
  }

  private byte[] key(StepContext context) {
    String file = keyFile;
    if (file == null) {
      return ("athanor seed " + context.seed()).getBytes(StandardCharsets.UTF_8);
    }
    Path path = context.resolve(file);
    try {
      byte[] key = Files.readAllBytes(path);
      if (key.length < 16) {
        throw new UserException(path + ": a key of pseudonyms has at least 16 bytes, this has " + key.length);
      }
      return key;
    } catch (IOException e) {
      throw new UserException("cannot read the key of pseudonyms " + path + ": " + e.getMessage(), e);
    }
  }
}
