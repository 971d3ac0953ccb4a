/// The only module that touches LibTorch.
@NullMarked
package dev.athanor.tensor;

import org.jspecify.annotations.NullMarked;
