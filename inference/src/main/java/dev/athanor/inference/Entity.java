package dev.athanor.inference;

/// Something that a text names, as a [TokenClassifier] found it.
///
/// @param kind as the model calls it, without marks of position: "PER"
/// @param from where it begins, in UTF-16 units of the text
/// @param to where it ends, behind its last character
/// @param score the mean probability of its words' labels, from 0 to 1
public record Entity(String kind, int from, int to, double score) {}
