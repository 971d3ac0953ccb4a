package dev.athanor.inference;

import dev.athanor.inference.torch.TorchOptions;
import dev.athanor.inference.torch.TorchRunner;
import dev.athanor.tensor.Device;
import dev.athanor.tensor.Precision;
import java.nio.file.Path;

class TorchRunnerContractTest extends RunnerContract {
  @Override
  Runner open(Path model) {
    return TorchRunner.open(model, TorchOptions.of(Device.CPU, 2).withWeights(Precision.F32).withKvTokens(2000));
  }
}
