/// What a step of curation is, to those who write steps and to those who run them.
@NullMarked
package dev.athanor.data.flow;

import org.jspecify.annotations.NullMarked;
