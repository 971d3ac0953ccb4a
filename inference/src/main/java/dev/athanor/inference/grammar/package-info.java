/// What an answer may be (a JSON Schema, a regular expression, a grammar), compiled to the tokens that may come next.
///
/// Follow one through: [OutputFormat] → [Grammars] → byte automata with calls ([Nfa], [Network]) → the places where a text
/// may stand ([Machine], [Configuration]) → masks over the vocabulary ([Masks], [TokenTrie]) → [Constraint].
@NullMarked
package dev.athanor.inference.grammar;

import org.jspecify.annotations.NullMarked;
