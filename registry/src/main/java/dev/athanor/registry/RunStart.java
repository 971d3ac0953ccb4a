package dev.athanor.registry;

import java.nio.file.Path;

/// A run that begins.
///
/// @param name the recipe's
/// @param recipe the resolved recipe as YAML
public record RunStart(String name, String recipe, Path folder, String codeVersion) {}
