package dev.athanor.serve;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.athanor.base.UserException;
import dev.athanor.inference.GenerationEvent;
import dev.athanor.inference.Generator.Generation;
import dev.athanor.serve.Admission.Ticket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A route that generates: read the call, get in, submit, answer.
final class GenerationService implements HttpService {
  private static final Logger log = LoggerFactory.getLogger(GenerationService.class);

  private final Function<Fields, Call> reader;
  private final Admission admission;
  private final ServerMetrics metrics;

  GenerationService(Function<Fields, Call> reader, Admission admission, ServerMetrics metrics) {
    this.reader = reader;
    this.admission = admission;
    this.metrics = metrics;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) {
    // Reading a long prompt takes a while: not on the event loop.
    return HttpResponse.of(
        request.aggregate().thenApplyAsync(whole -> answer(ctx, whole), ctx.blockingTaskExecutor()));
  }

  private HttpResponse answer(ServiceRequestContext ctx, AggregatedHttpRequest request) {
    // The server's timeout is for the request to arrive; an answer takes as long as it takes.
    ctx.clearRequestTimeout();
    requireJson(request);
    Call call = reader.apply(Fields.parse(request.content()));
    Ticket ticket = admission.admit(call.request().promptIds().length);
    var _ = ctx.log().whenComplete().thenRun(ticket::answered);
    return call.stream() ? streamed(ctx, call, ticket) : whole(call, ticket);
  }

  private HttpResponse whole(Call call, Ticket ticket) {
    WholeAnswer answer = new WholeAnswer(call.format(), call.choices());
    submit(call, ticket, answer);
    return answer.response();
  }

  private HttpResponse streamed(ServiceRequestContext ctx, Call call, Ticket ticket) {
    StreamedAnswer answer = new StreamedAnswer(call, ctx.eventLoop().withoutContext());
    try {
      submit(call, ticket, answer);
    } catch (RuntimeException e) {
      answer.response().abort(e);
      throw e;
    }
    return answer.response();
  }

  private void submit(Call call, Ticket ticket, Answer answer) {
    AtomicInteger open = new AtomicInteger(call.choices());
    List<Consumer<GenerationEvent>> listeners = new ArrayList<>();
    for (int i = 0; i < call.choices(); i++) {
      int choice = i;
      listeners.add(
          metrics.watch(
              call.model(),
              choice == 0,
              event -> {
                // First the place, then the answer: who has read the end may ask again at once.
                follow(event, ticket, open);
                answer.accept(choice, event);
              }));
    }
    try {
      List<Generation> generations = call.model().generator().submitAll(call.request(), listeners);
      ticket.attach(() -> generations.forEach(Generation::cancel));
    } catch (RuntimeException e) {
      ticket.generated();
      throw e;
    }
  }

  private static void follow(GenerationEvent event, Ticket ticket, AtomicInteger open) {
    if (event instanceof GenerationEvent.Text) {
      ticket.firstToken();
    } else if (open.decrementAndGet() == 0) {
      ticket.generated();
    }
  }

  /// What a client hears of a generation that failed.
  static ApiException failure(Throwable cause) {
    if (cause instanceof UserException) {
      return ApiException.invalid(null, String.valueOf(cause.getMessage()));
    }
    log.error("a generation failed", cause);
    return ApiException.internal("the generation failed; the server's log says why");
  }

  /// JSON only: a web page elsewhere cannot send this type without the browser asking us first, so that visiting one does
  /// not let it use a server on the loopback address.
  static void requireJson(AggregatedHttpRequest request) {
    MediaType type = request.contentType();
    if (type == null || !type.is(MediaType.JSON.withoutParameters())) {
      throw ApiException.ofStatus(
          HttpStatus.UNSUPPORTED_MEDIA_TYPE, "the header Content-Type must be application/json, not " + type);
    }
  }
}
