/// What the data commands show.
@NullMarked
package dev.athanor.cli.data;

import org.jspecify.annotations.NullMarked;
