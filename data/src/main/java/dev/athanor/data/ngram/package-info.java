/// The classical baseline: an interpolated n-gram model with Kneser–Ney smoothing.
@NullMarked
package dev.athanor.data.ngram;

import org.jspecify.annotations.NullMarked;
