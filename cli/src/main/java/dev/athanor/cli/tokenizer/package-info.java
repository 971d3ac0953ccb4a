/// What `athanor tokenizer` does: tokenizers by their path, texts of a corpus, studies of sizes, extensions.
@NullMarked
package dev.athanor.cli.tokenizer;

import org.jspecify.annotations.NullMarked;
