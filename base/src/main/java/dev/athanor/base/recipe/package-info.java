/// Recipes: YAML bound to records, every problem reported at once with its place.
@NullMarked
package dev.athanor.base.recipe;

import org.jspecify.annotations.NullMarked;
