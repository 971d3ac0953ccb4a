/// The engine's runner over LibTorch, alone or with the CPU's kernels: a decoder's blocks as `nn` computes them, over pages.
@NullMarked
package dev.athanor.inference.torch;

import org.jspecify.annotations.NullMarked;
