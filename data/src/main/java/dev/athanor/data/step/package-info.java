/// Curation: steps that keep, change or drop a document, near-duplicates, and the split.
@NullMarked
package dev.athanor.data.step;

import org.jspecify.annotations.NullMarked;
