package dev.athanor.inference;

import dev.athanor.base.UserException;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.adapter.LoraAdapter;
import dev.athanor.model.adapter.LowRank;
import dev.athanor.model.families.Family;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The adapters that requests of a model may ask for, by name. They come and go while it runs: a request holds the one that it was
/// submitted with until it ends. Thread-safe.
public final class LoadedAdapters {
  private final Family family;
  private final DecoderSpec spec;
  private final LoraSites sites;
  private final Map<String, LoadedAdapter> byName = new LinkedHashMap<>();
  private long loadings;

  /// @param family whose names the base's checkpoint has
  LoadedAdapters(Family family, DecoderSpec spec, LoraSites sites) {
    this.family = family;
    this.spec = spec;
    this.sites = sites;
  }

  /// Reads an adapter's folder, which is not needed afterwards.
  ///
  /// @throws UserException when there is one of this name, or the folder's does not fit the model
  public void load(String name, Path dir) {
    requireFree(name);
    LoraAdapter adapter = LoraAdapter.open(dir, family, spec);
    LoadedAdapter packed = pack(adapter);
    synchronized (byName) {
      requireFree(name);
      byName.put(name, packed);
    }
  }

  private void requireFree(String name) {
    synchronized (byName) {
      if (byName.containsKey(name)) {
        throw new UserException("an adapter '" + name + "' is loaded already; unload it first");
      }
    }
  }

  /// New requests no longer find it; those that run under it go on.
  ///
  /// @throws UserException when there is none of this name
  public void unload(String name) {
    synchronized (byName) {
      if (byName.remove(name) == null) {
        throw missing(name);
      }
    }
  }

  /// In the order in which they were loaded.
  public List<String> names() {
    synchronized (byName) {
      return List.copyOf(byName.keySet());
    }
  }

  /// What they take in memory, packed.
  public long bytes() {
    synchronized (byName) {
      return byName.values().stream().mapToLong(LoadedAdapter::bytes).sum();
    }
  }

  /// @throws UserException when there is none of this name
  LoadedAdapter adapter(String name) {
    synchronized (byName) {
      LoadedAdapter adapter = byName.get(name);
      if (adapter == null) {
        throw missing(name);
      }
      return adapter;
    }
  }

  private UserException missing(String name) {
    return new UserException(
        "no adapter '%s' is loaded; there is: %s".formatted(name, byName.isEmpty() ? "none" : String.join(", ", byName.keySet())));
  }

  private LoadedAdapter pack(LoraAdapter adapter) {
    Map<String, LowRank> changes = new LinkedHashMap<>();
    adapter.weights().forEach(change -> changes.put(change.weight(), change));
    TreeSet<String> left = new TreeSet<>(changes.keySet());
    @Nullable LoraTerm[] terms = new LoraTerm[sites.all().size()];
    for (LoraSite site : sites.all()) {
      site.parts().forEach(part -> left.remove(part.weight()));
      terms[site.index()] = LoraTerm.of(site, changes);
    }
    if (!left.isEmpty()) {
      throw new UserException(adapter.path() + " changes " + String.join(", ", left) + ", which the engine cannot adapt");
    }
    synchronized (byName) {
      return new LoadedAdapter(++loadings, terms);
    }
  }
}
