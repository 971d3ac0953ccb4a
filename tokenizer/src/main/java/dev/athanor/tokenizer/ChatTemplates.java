package dev.athanor.tokenizer;

import dev.athanor.base.UserException;
import dev.athanor.tokenizer.jinja.JinjaError;
import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The chat template that a tokenizer's configuration states.
final class ChatTemplates {
  private static final List<ChatMessage> TALK =
      List.of(
          new ChatMessage("system", " s\n"), new ChatMessage("user", " u\n"), new ChatMessage("assistant", " a\n"), new ChatMessage("user", "v"));

  private ChatTemplates() {}

  static ChatTemplate of(Tokenizer tokenizer, TokenizerConfig config, List<AddedToken> added, StretchEncoder encoder) {
    int end = tokenizer.endOfText();
    Optional<String> jinja = config.chatTemplate();
    if (jinja.isEmpty()) {
      return NoChatTemplate.absent(end);
    }
    try {
      ChatTemplate published =
          JinjaChatTemplate.of(jinja.get(), added, encoder, config.namedTokens(), Clock.system(ZoneId.systemDefault()), end);
      return ChatMl.recognise(jinja.get(), tokenizer)
          .filter(chat -> isSame(chat, published))
          .<ChatTemplate>map(chat -> chat)
          .orElse(published);
    } catch (JinjaError e) {
      return NoChatTemplate.unreadable(e, end);
    }
  }

  private static boolean isSame(ChatMl chat, ChatTemplate published) {
    try {
      return Stream.of(TALK, TALK.subList(1, 3), TALK.subList(1, 2))
          .allMatch(
              talk ->
                  chat.render(talk, true).text().equals(published.render(talk, true).text())
                      && chat.render(talk, false).text().equals(published.render(talk, false).text()));
    } catch (UserException e) {
      return false;
    }
  }
}
