/// What does not fit into memory: pairs sorted on disk, files that are written once and read at any place.
@NullMarked
package dev.athanor.data.spill;

import org.jspecify.annotations.NullMarked;
