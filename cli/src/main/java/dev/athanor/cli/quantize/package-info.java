/// What `athanor quantize` does beside quantizing: the texts it looks at, the variants it compares, the files it writes.
@NullMarked
package dev.athanor.cli.quantize;

import org.jspecify.annotations.NullMarked;
