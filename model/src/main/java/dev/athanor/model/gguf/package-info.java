/// GGUF, the single-file format of llama.cpp: metadata, tokenizer and (quantized) tensors.
@NullMarked
package dev.athanor.model.gguf;

import org.jspecify.annotations.NullMarked;
