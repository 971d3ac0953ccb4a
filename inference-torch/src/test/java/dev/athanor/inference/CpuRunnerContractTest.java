package dev.athanor.inference;

import java.nio.file.Path;

class CpuRunnerContractTest extends RunnerContract {
  @Override
  Runner open(Path model) {
    return CpuRunner.open(model, 2);
  }
}
