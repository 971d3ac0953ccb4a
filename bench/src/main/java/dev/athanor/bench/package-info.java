/// Benchmarks; never a dependency.
@NullMarked
package dev.athanor.bench;

import org.jspecify.annotations.NullMarked;
