package dev.athanor.serve;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.util.Exceptions;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.athanor.base.UserException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives every error of the server OpenAI's body, those of routing and of reading the request too.
final class ErrorBodies implements ServerErrorHandler {
  private static final Logger log = LoggerFactory.getLogger(ErrorBodies.class);

  @Override
  public HttpResponse onServiceException(ServiceRequestContext ctx, Throwable thrown) {
    return error(ctx, Exceptions.peel(thrown)).response();
  }

  private static ApiException error(ServiceRequestContext ctx, Throwable cause) {
    return switch (cause) {
      case ApiException e -> e;
      case UserException e -> ApiException.invalid(null, String.valueOf(e.getMessage()));
      case ContentTooLargeException e ->
          ofStatus(ctx.method() + " " + ctx.path(), HttpStatus.REQUEST_ENTITY_TOO_LARGE, ctx.config());
      case RequestTimeoutException e ->
          ApiException.ofStatus(HttpStatus.REQUEST_TIMEOUT, "the request took too long to arrive");
      case HttpStatusException e -> ofStatus(ctx.method() + " " + ctx.path(), e.httpStatus(), ctx.config());
      default -> {
        log.error("{} {} failed", ctx.method(), ctx.path(), cause);
        yield ApiException.internal("the server failed; its log says why");
      }
    };
  }

  @Override
  public AggregatedHttpResponse renderStatus(
      @Nullable ServiceRequestContext ctx,
      ServiceConfig config,
      @Nullable RequestHeaders headers,
      HttpStatus status,
      @Nullable String description,
      @Nullable Throwable cause) {
    String what = headers == null ? "this" : headers.method() + " " + headers.path();
    ApiException error = ofStatus(what, status, config);
    return AggregatedHttpResponse.of(error.headers(), error.content());
  }

  private static ApiException ofStatus(String what, HttpStatus status, ServiceConfig config) {
    String message =
        switch (status.code()) {
          case 404 -> what + ": there is no such route; see / for a chat and /v1/models for the models";
          case 405 -> what + ": this route does not take this method";
          case 413 -> what + ": the body is longer than this server's " + config.maxRequestLength() + " bytes";
          default -> what + ": " + status;
        };
    return ApiException.ofStatus(status, message);
  }
}
