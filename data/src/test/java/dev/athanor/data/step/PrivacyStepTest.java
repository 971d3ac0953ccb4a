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
}
