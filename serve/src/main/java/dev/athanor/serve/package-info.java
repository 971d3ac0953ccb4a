/// The OpenAI-compatible HTTP server.
@NullMarked
package dev.athanor.serve;

import org.jspecify.annotations.NullMarked;
