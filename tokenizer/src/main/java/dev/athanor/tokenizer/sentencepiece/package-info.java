/// SentencePiece's `tokenizer.model`, read and stated as the `tokenizer.json` that gives the same ids.
@NullMarked
package dev.athanor.tokenizer.sentencepiece;

import org.jspecify.annotations.NullMarked;
