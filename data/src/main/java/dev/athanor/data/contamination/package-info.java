/// Text of evaluation sets that stands in a corpus.
@NullMarked
package dev.athanor.data.contamination;

import org.jspecify.annotations.NullMarked;
