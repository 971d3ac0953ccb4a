/// Measures and the report.
@NullMarked
package dev.athanor.eval;

import org.jspecify.annotations.NullMarked;
