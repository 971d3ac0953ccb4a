/// Byte-level BPE: training, encoding, tokenizer.json, chat templates with loss masks.
@NullMarked
package dev.athanor.tokenizer;

import org.jspecify.annotations.NullMarked;
