/// What insults, hates, threatens or is advertised against the law: word lists with contexts, and a classifier where one is given.
@NullMarked
package dev.athanor.data.toxicity;

import org.jspecify.annotations.NullMarked;
