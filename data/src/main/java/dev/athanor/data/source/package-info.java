/// Where documents come from: Maven source jars, files, JSON lines, web archives.
@NullMarked
package dev.athanor.data.source;

import org.jspecify.annotations.NullMarked;
