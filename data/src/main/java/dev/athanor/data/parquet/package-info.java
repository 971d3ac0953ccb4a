/// Documents as Apache Parquet, for what reads no JSON lines.
@NullMarked
package dev.athanor.data.parquet;

import org.jspecify.annotations.NullMarked;
