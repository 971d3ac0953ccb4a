package dev.athanor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.athanor.base.UserException;
import dev.athanor.inference.CpuOptions;
import dev.athanor.inference.EngineOptions;
import dev.athanor.inference.KvFormat;
import dev.athanor.inference.KvMemory;
import dev.athanor.inference.WeightFormat;
import dev.athanor.inference.WeightFormats;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MemorySharesTest {
  private static final Path RESOURCES = Path.of("../model/src/test/resources");
  private static final List<String> NAMES = List.of("llama", "qwen2", "mamba");
  private static final EngineOptions OPTIONS = new EngineOptions(1000, 4, 64, 1);

  private static MemoryShares shares(long budget, EngineOptions options) {
    return MemoryShares.of(found(), Map.of(), options, budget);
  }

  private static List<ModelOpener.Found> found() {
    return NAMES.stream()
        .map(
            name ->
                new ModelOpener.Found(
                    name,
                    RESOURCES.resolve("checkpoints").resolve(name),
                    () -> {
                      throw new IllegalStateException("no tokenizer is asked for");
                    },
                    _ -> {
                      throw new IllegalStateException("no model is opened");
                    }))
        .toList();
  }

  private static Stream<MemoryShares.Share> each(MemoryShares shares) {
    return NAMES.stream().map(shares::of);
  }

  @Test
  void of_roomForAll_sharesItSoThatAllAreOpenAtOnce() {
    long fixed = each(shares(100_000_000, OPTIONS)).mapToLong(MemoryShares.Share::fixed).sum();
    long budget = fixed + 3_000_000;
    MemoryShares shares = shares(budget, OPTIONS);
    assertThat(each(shares).mapToLong(MemoryShares.Share::bytes).sum()).isBetween(budget - 1_100_000, budget);
    double keys = shares.of("llama").kvTokens() * KvMemory.bytesPerPosition(shares.of("llama").spec(), KvFormat.F32);
    assertThat(keys).isBetween(900_000.0, 1_000_000.0);
  }

  @Test
  void of_muchRoom_takesWholeContextsForAllThatRunAndNoMore() {
    EngineOptions two = new EngineOptions(2, 4, 64, 1);
    MemoryShares shares = shares(500_000_000, two);
    assertThat(shares.of("llama").kvTokens()).isEqualTo(2L * shares.of("llama").spec().contextLength());
    assertThat(each(shares).mapToLong(MemoryShares.Share::bytes).sum()).isLessThan(100_000_000);
  }

  @Test
  void of_roomForOneAtATime_fitsEachAlone() {
    long largest = each(shares(100_000_000, OPTIONS)).mapToLong(MemoryShares.Share::fixed).max().orElseThrow();
    long budget = largest + 200_000;
    MemoryShares shares = shares(budget, OPTIONS);
    assertThat(each(shares)).allSatisfy(share -> assertThat(share.bytes()).isLessThanOrEqualTo(budget));
    assertThat(each(shares).mapToLong(MemoryShares.Share::bytes).sum()).isGreaterThan(budget);
    assertThat(shares.of("llama").kvTokens()).isGreaterThanOrEqualTo(shares.of("llama").spec().contextLength());
  }

  @Test
  void of_lessThanAModelTakes_tellsTheNumbersOfEach() {
    assertThatThrownBy(() -> shares(100_000, OPTIONS))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--memory of 100.0 KB is too little")
        .hasMessageContaining("llama takes")
        .hasMessageContaining("qwen2 takes")
        .hasMessageContaining("keys and values of 64 tokens");
  }

  @Test
  void of_narrowWeightsAndTokensThatWereAskedFor_countAsTheEngineKeepsThem() {
    MemoryShares.Share wide = shares(100_000_000, OPTIONS).of("llama");
    EngineOptions narrow =
        OPTIONS.withRunner(CpuOptions.of(1).withWeights(WeightFormats.of(WeightFormat.INT8)).withKvTokens(100));
    MemoryShares.Share share = shares(100_000_000, narrow).of("llama");
    assertThat(share.kvTokens()).isEqualTo(112);
    assertThat(share.fixed()).isLessThan(wide.fixed());
  }

  @Test
  void of_adapters_countWithTheirModel() {
    Path adapter = RESOURCES.resolve("adapters/llama");
    Map<String, List<LoraOption>> loras = Map.of("llama", List.of(LoraOption.parse("t=" + adapter)));
    long with = MemoryShares.of(found(), loras, OPTIONS, 100_000_000).of("llama").fixed();
    assertThat(with - shares(100_000_000, OPTIONS).of("llama").fixed()).isEqualTo(4L * (2 * (4 * 32 + 32 * 4) + 2 * (6 * 32 + 16 * 6) + 2 * (4 * 72 + 32 * 4)));
  }
}
