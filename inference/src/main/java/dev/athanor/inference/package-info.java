/// The engine that generates: pure Java, no native library.
@NullMarked
package dev.athanor.inference;

import org.jspecify.annotations.NullMarked;
