/// From an image file to the numbers that a vision tower takes.
@NullMarked
package dev.athanor.model.vision;

import org.jspecify.annotations.NullMarked;
