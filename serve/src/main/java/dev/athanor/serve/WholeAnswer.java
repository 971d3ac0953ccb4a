package dev.athanor.serve;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import dev.athanor.base.Json;
import dev.athanor.inference.GenerationEvent;
import dev.athanor.inference.GenerationEvent.FinishReason;
import dev.athanor.inference.GenerationEvent.Finished;
import dev.athanor.inference.GenerationEvent.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Collects an answer and sends it when it is complete.
final class WholeAnswer implements Answer {
  private final AnswerFormat format;
  private final CompletableFuture<HttpResponse> whenDone = new CompletableFuture<>();
  private final HttpResponse response = HttpResponse.of(whenDone);
  private final List<Text> texts = new ArrayList<>();
  private int open;

  /// Of one choice, as far as it has come.
  private static final class Text {
    final StringBuilder text = new StringBuilder();
    final List<Token> tokens = new ArrayList<>();
    @Nullable Finished finished;
  }

  /// @param choices texts that it will have
  WholeAnswer(AnswerFormat format, int choices) {
    this.format = format;
    open = choices;
    for (int i = 0; i < choices; i++) {
      texts.add(new Text());
    }
  }

  HttpResponse response() {
    return response;
  }

  @Override
  public void accept(int choice, GenerationEvent event) {
    Text text = texts.get(choice);
    switch (event) {
      case GenerationEvent.Text more -> {
        text.text.append(more.text());
        text.tokens.addAll(more.tokens());
      }
      case GenerationEvent.Finished finished -> {
        text.finished = finished;
        if (finished.reason() == FinishReason.CANCELLED) {
          // The client is gone and nobody reads this, or the server is going.
          whenDone.complete(ApiException.unavailable().response());
        } else if (--open == 0) {
          whenDone.complete(body());
        }
      }
      case GenerationEvent.Failed failed -> whenDone.complete(GenerationService.failure(failed.cause()).response());
    }
  }

  private HttpResponse body() {
    List<AnswerFormat.Choice> choices =
        texts.stream()
            .map(text -> new AnswerFormat.Choice(text.text.toString(), text.tokens, Objects.requireNonNull(text.finished)))
            .toList();
    return HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, Json.write(format.whole(choices)));
  }
}
