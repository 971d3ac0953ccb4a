package dev.athanor.data.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.base.recipe.Recipes;
import dev.athanor.data.Document;
import dev.athanor.data.Documents;
import dev.athanor.data.flow.DocumentStep;
import dev.athanor.data.flow.Verdict;
import dev.athanor.data.privacy.PrivacyAction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivacyStepTest {
  @TempDir Path folder;

  private static PrivacyStep step(String yaml) {
    return Recipes.parse("r.yaml", yaml, PrivacyStep.class, List.of());
  }

  private StepContext context(long seed) {
    return new StepContext(folder, seed, Progress.silent());
  }

  private String cleaned(PrivacyStep step, long seed, String text) {
    return switch (((DocumentStep) step.open(context(seed))).apply(Documents.prose("d", text))) {
      case Verdict.Kept(Document document, _) -> document.text();
      case Verdict.Dropped dropped -> dropped.reason();
    };
  }

  @Test
  void recipe_empty_masksAllButFirmsAndWallets() {
    PrivacyStep step = step("{}");
    assertThat(step.kinds().email()).isEqualTo(PrivacyAction.MASK);
    assertThat(step.kinds().creditCode()).isEqualTo(PrivacyAction.KEEP);
    assertThat(cleaned(step, 1, "a@contoso.com, 手机13912345678")).isEqualTo("<EMAIL>, 手机<PHONE>");
    assertThat(Recipes.parse("again", Recipes.toYaml(step), PrivacyStep.class, List.of())).isEqualTo(step);
  }

  @Test
  void recipe_kindsAndLimits_areObeyed() {
    PrivacyStep step = step("kinds: {email: keep, phone: mask-format, resident_id: off}\ndrop_above: {findings: 2}\n");
    assertThat(cleaned(step, 1, "a@contoso.com 手机13912345678 11010519491231002X")).isEqualTo("a@contoso.com 手机*********** 11010519491231002X");
    assertThat(cleaned(step, 1, "a@contoso.com b@contoso.com c@contoso.com")).isEqualTo("personal data");
  }

  @Test
  void recipe_mistakes_areToldAtTheirPlaces() {
    assertThatThrownBy(() -> step("kinds: {emial: mask}")).isInstanceOf(UserException.class).hasMessageContaining("did you mean 'email'?");
    assertThatThrownBy(() -> step("certainty: 2")).isInstanceOf(UserException.class).hasMessageContaining("certainty must be from 0 to 1");
    assertThatThrownBy(() -> step("regions: [XX]")).isInstanceOf(UserException.class).hasMessageContaining("r.yaml:1:10").hasMessageContaining("regions must be");
  }

  @Test
  void version_keyOrSeed_tellsWhetherPseudonymsChange() throws Exception {
    PrivacyStep seeded = step("kinds: {phone: pseudonym}");
    assertThat(seeded.version(context(1))).isEqualTo(seeded.version(context(1))).isNotEqualTo(seeded.version(context(2)));
    assertThat(cleaned(seeded, 1, "手机13912345678")).isNotEqualTo(cleaned(seeded, 2, "手机13912345678"));

    PrivacyStep keyed = step("{kinds: {phone: pseudonym}, key_file: key}");
    assertThatThrownBy(() -> keyed.open(context(1))).isInstanceOf(UserException.class).hasMessageContaining("cannot read the key of pseudonyms");
    Files.writeString(folder.resolve("key"), "too short");
    assertThatThrownBy(() -> keyed.open(context(1))).isInstanceOf(UserException.class).hasMessageContaining("at least 16 bytes, this has 9");
    Files.writeString(folder.resolve("key"), "0123456789abcdef");
    assertThat(keyed.version(context(1))).isEqualTo(keyed.version(context(2))).doesNotContain("0123456789abcdef");
    assertThat(cleaned(keyed, 1, "手机13912345678")).isEqualTo(cleaned(keyed, 2, "手机13912345678"));
  }

  /// The tiny model of `inference`, copied to where recipes start from.
  private void model() throws Exception {
    Path from = Path.of("../inference/src/test/resources/names");
    Files.createDirectories(folder.resolve("models/ner"));
    for (String file : List.of("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")) {
      Files.copy(from.resolve(file), folder.resolve("models/ner").resolve(file));
    }
  }

  @Test
  void recipe_model_masksNamesWithoutContext() throws Exception {
    model();
    String text = "Yesterday Desmond Wexler said that the plan was good. 请把书交给贾若曦。";
    assertThat(cleaned(step("{}"), 1, text)).isEqualTo(text);
    PrivacyStep step = step("names: {model: models/ner, labels: {PER: name, LOC: address}, certainty: 0.7, weights: int8}");
    step.check(context(1));
    assertThat(cleaned(step, 1, text)).isEqualTo("Yesterday <NAME> said that the plan was good. 请把书交给<NAME>。");
    assertThat(Recipes.parse("again", Recipes.toYaml(step), PrivacyStep.class, List.of())).isEqualTo(step);
  }

  @Test
  void version_modelChanges_changes() throws Exception {
    model();
    PrivacyStep step = step("names: {model: models/ner}");
    String before = step.version(context(1));
    assertThat(before).isEqualTo(step.version(context(1))).startsWith(step("{}").version(context(1)));
    Path weights = folder.resolve("models/ner/model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 1] ^= 1;
    Files.write(weights, bytes);
    assertThat(step.version(context(1))).isNotEqualTo(before);
  }

  @Test
  void recipe_mistakesAboutAModel_areToldBeforeWork() throws Exception {
    assertThatThrownBy(() -> step("names: {}")).isInstanceOf(UserException.class).hasMessageContaining("model");
    assertThatThrownBy(() -> step("names: {model: m, labels: {PER: nome}}")).isInstanceOf(UserException.class).hasMessageContaining("name");
    assertThatThrownBy(() -> step("names: {model: m, certainty: 3}")).isInstanceOf(UserException.class).hasMessageContaining("certainty must be");
    assertThatThrownBy(() -> step("names: {model: models/ner}").check(context(1))).isInstanceOf(UserException.class).hasMessageContaining("does not exist");
    model();
    assertThatThrownBy(() -> step("names: {model: models/ner, labels: {PERS: name}}").check(context(1)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no label 'PERS'; what it tells apart is PER, LOC, ORG");
    assertThatThrownBy(() -> step("{kinds: {name: off}, names: {model: models/ner}}").check(context(1)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("which is not looked for");
  }
}
