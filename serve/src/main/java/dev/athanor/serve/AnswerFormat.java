package dev.athanor.serve;

import dev.athanor.inference.GenerationEvent.FinishReason;
import dev.athanor.inference.GenerationEvent.Finished;
import dev.athanor.inference.GenerationEvent.Token;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// How an answer is written: whole, or as the chunks of a stream in the order of these methods. One object serves one
/// request and is used by one thread at a time. An answer has one text, or as many as were asked for, by their index from 0.
interface AnswerFormat {
  /// A text that has ended.
  record Choice(String text, List<Token> tokens, Finished finished) {}

  ObjectNode whole(List<Choice> choices);

  /// The chunk before any text of a choice, where the API has one.
  Optional<ObjectNode> opening(int choice);

  ObjectNode delta(int choice, String text, List<Token> tokens);

  ObjectNode ending(int choice, FinishReason reason);

  /// The chunk of token counts, with no choices.
  ObjectNode usage(List<Finished> finished);
}
