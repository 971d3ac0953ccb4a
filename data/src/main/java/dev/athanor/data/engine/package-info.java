/// Runs the steps of a data recipe over documents of any number: passes over shards, decisions between them.
@NullMarked
package dev.athanor.data.engine;

import org.jspecify.annotations.NullMarked;
