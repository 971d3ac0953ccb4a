/// Low-rank adapters in the published PEFT layout: what one says, and how it is merged into a checkpoint.
@NullMarked
package dev.athanor.model.adapter;

import org.jspecify.annotations.NullMarked;
