package dev.athanor.data.engine;

import dev.athanor.base.UserException;
import java.util.ServiceLoader;

/// Offers an engine that is not always on the class path; found as a service.
public interface EngineProvider {
  DataRecipe.EngineName name();

  /// Starts it; whoever asked for it closes it.
  Engine start(DataRecipe recipe);

  /// The engine that a recipe asks for.
  ///
  /// @throws UserException when it is not on the class path
  static Engine of(DataRecipe recipe) {
    return switch (recipe.engine()) {
      case LOCAL -> new LocalEngine();
      case SPARK ->
          ServiceLoader.load(EngineProvider.class).stream()
              .map(ServiceLoader.Provider::get)
              .filter(provider -> provider.name() == recipe.engine())
              .findFirst()
              .orElseThrow(
                  () ->
                      new UserException(
                          "engine: spark needs the module data-spark on the class path; the launcher puts it there where the recipe's own file"
                              + " says engine: spark, or --set engine=spark"))
              .start(recipe);
    };
  }
}
