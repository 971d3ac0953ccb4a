package dev.athanor.inference;

import dev.athanor.inference.torch.HybridRunner;
import dev.athanor.inference.torch.TorchOptions;
import dev.athanor.tensor.Device;
import dev.athanor.tensor.Precision;
import java.nio.file.Path;

class HybridRunnerContractTest extends RunnerContract {
  @Override
  Runner open(Path model) {
    return HybridRunner.open(
        model, 1, TorchOptions.of(Device.CPU, 2).withWeights(Precision.F32).withKvTokens(2000), CpuOptions.of(2).withKvTokens(2000));
  }
}
