package dev.athanor.data.spark;

import dev.athanor.data.engine.DataRecipe;
import dev.athanor.data.engine.Engine;
import dev.athanor.data.engine.EngineProvider;
import java.util.Objects;

/// Offers Spark where this module is on the class path.
public final class SparkEngineProvider implements EngineProvider {
  @Override
  public DataRecipe.EngineName name() {
    return DataRecipe.EngineName.SPARK;
  }

  @Override
  public Engine start(DataRecipe recipe) {
    return SparkEngine.start(recipe.name(), Objects.requireNonNullElseGet(recipe.spark(), () -> new DataRecipe.Spark("local[*]", java.util.Map.of())));
  }
}
