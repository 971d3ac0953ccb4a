/// What models take in memory while they are trained and while they write: arithmetic over their specs.
@NullMarked
package dev.athanor.model.memory;

import org.jspecify.annotations.NullMarked;
