/// Where documents come from: Maven source jars, files, JSON lines, Parquet, web archives, Git repositories, PDF.
@NullMarked
package dev.athanor.data.source;

import org.jspecify.annotations.NullMarked;
