package dev.athanor.model.families;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.model.BlockSpec;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DType;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.FeedForward;
import dev.athanor.model.Mixer;
import dev.athanor.model.ModelSpec;
import dev.athanor.model.SpecialTokens;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class FormTest {
  private static final String SMALL = "vocab-size=96 hidden-size=32 layers=2 heads=4";

  /// "hidden-size=32 tied=true" as values.
  private static Map<Setting, JsonNode> values(String text) {
    Map<Setting, JsonNode> values = new EnumMap<>(Setting.class);
    for (String pair : text.split(" ", -1)) {
      String label = pair.substring(0, pair.indexOf('='));
      String value = pair.substring(label.length() + 1);
      Setting setting =
          Arrays.stream(Setting.values()).filter(each -> each.label().equals(label)).findFirst().orElseThrow();
      values.put(setting, Json.tree(setting.kind() == Setting.Kind.TEXT ? '"' + value + '"' : value));
    }
    return values;
  }

  private static ObjectNode filled(Family family, String text) {
    return Form.of(family).fill(values(text));
  }

  private static ModelSpec published(String folder) {
    try (CheckpointDir dir = CheckpointDir.look(Path.of("src/test/resources/checkpoints").resolve(folder))) {
      return dir.spec();
    }
  }

  /// The settings of the goldens give what the goldens' own configurations, written by the published library, say; beside them stands
  /// what has no setting.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "llama | llama | vocab-size=128 hidden-size=32 layers=2 heads=4 kv-heads=2 head-dim=8 intermediate-size=72 context=64 norm-eps=1e-5 | {}",
        "llama-bias | llama | vocab-size=128 hidden-size=32 layers=2 heads=4 kv-heads=2 intermediate-size=72 context=64 tied=true attention-bias=true | {\"mlp_bias\": true}",
        "mistral | mistral | vocab-size=128 hidden-size=32 layers=2 heads=4 kv-heads=2 intermediate-size=72 context=96 window=8 | {}",
        "qwen2 | qwen2 | vocab-size=128 hidden-size=32 layers=2 heads=4 kv-heads=2 intermediate-size=72 context=64 tied=true | {}",
        "qwen2-window | qwen2 | vocab-size=128 hidden-size=32 layers=2 heads=4 kv-heads=2 intermediate-size=72 context=96 window=8 full-layers=1 | {}",
        "qwen3 | qwen3 | vocab-size=128 hidden-size=32 layers=2 heads=4 kv-heads=2 head-dim=12 intermediate-size=72 context=64 rope-theta=1e6 tied=true | {}",
        "gemma2 | gemma2 | vocab-size=96 hidden-size=32 layers=4 heads=4 kv-heads=2 head-dim=8 intermediate-size=48 context=96 window=8 score-cap=5 logit-cap=3 query-scalar=24 | {}",
        "gpt2 | gpt2 | vocab-size=96 hidden-size=32 layers=2 heads=4 context=64 | {}",
        "mixtral | mixtral | vocab-size=96 hidden-size=32 layers=2 heads=4 kv-heads=2 intermediate-size=48 context=64 norm-eps=1e-5 experts=4 | {\"router_aux_loss_coef\": 0.02}",
        "qwen3_moe-sparse | qwen3_moe | vocab-size=96 hidden-size=32 layers=4 heads=4 kv-heads=2 intermediate-size=48 context=64 experts=8 experts-per-token=2 expert-size=16 experts-every=2 | {\"router_aux_loss_coef\": 0.02}",
        "mamba | mamba | vocab-size=96 hidden-size=32 layers=2 state-size=8 | {}",
        "mamba2 | mamba2 | vocab-size=96 hidden-size=32 layers=2 state-size=8 heads=8 state-head-dim=8 groups=2 chunk=16 | {}",
        "bert | bert | vocab-size=96 hidden-size=32 layers=2 heads=4 intermediate-size=64 context=64 | {}",
        "bert-classify | bert | vocab-size=96 hidden-size=32 layers=2 heads=4 intermediate-size=64 context=64 top=classifier labels=3 | {}",
        "roberta | roberta | vocab-size=96 hidden-size=32 layers=2 heads=4 intermediate-size=64 context=64 token-types=1 norm-eps=1e-12 | {}",
        "t5 | t5 | vocab-size=96 hidden-size=32 layers=2 heads=4 head-dim=8 intermediate-size=64 buckets=8 max-distance=20 | {}",
        "t5-gated | t5 | vocab-size=96 hidden-size=32 layers=2 heads=4 head-dim=8 intermediate-size=64 buckets=8 max-distance=20 gated=true tied=false | {}",
        "bart | bart | vocab-size=96 hidden-size=32 layers=2 heads=4 intermediate-size=64 context=64 | {\"scale_embedding\": true}",
        "clip_vision | clip_vision_model | hidden-size=32 layers=2 heads=4 intermediate-size=64 image-size=24 patch-size=8 | {}",
        "llava | llava | vocab-size=96 hidden-size=32 layers=2 heads=4 kv-heads=2 head-dim=8 intermediate-size=72 context=64 image-size=24 patch-size=8 vision-hidden-size=32 vision-layers=3 vision-heads=4 vision-intermediate-size=64 | {}"
      })
  void fill_settingsOfAPublishedCheckpoint_givesItsSpec(String folder, String family, String text, String more) {
    Family of = Families.named(family);
    ObjectNode config = filled(of, text);
    Json.tree(more).properties().forEach(entry -> config.set(entry.getKey(), entry.getValue()));
    assertThat(of.spec(config)).isEqualTo(published(folder));
  }

  @Test
  void fill_everyFamily_isHeldByItAndReadBack() {
    for (Family family : Families.ALL) {
      StringBuilder text = new StringBuilder("hidden-size=64 layers=2 intermediate-size=64");
      Map.of(
              Setting.VOCAB_SIZE, "96", Setting.HEADS, "4", Setting.EXPERTS, "4", Setting.EXPERT_SIZE, "16",
              Setting.GROUPS, "1", Setting.STATE_HEAD_DIM, "32", Setting.EXPERTS_PER_TOKEN, "2")
          .forEach(
              (setting, value) -> {
                if (Form.of(family).knows(setting) && !(family instanceof Athanor && setting == Setting.GROUPS)
                    && !(family instanceof Athanor && setting == Setting.STATE_HEAD_DIM)) {
                  text.append(' ').append(setting.label()).append('=').append(value);
                }
              });
      String known = text.toString();
      if (!Form.of(family).knows(Setting.INTERMEDIATE_SIZE)) {
        known = known.replace(" intermediate-size=64", "");
      }
      ModelSpec spec = family.spec(filled(family, known));
      assertThat(family.holds(spec)).as(family.modelType()).isTrue();
      assertThat(family.spec(family.config(spec, SpecialTokens.NONE, DType.F32))).isEqualTo(spec);
    }
  }

  @Test
  void fill_hybrid_attendsInEveryKthBlock() {
    ModelSpec spec =
        new Athanor()
            .spec(
                filled(
                    new Athanor(),
                    SMALL.replace("layers=2", "layers=6")
                        + " intermediate-size=64 attention-every=3 state-size=8 state-head-dim=8 experts=4 experts-every=2 qk-norm=true"));
    DecoderSpec decoder = (DecoderSpec) spec;
    assertThat(decoder.stack().blocks())
        .extracting(BlockSpec::mixer)
        .extracting(mixer -> mixer instanceof Mixer.Attention)
        .containsExactly(false, false, true, false, false, true);
    assertThat(decoder.stack().blocks())
        .extracting(BlockSpec::feedForward)
        .extracting(feed -> feed instanceof FeedForward.Experts)
        .containsExactly(false, true, false, true, false, true);
    assertThat(decoder.attention().qkNorm()).isTrue();
    assertThat(decoder.stack().blocks().getFirst().mixer())
        .isEqualTo(new Mixer.Mamba2(8, 8, 1, 8, 4, 256, true, false, 1e-6));
    DecoderSpec recurrent =
        (DecoderSpec)
            new Athanor()
                .spec(
                    filled(
                        new Athanor(),
                        "vocab-size=96 hidden-size=32 layers=2 intermediate-size=64 attention-every=0 state-space=mamba"));
    assertThat(recurrent.stack().blocks()).allMatch(block -> block.mixer() instanceof Mixer.Mamba);
  }

  @Test
  void fill_published_defaultsAreTheClassesOwn() {
    DecoderSpec gemma =
        (DecoderSpec) new Gemma2().spec(filled(new Gemma2(), SMALL + " intermediate-size=64"));
    assertThat(gemma.attention().headDim()).isEqualTo(256);
    assertThat(gemma.attention().softcap()).hasValue(50);
    assertThat(gemma.head().softcap()).hasValue(30);
    assertThat(gemma.attention().window()).hasValue(4096);
    DecoderSpec mistral = (DecoderSpec) new Mistral().spec(filled(new Mistral(), SMALL + " intermediate-size=64"));
    assertThat(mistral.attention().window()).hasValue(4096);
    DecoderSpec full = (DecoderSpec) new Mistral().spec(filled(new Mistral(), SMALL + " intermediate-size=64 window=0"));
    assertThat(full.attention().window()).isEmpty();
  }

  /// The published library refuses 256.0.
  @Test
  void config_ofGemma_hasAWholeScalar() {
    for (int scalar : new int[] {24, 144, 224, 256}) {
      ModelSpec spec = new Gemma2().spec(filled(new Gemma2(), SMALL + " intermediate-size=64 query-scalar=" + scalar));
      ObjectNode config = new Gemma2().config(spec, SpecialTokens.NONE, DType.F32);
      assertThat(config.path("query_pre_attn_scalar").toString()).isEqualTo(String.valueOf(scalar));
      assertThat(new Gemma2().spec(config)).isEqualTo(spec);
    }
  }

  @Test
  void change_aBase_replacesWhatIsSaidAndKeepsTheRest() {
    ObjectNode base = filled(new T5(), SMALL + " intermediate-size=64 gated=true");
    base.put("left_alone", 7);
    ObjectNode changed = Form.of(new T5()).change(base, values("layers=3 activation=relu"));
    assertThat(changed.path("num_layers").asInt()).isEqualTo(3);
    assertThat(changed.path("feed_forward_proj").asString("")).isEqualTo("gated-relu");
    assertThat(changed.path("left_alone").asInt()).isEqualTo(7);
    assertThat(base.path("num_layers").asInt()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "llama | hidden-size=32 | a model of family 'llama' needs --vocab-size, --layers, --heads, --intermediate-size",
        "llama | layers=0 state-size=8 | needs --vocab-size, --hidden-size",
        "llama | layers=0 state-size=8 | family 'llama' has no --state-size (of mamba, mamba2, athanor); it takes --vocab-size",
        "llama | layers=0 state-size=8 | --layers must be at least 1, not 0",
        "mamba | vocab-size=9 hidden-size=8 layers=1 heads=2 | family 'mamba' has no --heads (of llama, mistral",
        "bert | vocab-size=9 hidden-size=8 layers=1 heads=2 intermediate-size=8 top=pooled labels=3 | --labels goes with --top classifier",
        "bert | vocab-size=9 hidden-size=8 layers=1 heads=2 intermediate-size=8 top=best | 'best' is none of masked-lm",
        "qwen2 | vocab-size=9 hidden-size=8 layers=1 heads=2 intermediate-size=8 full-layers=1 | --full-layers goes with --window",
        "athanor | vocab-size=9 hidden-size=8 layers=1 heads=2 intermediate-size=8 state-size=4 expert-size=4 | --expert-size, --state-size: no block",
        "athanor | vocab-size=9 hidden-size=8 layers=1 intermediate-size=8 | blocks that attend need --heads",
        "athanor | vocab-size=9 hidden-size=8 layers=2 heads=2 intermediate-size=8 attention-every=2 state-space=rwkv | is none of mamba, mamba2",
        "athanor | vocab-size=9 hidden-size=8 layers=2 heads=3 kv-heads=2 intermediate-size=8 | multiple of numKvHeads"
      })
  void fill_mistakes_areToldTogether(String family, String text, String message) {
    assertThatThrownBy(() -> filled(Families.named(family), text))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(message);
  }

  @Test
  void change_ourOwnFamily_isRefused() {
    ObjectNode base = filled(new Athanor(), SMALL + " intermediate-size=64");
    assertThatThrownBy(() -> Form.of(new Athanor()).change(base, values("layers=3")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("holds the spec itself");
    assertThat(Form.of(new Athanor()).change(base, Map.of())).isEqualTo(base);
  }
}
