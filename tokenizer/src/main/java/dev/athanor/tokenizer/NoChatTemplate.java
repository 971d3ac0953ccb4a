package dev.athanor.tokenizer;

import dev.athanor.base.UserException;
import dev.athanor.tokenizer.jinja.JinjaError;
import java.util.List;

/// Stands where a model has no chat template, or one that cannot be run: plain completion works, conversations are
/// refused with the reason.
///
/// @param why what is the matter with the template
/// @param endOfText the one id that ends what the model writes
public record NoChatTemplate(String why, int endOfText) implements ChatTemplate {
  private static final String WHAT_WORKS =
      "; supported: Jinja as chat_template in tokenizer_config.json or as chat_template.jinja beside it; without it use"
          + " /v1/completions or generate";

  static NoChatTemplate absent(int endOfText) {
    return new NoChatTemplate("this model's tokenizer_config.json has no chat_template", endOfText);
  }

  static NoChatTemplate unreadable(JinjaError error, int endOfText) {
    String why = "this model's chat_template cannot be run: line " + error.line() + ": " + error.message();
    return new NoChatTemplate(why, endOfText);
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
