/// Objectives, optimizers, schedules, the loop, checkpoints.
@NullMarked
package dev.athanor.train;

import org.jspecify.annotations.NullMarked;
