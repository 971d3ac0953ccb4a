/// Duplicates in a corpus: exact, near and in parts, found by signatures that are sorted on disk.
@NullMarked
package dev.athanor.data.dedup;

import org.jspecify.annotations.NullMarked;
