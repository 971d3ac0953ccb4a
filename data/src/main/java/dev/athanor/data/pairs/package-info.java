/// Instruction pairs mined from Java sources by the JDK's own parser.
@NullMarked
package dev.athanor.data.pairs;

import org.jspecify.annotations.NullMarked;
