/// One way to write a text: Unicode's canonical form, line ends, what is invisible, what was decoded wrongly.
@NullMarked
package dev.athanor.data.text;

import org.jspecify.annotations.NullMarked;
