package dev.athanor.serve;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import dev.athanor.base.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A request that is answered with OpenAI's error body: `{"error": {"message", "type", "param", "code"}}`.
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// Seconds after which a client that was turned away may ask again.
  private static final int RETRY_AFTER = 1;

  private final int status;
  private final String type;
  private final @Nullable String param;
  private final @Nullable String code;

  private ApiException(int status, String type, @Nullable String param, @Nullable String code, String message) {
    // No stack trace: this is an answer, not a bug.
    super(message, null, false, false);
    this.status = status;
    this.type = type;
    this.param = param;
    this.code = code;
  }

  /// A field that holds what it must not.
  static ApiException invalid(@Nullable String param, String message) {
    return invalid(param, null, message);
  }

  static ApiException invalid(@Nullable String param, @Nullable String code, String message) {
    return new ApiException(400, "invalid_request_error", param, code, message);
  }

  static ApiException modelNotFound(String model, Iterable<String> known) {
    return new ApiException(
        404,
        "invalid_request_error",
        "model",
        "model_not_found",
        "the model '" + model + "' does not exist here; there is: " + String.join(", ", known));
  }

  static ApiException contextLengthExceeded(String param, int promptTokens, int contextLength) {
    return invalid(
        param,
        "context_length_exceeded",
        "the prompt has "
            + promptTokens
            + " tokens; the model's context holds "
            + contextLength
            + ", of which the answer needs at least one; shorten the prompt");
  }

  static ApiException unauthorized(String message) {
    return new ApiException(401, "invalid_request_error", null, "invalid_api_key", message);
  }

  static ApiException overloaded(String message) {
    return new ApiException(429, "rate_limit_error", null, "queue_full", message);
  }

  static ApiException unavailable() {
    return new ApiException(
        503, "service_unavailable_error", null, "shutting_down", "the server is shutting down");
  }

  static ApiException internal(String message) {
    return new ApiException(500, "server_error", null, null, message);
  }

  /// An error that is known only by its HTTP status.
  static ApiException ofStatus(HttpStatus status, String message) {
    String type = status.isServerError() ? "server_error" : "invalid_request_error";
    return new ApiException(status.code(), type, null, null, message);
  }

  String message() {
    return String.valueOf(getMessage());
  }

  ObjectNode body() {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.putObject("error").put("message", message()).put("type", type).put("param", param).put("code", code);
    return body;
  }

  ResponseHeaders headers() {
    ResponseHeadersBuilder headers =
        ResponseHeaders.builder(HttpStatus.valueOf(status)).contentType(MediaType.JSON_UTF_8);
    switch (status) {
      case 401 -> headers.add(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
      case 429, 503 -> headers.addInt(HttpHeaderNames.RETRY_AFTER, RETRY_AFTER);
      default -> {}
    }
    return headers.build();
  }

  HttpData content() {
    return HttpData.ofUtf8(Json.write(body()));
  }

  HttpResponse response() {
    return HttpResponse.of(headers(), content());
  }
}
