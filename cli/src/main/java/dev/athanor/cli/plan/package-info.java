/// What fits where: the arithmetic of `dev.athanor.model.memory` for people and programs.
@NullMarked
package dev.athanor.cli.plan;

import org.jspecify.annotations.NullMarked;
