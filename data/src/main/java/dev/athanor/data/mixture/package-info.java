/// How much of which group of documents a model sees, and in which order.
@NullMarked
package dev.athanor.data.mixture;

import org.jspecify.annotations.NullMarked;
