package dev.athanor.serve;

import dev.athanor.inference.GenerationEvent.FinishReason;
import dev.athanor.inference.GenerationEvent.Finished;
import dev.athanor.inference.GenerationEvent.Token;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// How an answer is written: whole, or as the chunks of a stream in the order of these methods. One object serves one
/// request and is used by one thread at a time.
interface AnswerFormat {
  ObjectNode whole(String text, List<Token> tokens, Finished finished);

  /// The chunk before any text, where the API has one.
  Optional<ObjectNode> opening();

  ObjectNode delta(String text, List<Token> tokens);

  ObjectNode ending(FinishReason reason);

  /// The chunk of token counts, with no choices.
  ObjectNode usage(Finished finished);
}
