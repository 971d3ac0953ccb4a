@NullMarked
package dev.athanor.inference.quantize;

import org.jspecify.annotations.NullMarked;
