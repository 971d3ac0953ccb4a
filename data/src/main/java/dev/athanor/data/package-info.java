/// Documents: sources, curation, packing, instruction pairs.
@NullMarked
package dev.athanor.data;

import org.jspecify.annotations.NullMarked;
