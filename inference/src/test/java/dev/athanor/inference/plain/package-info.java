/// Plain versions that the fast ones are tested against.
@NullMarked
package dev.athanor.inference.plain;

import org.jspecify.annotations.NullMarked;
