/// What language a text is in: natural ones, the variants of Chinese, and those of source code.
@NullMarked
package dev.athanor.data.language;

import org.jspecify.annotations.NullMarked;
