/// The unigram language model over pieces (Kudo 2018, arXiv:1804.10959): training, n-best segmentations, sampling.
@NullMarked
package dev.athanor.tokenizer.unigram;

import org.jspecify.annotations.NullMarked;
