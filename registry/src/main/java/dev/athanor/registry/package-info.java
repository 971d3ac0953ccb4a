/// Runs, artifacts and their lineage, models.
@NullMarked
package dev.athanor.registry;

import org.jspecify.annotations.NullMarked;
