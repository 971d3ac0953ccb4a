/// Jinja, as far as published chat templates go and as transformers sets it up: blocks lose the line break after them and the
/// blanks before them, nothing is escaped, values cannot be changed in place. Texts remember who wrote each of their characters.
@NullMarked
package dev.athanor.tokenizer.jinja;

import org.jspecify.annotations.NullMarked;
