package dev.athanor.serve;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.athanor.base.Json;
import dev.athanor.inference.BusyException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/// A route that an encoder answers: read, compute, write.
final class EncoderService implements HttpService {
  private final Function<Fields, CompletableFuture<ObjectNode>> answer;
  private final Admission admission;

  EncoderService(Function<Fields, CompletableFuture<ObjectNode>> answer, Admission admission) {
    this.answer = answer;
    this.admission = admission;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) {
    // Encoding a long text takes a while: not on the event loop.
    return HttpResponse.of(request.aggregate().thenComposeAsync(whole -> answer(ctx, whole), ctx.blockingTaskExecutor()));
  }

  private CompletableFuture<HttpResponse> answer(ServiceRequestContext ctx, AggregatedHttpRequest request) {
    ctx.clearRequestTimeout();
    if (admission.draining()) {
      throw ApiException.unavailable();
    }
    GenerationService.requireJson(request);
    try {
      return answer
          .apply(Fields.parse(request.content()))
          .thenApply(body -> HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, Json.write(body)));
    } catch (BusyException e) {
      throw ApiException.overloaded(String.valueOf(e.getMessage()));
    }
  }
}
