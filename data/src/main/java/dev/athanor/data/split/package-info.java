/// Parts a corpus into train, validation and test, so that what is measured was not learned by heart.
@NullMarked
package dev.athanor.data.split;

import org.jspecify.annotations.NullMarked;
