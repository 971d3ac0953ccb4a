/// One file a published family: its `config.json` to the spec and back.
@NullMarked
package dev.athanor.model.families;

import org.jspecify.annotations.NullMarked;
