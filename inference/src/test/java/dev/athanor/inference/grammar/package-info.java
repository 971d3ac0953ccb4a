@NullMarked
package dev.athanor.inference.grammar;

import org.jspecify.annotations.NullMarked;
