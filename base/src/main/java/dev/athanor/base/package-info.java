/// Recipes, runs, files that are never half written, progress.
@NullMarked
package dev.athanor.base;

import org.jspecify.annotations.NullMarked;
