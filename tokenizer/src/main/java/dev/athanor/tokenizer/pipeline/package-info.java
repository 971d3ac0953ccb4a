/// The published `tokenizer.json` as it is run: normalizer, pre-tokenizer, model, decoder, each an own small part, with the
/// place in the original text of every token. What the parts do is what Hugging Face's `tokenizers` does, offsets included.
@NullMarked
package dev.athanor.tokenizer.pipeline;

import org.jspecify.annotations.NullMarked;
