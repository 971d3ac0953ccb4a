package dev.athanor.inference.torch;

import dev.athanor.base.UserException;
import dev.athanor.inference.BlockRange;
import dev.athanor.inference.ChainRunner;
import dev.athanor.inference.CpuBlocks;
import dev.athanor.inference.CpuOptions;
import dev.athanor.inference.StoredFormats;
import dev.athanor.model.WeightSource;
import java.nio.file.Path;
import java.util.List;

/// The first blocks of a decoder over LibTorch, on a GPU as a rule, the rest on the CPU's kernels: for models that a GPU's memory does
/// not hold whole. Hidden states cross once a pass. Thread-safe: one forward pass at a time.
public final class HybridRunner extends ChainRunner {
  private HybridRunner(WeightSource checkpoint, int pages, TorchBlocks first, CpuBlocks rest, CpuOptions cpu) {
    super(checkpoint.decoder(), cpu.kv(), pages, List.of(first, rest));
  }

  /// Loads a model's folder or GGUF file, which is not needed afterwards. As many positions are kept as fit both.
  ///
  /// @param torchBlocks how many blocks LibTorch computes
  /// @throws UserException when it is missing or damaged or holds no decoder of more blocks, or the device is not there
  public static HybridRunner open(Path model, int torchBlocks, TorchOptions torch, CpuOptions cpu) {
    try (WeightSource checkpoint = StoredFormats.open(model)) {
      int all = checkpoint.decoder().numLayers();
      if (torchBlocks < 1 || torchBlocks >= all) {
        throw new UserException(
            "%s has %d blocks: between 1 and %d of them can go to another runner than the rest, not %d; LibTorch takes all of them where no number is said"
                .formatted(model, all, all - 1, torchBlocks));
      }
      BlockRange front = new BlockRange(0, torchBlocks, all);
      BlockRange back = new BlockRange(torchBlocks, all, all);
      int pages = Math.min(TorchBlocks.pages(checkpoint, torch, front), CpuBlocks.pages(checkpoint, cpu, back));
      CpuOptions formats = cpu.withWeights(StoredFormats.of(checkpoint, cpu.weights()));
      CpuBlocks rest = new CpuBlocks(checkpoint, formats, back);
      try {
        return new HybridRunner(checkpoint, pages, new TorchBlocks(checkpoint, torch, front, pages), rest, cpu);
      } catch (RuntimeException e) {
        rest.close();
        throw e;
      }
    }
  }
}
