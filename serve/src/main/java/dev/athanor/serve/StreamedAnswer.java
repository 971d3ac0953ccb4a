package dev.athanor.serve;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import dev.athanor.base.Json;
import dev.athanor.inference.GenerationEvent;
import dev.athanor.inference.GenerationEvent.FinishReason;
import dev.athanor.inference.GenerationEvent.Token;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/// Sends an answer as server-sent events while it comes. The engine's thread only appends to a queue; the connection's event
/// loop writes. While a slow client has not taken the last chunk, what comes is gathered into the next one, so that a client
/// holds up nobody and at most one answer's text is kept for it.
final class StreamedAnswer implements Consumer<GenerationEvent> {
  private static final ResponseHeaders HEADERS =
      ResponseHeaders.builder(HttpStatus.OK)
          .contentType(MediaType.EVENT_STREAM)
          .add(HttpHeaderNames.CACHE_CONTROL, "no-cache")
          // asks reverse proxies not to collect the stream
          .add("x-accel-buffering", "no")
          .build();

  private final Call call;
  private final Executor loop;
  private final HttpResponseWriter writer = HttpResponse.streaming();
  private final Queue<GenerationEvent> pending = new ArrayDeque<>();
  private boolean pumping;

  /// @param loop runs one task after another
  StreamedAnswer(Call call, Executor loop) {
    this.call = call;
    this.loop = loop;
    var _ = writer.tryWrite(HEADERS);
    call.format().opening().ifPresent(this::send);
  }

  HttpResponse response() {
    return writer;
  }

  @Override
  public void accept(GenerationEvent event) {
    synchronized (pending) {
      pending.add(event);
      if (pumping) {
        return;
      }
      pumping = true;
    }
    loop.execute(this::pump);
  }

  private void pump() {
    List<GenerationEvent> batch = take();
    if (batch.isEmpty()) {
      return;
    }
    write(batch);
    var _ =
        writer.whenConsumed().whenCompleteAsync((nothing, closed) -> {
          if (closed == null) {
            pump();
          }
        }, loop);
  }

  private List<GenerationEvent> take() {
    synchronized (pending) {
      List<GenerationEvent> batch = List.copyOf(pending);
      pending.clear();
      pumping = !batch.isEmpty();
      return batch;
    }
  }

  private void write(List<GenerationEvent> batch) {
    StringBuilder text = new StringBuilder();
    List<Token> tokens = new ArrayList<>();
    for (GenerationEvent event : batch) {
      if (event instanceof GenerationEvent.Text more) {
        text.append(more.text());
        tokens.addAll(more.tokens());
      }
    }
    if (!text.isEmpty() || (call.logprobs() && !tokens.isEmpty())) {
      send(call.format().delta(text.toString(), tokens));
    }
    switch (batch.getLast()) {
      case GenerationEvent.Text more -> {}
      case GenerationEvent.Finished finished -> end(finished);
      case GenerationEvent.Failed failed -> fail(GenerationService.failure(failed.cause()));
    }
  }

  private void end(GenerationEvent.Finished finished) {
    if (finished.reason() == FinishReason.CANCELLED) {
      fail(ApiException.unavailable());
      return;
    }
    send(call.format().ending(finished.reason()));
    if (call.includeUsage()) {
      send(call.format().usage(finished));
    }
    send("[DONE]");
    writer.close();
  }

  private void fail(ApiException error) {
    send(error.body());
    writer.close();
  }

  private void send(ObjectNode body) {
    send(Json.write(body));
  }

  /// False comes back when the client is gone; its generation is cancelled elsewhere.
  private void send(String data) {
    var _ = writer.tryWrite(HttpData.ofUtf8("data: " + data + "\n\n"));
  }
}
