/// A run: a chain of stages, each with an artifact that is never computed twice.
@NullMarked
package dev.athanor.base.run;

import org.jspecify.annotations.NullMarked;
