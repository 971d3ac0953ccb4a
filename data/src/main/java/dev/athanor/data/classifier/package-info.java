/// Linear classifiers of text: bags of hashed n-grams, trained here or published for fastText.
@NullMarked
package dev.athanor.data.classifier;

import org.jspecify.annotations.NullMarked;
