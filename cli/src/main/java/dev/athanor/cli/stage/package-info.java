/// The stages of a run, in the order of a model's life: each a record of its configuration and one method.
@NullMarked
package dev.athanor.cli.stage;

import org.jspecify.annotations.NullMarked;
