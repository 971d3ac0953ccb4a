package dev.athanor.cli;

import dev.athanor.base.UserException;
import dev.athanor.inference.Adapted;
import dev.athanor.inference.EngineOptions;
import dev.athanor.inference.Generator;
import dev.athanor.inference.LoadedAdapters;
import dev.athanor.serve.ModelPool;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What `athanor serve` serves: models by name, and the adapters over them; all open from the start, or each when it is asked for.
final class ServedSet implements AutoCloseable {
  private final Map<String, Generator> models = new LinkedHashMap<>();
  private @Nullable ModelPool pool;

  private ServedSet() {}

  /// Opens all of them.
  ///
  /// @param references folders or released models' names; null is the one released last
  static ServedSet open(ModelOpener opener, List<@Nullable String> references, List<LoraOption> loras, Launch launch) {
    ServedSet set = new ServedSet();
    try {
      for (String reference : references) {
        ModelOpener.Opened model = opener.open(reference, launch);
        if (set.models.containsKey(model.name())) {
          model.close();
          throw twice(model.name());
        }
        set.models.put(model.name(), model.generator());
      }
      List<String> names = List.copyOf(set.models.keySet());
      for (LoraOption lora : loras) {
        Generator base = set.model(base(lora, names));
        load(base, lora);
        set.put(lora, base);
      }
      return set;
    } catch (RuntimeException e) {
      set.close();
      throw e;
    }
  }

  /// Opens each when it is first asked for, and closes others where the budget asks for it.
  ///
  /// @throws UserException when one of them would not fit even alone, with the numbers
  static ServedSet onDemand(
      ModelOpener opener, List<@Nullable String> references, List<LoraOption> loras, Launch launch, long budget) {
    if (!(launch.placement() instanceof Placement.Kernels)) {
      throw new UserException("--memory counts what the CPU's kernels take; with LibTorch serve without it");
    }
    EngineOptions options = launch.engine();
    Map<String, ModelOpener.Found> found = new LinkedHashMap<>();
    for (String reference : references) {
      ModelOpener.Found model = opener.find(reference);
      if (found.putIfAbsent(model.name(), model) != null) {
        throw twice(model.name());
      }
    }
    List<String> names = List.copyOf(found.keySet());
    Map<String, List<LoraOption>> byModel = new LinkedHashMap<>();
    for (LoraOption lora : loras) {
      byModel.computeIfAbsent(base(lora, names), _ -> new java.util.ArrayList<>()).add(lora);
    }
    MemoryShares shares = MemoryShares.of(List.copyOf(found.values()), byModel, options, budget);
    ServedSet set = new ServedSet();
    ModelPool pool = new ModelPool(budget);
    set.pool = pool;
    try {
      for (ModelOpener.Found model : found.values()) {
        MemoryShares.Share share = shares.of(model.name());
        List<LoraOption> own = byModel.getOrDefault(model.name(), List.of());
        EngineOptions bounded = options.withRunner(options.runner().withKvTokens(share.kvTokens()));
        Supplier<Generator> opens = () -> openWith(model, launch.with(bounded), own);
        set.models.put(
            model.name(), pool.add(new ModelPool.Model(model.name(), share.spec(), model.tokenizer().get(), share.bytes(), opens)));
      }
      for (var entry : byModel.entrySet()) {
        for (LoraOption lora : entry.getValue()) {
          set.put(lora, set.model(entry.getKey()));
        }
      }
      return set;
    } catch (RuntimeException e) {
      set.close();
      throw e;
    }
  }

  private static Generator openWith(ModelOpener.Found model, Launch launch, List<LoraOption> loras) {
    Generator generator = model.open().apply(launch);
    try {
      loras.forEach(lora -> load(generator, lora));
      return generator;
    } catch (RuntimeException e) {
      generator.close();
      throw e;
    }
  }

  private static void load(Generator base, LoraOption lora) {
    adapters(base).load(lora.name(), lora.folder());
  }

  static LoadedAdapters adapters(Generator base) {
    return base.adapters().orElseThrow(() -> new UserException("adapters are computed by the kernels written in Java alone: leave --runner torch, --device and --gpu-layers out"));
  }

  private static String base(LoraOption lora, List<String> names) {
    if (lora.model().isPresent()) {
      if (!names.contains(lora.model().get())) {
        throw new UserException(
            "--lora %s: no model '%s' is served; there is: %s".formatted(lora.name(), lora.model().get(), String.join(", ", names)));
      }
      return lora.model().get();
    }
    if (names.size() > 1) {
      throw new UserException(
          "--lora %s: several models are served; say which one it is for: --lora %s=%s,%s"
              .formatted(lora.name(), lora.name(), lora.folder(), names.getFirst()));
    }
    return names.getFirst();
  }

  private Generator model(String name) {
    Generator model = models.get(name);
    if (model == null) {
      throw new IllegalArgumentException("no model " + name);
    }
    return model;
  }

  private void put(LoraOption lora, Generator base) {
    if (models.putIfAbsent(lora.name(), new Adapted(base, lora.name())) != null) {
      throw twice(lora.name());
    }
  }

  private static UserException twice(String name) {
    return new UserException("two models are called '" + name + "'; serve one of them, or give an adapter another name");
  }

  /// Models and adapters, by the names that clients ask for.
  Map<String, Generator> models() {
    return models;
  }

  @Override
  public void close() {
    models.values().forEach(Generator::close);
    if (pool != null) {
      pool.close();
    }
  }
}
