package dev.athanor.serve;

import dev.athanor.inference.GenerationEvent;

/// Takes in what is generated for one request.
interface Answer {
  /// @param choice which of its texts, from 0
  void accept(int choice, GenerationEvent event);
}
