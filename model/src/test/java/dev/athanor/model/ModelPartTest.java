package dev.athanor.model;

import static dev.athanor.model.ModelPart.ATTENTION;
import static dev.athanor.model.ModelPart.EMBEDDING;
import static dev.athanor.model.ModelPart.EXPERTS;
import static dev.athanor.model.ModelPart.FEED_FORWARD;
import static dev.athanor.model.ModelPart.HEAD;
import static dev.athanor.model.ModelPart.NORMS;
import static dev.athanor.model.ModelPart.PROJECTOR;
import static dev.athanor.model.ModelPart.STATE_SPACE;
import static dev.athanor.model.ModelPart.VISION;
import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.model.ModelPart.Parameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ModelPartTest {
  private static final Path PUBLISHED = Path.of("src/test/resources/checkpoints");

  private static ModelSpec spec(String family) {
    try (CheckpointDir dir = CheckpointDir.look(PUBLISHED.resolve(family))) {
      return dir.spec();
    }
  }

  @Test
  void parameters_ofEveryPublishedFamily_addUp() throws IOException {
    List<Path> folders;
    try (Stream<Path> all = Files.list(PUBLISHED)) {
      folders = all.toList();
    }
    assertThat(folders).hasSizeGreaterThan(25);
    for (Path folder : folders) {
      ModelSpec spec = spec(String.valueOf(folder.getFileName()));
      Map<ModelPart, Parameters> parts = ModelPart.parameters(spec);
      assertThat(parts.values().stream().mapToLong(Parameters::total).sum()).as("%s", folder).isEqualTo(spec.parameters());
    }
  }

  @Test
  void parameters_ofALlama_areThoseOfItsShapes() {
    // vocabulary 128, hidden 32, 2 blocks, 4 heads over 2 of 8, 72 wide, its own head
    assertThat(ModelPart.parameters(spec("llama")))
        .containsOnly(
            Map.entry(EMBEDDING, new Parameters(128 * 32, 128 * 32)),
            Map.entry(ATTENTION, same(2 * (2 * 32 * 32 + 2 * 16 * 32))),
            Map.entry(FEED_FORWARD, same(2 * 3 * 32 * 72)),
            Map.entry(NORMS, same(5 * 32)),
            Map.entry(HEAD, same(128 * 32)));
  }

  @Test
  void parameters_ofAMixture_areActiveByHowManyExpertsATokenGoesTo() {
    // 2 blocks, 4 experts of 48, 2 a token
    Parameters experts = ModelPart.parameters(spec("mixtral")).get(EXPERTS);
    assertThat(experts).isEqualTo(new Parameters(2 * (4 * 32 + 4 * 3 * 32 * 48), 2 * (4 * 32 + 2 * 3 * 32 * 48)));
    ModelSpec sparse = spec("qwen3_moe-sparse"); // every second block
    assertThat(ModelPart.parameters(sparse)).containsKeys(FEED_FORWARD, EXPERTS);
    assertThat(ModelPart.activeParameters(sparse)).isLessThan(sparse.parameters());
    assertThat(ModelPart.activeParameters(spec("llama"))).isEqualTo(spec("llama").parameters());
  }

  @Test
  void parameters_ofOtherKinds_haveTheirParts() {
    assertThat(ModelPart.parameters(spec("mamba2"))).containsOnlyKeys(EMBEDDING, STATE_SPACE, NORMS, HEAD);
    assertThat(ModelPart.parameters(spec("bert"))).containsOnlyKeys(EMBEDDING, ATTENTION, FEED_FORWARD, NORMS, HEAD);
    assertThat(ModelPart.parameters(spec("t5"))).containsOnlyKeys(EMBEDDING, ATTENTION, FEED_FORWARD, NORMS);
    assertThat(ModelPart.parameters(spec("clip_vision"))).containsOnlyKeys(VISION);
    assertThat(ModelPart.parameters(spec("llava")))
        .containsOnlyKeys(VISION, PROJECTOR, EMBEDDING, ATTENTION, FEED_FORWARD, NORMS, HEAD);
  }

  private static Parameters same(long count) {
    return new Parameters(count, count);
  }
}
