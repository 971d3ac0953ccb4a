/// What a text's quality is by rules: measures, the published thresholds, and the profiles of English, Chinese and code.
@NullMarked
package dev.athanor.data.quality;

import org.jspecify.annotations.NullMarked;
