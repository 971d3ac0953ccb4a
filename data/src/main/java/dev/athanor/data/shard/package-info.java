/// Tokenised documents in many files, packed into rows for training in an order that depends on a seed alone.
@NullMarked
package dev.athanor.data.shard;

import org.jspecify.annotations.NullMarked;
