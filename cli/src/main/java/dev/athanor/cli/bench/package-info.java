/// Measuring how fast models are run, as their users see it.
@NullMarked
package dev.athanor.cli.bench;

import org.jspecify.annotations.NullMarked;
