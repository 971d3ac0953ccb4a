package dev.athanor.serve;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import dev.athanor.base.Json;
import dev.athanor.inference.GenerationEvent;
import dev.athanor.inference.GenerationEvent.FinishReason;
import dev.athanor.inference.GenerationEvent.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// Collects an answer and sends it when it is complete.
final class WholeAnswer implements Consumer<GenerationEvent> {
  private final AnswerFormat format;
  private final CompletableFuture<HttpResponse> whenDone = new CompletableFuture<>();
  private final HttpResponse response = HttpResponse.of(whenDone);
  private final StringBuilder text = new StringBuilder();
  private final List<Token> tokens = new ArrayList<>();

  WholeAnswer(AnswerFormat format) {
    this.format = format;
  }

  HttpResponse response() {
    return response;
  }

  @Override
  public void accept(GenerationEvent event) {
    switch (event) {
      case GenerationEvent.Text more -> {
        text.append(more.text());
        tokens.addAll(more.tokens());
      }
      case GenerationEvent.Finished finished -> whenDone.complete(body(finished));
      case GenerationEvent.Failed failed -> whenDone.complete(GenerationService.failure(failed.cause()).response());
    }
  }

  private HttpResponse body(GenerationEvent.Finished finished) {
    if (finished.reason() == FinishReason.CANCELLED) {
      // The client is gone and nobody reads this, or the server is going.
      return ApiException.unavailable().response();
    }
    String json = Json.write(format.whole(text.toString(), tokens, finished));
    return HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, json);
  }
}
