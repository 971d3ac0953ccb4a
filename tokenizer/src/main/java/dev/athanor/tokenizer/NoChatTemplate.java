package dev.athanor.tokenizer;

import dev.athanor.base.UserException;
import java.util.List;

/// Stands where a model has no chat template, or one that Athanor does not know: plain completion works, conversations are
/// refused with the reason.
///
/// @param why what is the matter with the template
/// @param endOfText the one id that ends what the model writes
public record NoChatTemplate(String why, int endOfText) implements ChatTemplate {
  private static final String WHAT_WORKS =
      "; supported: ChatML (<|im_start|>role … <|im_end|>) as chat_template in tokenizer_config.json; without it use"
          + " /v1/completions or generate";

  static NoChatTemplate absent(int endOfText) {
    return new NoChatTemplate("this model's tokenizer_config.json has no chat_template", endOfText);
  }

  static NoChatTemplate unknown(int endOfText) {
    return new NoChatTemplate("the chat_template of this model's tokenizer_config.json is not ChatML", endOfText);
  }

  @Override
  public Rendered render(List<ChatMessage> messages, boolean addGenerationPrompt) {
    throw new UserException(why + WHAT_WORKS);
  }

  @Override
  public int[] stopIds() {
    return new int[] {endOfText};
  }
}
