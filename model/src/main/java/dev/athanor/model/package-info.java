/// What an architecture is: specs, published families, safetensors, the language model contract.
@NullMarked
package dev.athanor.model;

import org.jspecify.annotations.NullMarked;
