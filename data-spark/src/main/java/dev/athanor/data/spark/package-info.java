/// Data recipes on Apache Spark.
@NullMarked
package dev.athanor.data.spark;

import org.jspecify.annotations.NullMarked;
