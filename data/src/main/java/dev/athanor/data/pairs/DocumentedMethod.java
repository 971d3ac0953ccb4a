package dev.athanor.data.pairs;

/// A method with a body and a documentation that stands alone.
///
/// @param className the simple name of the class that declares it
/// @param signature on one line: modifiers, type parameters, result, name, parameters, exceptions; no annotations
/// @param source from its first modifier or annotation to its closing brace, de-indented
/// @param documentation plain text
record DocumentedMethod(String className, String name, String signature, String source, String documentation) {}
