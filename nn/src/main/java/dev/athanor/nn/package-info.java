/// ModelSpec interpreted as trainable blocks.
@NullMarked
package dev.athanor.nn;

import org.jspecify.annotations.NullMarked;
