/// DecoderSpec interpreted as trainable blocks.
@NullMarked
package dev.athanor.nn;

import dev.athanor.model.DecoderSpec;
import org.jspecify.annotations.NullMarked;
