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
import tools.jackson.databind.node.ObjectNode;

/// Sends an answer as server-sent events while it comes. The engine's thread only appends to a queue; the connection's event
/// loop writes. While a slow client has not taken the last chunk, what comes is gathered into the next one, so that a client
/// holds up nobody and at most one answer's text is kept for it.
final class StreamedAnswer implements Answer {
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
  private final Queue<Heard> pending = new ArrayDeque<>();
  private final List<GenerationEvent.Finished> finished = new ArrayList<>();
  private boolean pumping;

  /// @param loop runs one task after another
  StreamedAnswer(Call call, Executor loop) {
    this.call = call;
    this.loop = loop;
    var _ = writer.tryWrite(HEADERS);
    for (int choice = 0; choice < call.choices(); choice++) {
      call.format().opening(choice).ifPresent(this::send);
    }
  }

  private record Heard(int choice, GenerationEvent event) {}

  HttpResponse response() {
    return writer;
  }

  @Override
  public void accept(int choice, GenerationEvent event) {
    synchronized (pending) {
      pending.add(new Heard(choice, event));
      if (pumping) {
        return;
      }
      pumping = true;
    }
    loop.execute(this::pump);
  }

  private void pump() {
    List<Heard> batch = take();
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

  private List<Heard> take() {
    synchronized (pending) {
      List<Heard> batch = List.copyOf(pending);
      pending.clear();
      pumping = !batch.isEmpty();
      return batch;
    }
  }

  /// Choice by choice, so that what came of each since the last chunk is one.
  private void write(List<Heard> batch) {
    for (int choice = 0; choice < call.choices(); choice++) {
      int of = choice;
      List<GenerationEvent> events = batch.stream().filter(heard -> heard.choice == of).map(Heard::event).toList();
      if (!events.isEmpty() && !write(choice, events)) {
        return;
      }
    }
  }

  /// Whether the stream goes on.
  private boolean write(int choice, List<GenerationEvent> events) {
    StringBuilder text = new StringBuilder();
    List<Token> tokens = new ArrayList<>();
    for (GenerationEvent event : events) {
      if (event instanceof GenerationEvent.Text more) {
        text.append(more.text());
        tokens.addAll(more.tokens());
      }
    }
    if (!text.isEmpty() || (call.logprobs() && !tokens.isEmpty())) {
      send(call.format().delta(choice, text.toString(), tokens));
    }
    return switch (events.getLast()) {
      case GenerationEvent.Text more -> true;
      case GenerationEvent.Finished end -> end(choice, end);
      case GenerationEvent.Failed failed -> fail(GenerationService.failure(failed.cause()));
    };
  }

  private boolean end(int choice, GenerationEvent.Finished end) {
    if (end.reason() == FinishReason.CANCELLED) {
      return fail(ApiException.unavailable());
    }
    send(call.format().ending(choice, end.reason()));
    finished.add(end);
    if (finished.size() < call.choices()) {
      return true;
    }
    if (call.includeUsage()) {
      send(call.format().usage(finished));
    }
    send("[DONE]");
    writer.close();
    return false;
  }

  private boolean fail(ApiException error) {
    send(error.body());
    writer.close();
    return false;
  }

  private void send(ObjectNode body) {
    send(Json.write(body));
  }

  /// False comes back when the client is gone; its generation is cancelled elsewhere.
  private void send(String data) {
    var _ = writer.tryWrite(HttpData.ofUtf8("data: " + data + "\n\n"));
  }
}
