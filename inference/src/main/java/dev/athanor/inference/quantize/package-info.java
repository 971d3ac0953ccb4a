/// Post-training quantization: which matrices become whole numbers, and which whole numbers they become.
@NullMarked
package dev.athanor.inference.quantize;

import org.jspecify.annotations.NullMarked;
