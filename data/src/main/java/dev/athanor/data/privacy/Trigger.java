package dev.athanor.data.privacy;

import org.jspecify.annotations.Nullable;

/// A word that the automaton looks for.
///
/// @param word in lower case and half width
/// @param whole it must not stand inside a longer word
/// @param cue what it says about what stands beside it
/// @param detector that looks at where the word begins
record Trigger(String word, boolean whole, @Nullable Cue cue, @Nullable Detector detector) {
  static Trigger cue(String word, Cue cue) {
    return new Trigger(word, isLatin(word.charAt(0)) || isLatin(word.charAt(word.length() - 1)), cue, null);
  }

  static Trigger start(String word, Detector detector) {
    return new Trigger(word, false, null, detector);
  }

  static boolean isLatin(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
}
