package dev.athanor.cli;

import dev.athanor.base.UserException;
import dev.athanor.cli.model.Amounts;
import dev.athanor.inference.CpuOptions;
import dev.athanor.inference.EngineOptions;
import dev.athanor.inference.KvMemory;
import dev.athanor.inference.PagePool;
import dev.athanor.inference.StoredFormats;
import dev.athanor.inference.WeightFormat;
import dev.athanor.inference.WeightFormats;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DType;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Footprint;
import dev.athanor.model.QuantizedMatrix;
import dev.athanor.model.StoredTensor;
import dev.athanor.model.StoredWeight;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSource;
import dev.athanor.model.WeightSpec;
import dev.athanor.model.adapter.LoraAdapter;
import dev.athanor.model.memory.CacheNumbers;
import dev.athanor.model.memory.InferenceMemory;
import dev.athanor.model.memory.InferenceRun;
import dev.athanor.model.memory.MemorySum;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How several models share a budget of memory: what each takes when it is open. Weights are what the engine keeps of them in its
/// formats, with the adapters over them; what a pass works in is `athanor plan`'s. Keys and values get, of each model, an equal part of
/// what the budget leaves beside the weights of all, so that all can be open at once; where not even the weights of all fit, a tenth of
/// the budget. At least one context, up to 4,096 tokens; at most a whole context for every request that runs.
final class MemoryShares {
  private static final int LEAST_TOKENS = 4096;
  private static final int PART_WHERE_NOT_ALL_FIT = 10;

  /// @param fixed bytes beside keys and values
  /// @param kvTokens positions of all its requests together
  /// @param bytes in all
  record Share(DecoderSpec spec, long fixed, long kvTokens, long bytes) {}

  private record Model(DecoderSpec spec, long weights, long room) {
    long fixed() {
      return weights + room;
    }
  }

  private final Map<String, Share> shares;

  private MemoryShares(Map<String, Share> shares) {
    this.shares = shares;
  }

  Share of(String name) {
    Share share = shares.get(name);
    if (share == null) {
      throw new IllegalArgumentException("no model " + name);
    }
    return share;
  }

  /// @param loras over each model
  /// @throws UserException telling every model that the budget can never hold, and a budget beyond the program's memory
  static MemoryShares of(
      List<ModelOpener.Found> found, Map<String, List<LoraOption>> loras, EngineOptions options, long budget) {
    long heap = Runtime.getRuntime().maxMemory();
    if (budget > heap) {
      throw new UserException(
          "--memory of %s is more than the program's memory of %s; start it with JDK_JAVA_OPTIONS=-Xmx… or take less"
              .formatted(Amounts.bytes(budget), Amounts.bytes(heap)));
    }
    Map<String, Model> models = new LinkedHashMap<>();
    for (ModelOpener.Found each : found) {
      models.put(each.name(), Files.isRegularFile(each.path()) ? file(each, options) : folder(each, loras, options));
    }
    long all = models.values().stream().mapToLong(Model::fixed).sum();
    long part = all < budget ? (budget - all) / models.size() : budget / PART_WHERE_NOT_ALL_FIT;
    Map<String, Share> shares = new LinkedHashMap<>();
    List<String> problems = new ArrayList<>();
    models.forEach((name, model) -> shares.put(name, share(name, model, options, part, budget, problems)));
    if (!problems.isEmpty()) {
      throw new UserException("--memory of " + Amounts.bytes(budget) + " is too little: " + String.join("; ", problems));
    }
    return new MemoryShares(shares);
  }

  private static Model file(ModelOpener.Found found, EngineOptions options) {
    try (WeightSource source = StoredFormats.open(found.path())) {
      return model(source, options.withRunner(options.runner().withWeights(StoredFormats.of(source, options.runner().weights()))), 0);
    }
  }

  private static Model folder(ModelOpener.Found found, Map<String, List<LoraOption>> loras, EngineOptions options) {
    try (CheckpointDir checkpoint = CheckpointDir.look(found.path())) {
      long adapters = 0;
      for (LoraOption lora : loras.getOrDefault(found.name(), List.of())) {
        adapters += LoraAdapter.open(lora.folder(), checkpoint.family(), checkpoint.spec()).bytes();
      }
      return model(checkpoint, options, adapters);
    }
  }

  private static Share share(
      String name, Model model, EngineOptions options, long part, long budget, List<String> problems) {
    double perToken = KvMemory.bytesPerPosition(model.spec(), options.runner().kv());
    long context = model.spec().contextLength();
    long least = Math.min(context, LEAST_TOKENS);
    long tokens = wholePages(options.runner().kvTokens());
    if (tokens == CpuOptions.UNLIMITED) {
      long most = context * options.maxRunning();
      long wanted = perToken == 0 ? most : Math.min(most, (long) (part / perToken));
      long room = perToken == 0 ? most : Math.max(0, (long) ((budget - model.fixed()) / perToken));
      tokens = Math.max(Math.min(wanted, room) / PagePool.PAGE * PagePool.PAGE, wholePages(least));
    }
    long keys = (long) Math.ceil(tokens * perToken);
    long bytes = model.fixed() + keys;
    if (bytes > budget) {
      problems.add(
          "%s takes %s: weights %s, keys and values of %,d tokens %s, working room %s"
              .formatted(
                  name, Amounts.bytes(bytes), Amounts.bytes(model.weights()), tokens, Amounts.bytes(keys), Amounts.bytes(model.room())));
    }
    return new Share(model.spec(), model.fixed(), tokens, bytes);
  }

  private static long wholePages(long tokens) {
    return tokens == CpuOptions.UNLIMITED ? tokens : Math.ceilDiv(tokens, PagePool.PAGE) * PagePool.PAGE;
  }

  private static Model model(WeightSource checkpoint, EngineOptions options, long adapters) {
    DecoderSpec spec = checkpoint.decoder();
    InferenceRun run =
        new InferenceRun(Footprint.Precision.F32, CacheNumbers.F32, options.maxRunning(), 1, options.stepTokens());
    MemorySum sum = InferenceMemory.of(spec, run);
    long room = sum.bytes(InferenceMemory.WORKING_ROOM) + sum.bytes(InferenceMemory.STATES);
    return new Model(spec, weights(checkpoint, options.runner().weights()) + adapters, room);
  }

  /// What the engine keeps: matrices in its formats, all else in F32.
  private static long weights(WeightSource checkpoint, WeightFormats formats) {
    double bytes = 0;
    for (WeightSpec weight : WeightNames.weights(checkpoint.decoder())) {
      double stored = each(checkpoint.weight(weight.name()), weight.elements());
      double each =
          switch (weight.role()) {
            case MATRIX, EXPERT -> bytes(formats.blocks(), stored);
            case HEAD -> bytes(formats.headFormat(), stored);
            case EMBEDDING -> weight.name().equals(WeightNames.embedding()) ? bytes(formats.headFormat(), stored) : Float.BYTES;
            case TABLE, CONVOLUTION, VECTOR -> Float.BYTES;
          };
      bytes += each * weight.elements();
    }
    return (long) Math.ceil(bytes);
  }

  /// Bytes a number where it stays as it is stored.
  private static double each(StoredWeight stored, long elements) {
    return switch (stored) {
      case StoredTensor tensor -> tensor.dtype() == DType.F16 || tensor.dtype() == DType.BF16 ? 2 : Float.BYTES;
      case QuantizedMatrix matrix -> (double) matrix.bytes() / elements;
    };
  }

  private static double bytes(Optional<WeightFormat> wanted, double stored) {
    return wanted.map(WeightFormat::bytes).orElse(stored);
  }
}
