/// Checkpoints as files: looked at, made, converted, and held against what they were made from.
@NullMarked
package dev.athanor.cli.model;

import org.jspecify.annotations.NullMarked;
