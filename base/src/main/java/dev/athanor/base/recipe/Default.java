package dev.athanor.base.recipe;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// What a record's component is when the recipe does not say: YAML text, read as if it stood in the recipe. A component
/// with neither this nor `@Nullable` must be given.
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Default {
  String value();
}
