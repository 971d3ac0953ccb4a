/// Personal data and secrets: found in one pass, proved by checksums and context, replaced.
@NullMarked
package dev.athanor.data.privacy;

import org.jspecify.annotations.NullMarked;
