package dev.athanor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.Json;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class PlanCommandTest {
  private final Program program = new Program();

  private int plan(String... options) {
    String[] all = new String[options.length + 1];
    all[0] = "plan";
    System.arraycopy(options, 0, all, 1, options.length);
    return program.run(all);
  }

  @Test
  void plan_sevenBillionOnOneGpu_saysWhatItTakesAndWhatWouldFit() {
    assertThat(plan("--shape", "llama-2-7b", "--device", "a100-80g")).as(program.err()).isZero();
    assertThat(program.out())
        .contains("llama-2-7b: decoder, 6.74 B parameters, on a100-80g with 85.90 GB")
        .contains("to serve: bf16 weights", "to train: all weights, adamw")
        .contains("does not fit", "nearest that fits: LoRA of rank 16")
        .contains("107.81 GB here", "40.43 GB");
  }

  @Test
  void plan_json_addsUp() {
    assertThat(plan("--shape", "qwen2.5-0.5b", "--memory", "64GiB", "--json")).as(program.err()).isZero();
    JsonNode json = Json.tree(program.out());
    for (String what : new String[] {"inference", "training"}) {
      long sum = json.at("/device/program").asLong();
      for (JsonNode part : json.path(what).path("parts")) {
        sum += part.path("bytes").asLong();
      }
      assertThat(json.path(what).path("bytes").asLong()).as(what).isEqualTo(sum).isPositive();
      assertThat(json.path(what).path("fits").asBoolean()).isTrue();
      assertThat(json.path(what).path("most")).isNotEmpty();
    }
    assertThat(json.at("/training/wanted/length").asInt()).isEqualTo(2048);
  }

  @Test
  void plan_checkpointAndFamily_areReadAsTheOtherCommandsReadThem() {
    assertThat(plan(ModelInspectCommandTest.CHECKPOINTS.resolve("mamba").toString(), "--serve")).as(program.err()).isZero();
    assertThat(program.out()).contains("states").doesNotContain("keys and values  ", "to train");
    assertThat(
            plan(
                "--family", "qwen3", "--vocab-size", "512", "--hidden-size", "64", "--layers", "2", "--heads", "4",
                "--intermediate-size", "128", "--train", "--optimizer", "muon", "--memory", "8GiB"))
        .as(program.err())
        .isZero();
    assertThat(program.out()).contains("a qwen3: decoder", "muon", "fits:").doesNotContain("to serve");
  }

  @Test
  void plan_mistakes_areToldWithWhatWouldWork() {
    assertThat(plan()).isEqualTo(2);
    assertThat(program.err()).contains("--shape");
    assertThat(plan("--shape", "qwen2.5-7b", "--layers", "3")).isEqualTo(2);
    assertThat(program.err()).contains("--layers goes with --family");
    assertThat(plan("--shape", "qwen2.5-7b", "--device", "abacus")).isEqualTo(2);
    assertThat(program.err()).contains("rtx4090", "--memory");
    assertThat(plan("--shape", "qwen2.5-7b", "--zero", "2")).isEqualTo(2);
    assertThat(program.err()).contains("--devices");
    assertThat(plan("--shape", "gpt2", "--tokens", "5000")).isEqualTo(2);
    assertThat(program.err()).contains("between 1 and 1,024");
    assertThat(plan("--shape", "gpt2", "--precision", "int3")).isEqualTo(2);
    assertThat(program.err()).contains("int4");
  }
}
