package dev.athanor.serve;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.DecoratingHttpServiceFunction;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/// Lets through only who sends `Authorization: Bearer <key>`.
final class ApiKey implements DecoratingHttpServiceFunction {
  private final byte[] expected;

  ApiKey(String key) {
    this.expected = ("Bearer " + key).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public HttpResponse serve(HttpService delegate, ServiceRequestContext ctx, HttpRequest request) throws Exception {
    String given = request.headers().get(HttpHeaderNames.AUTHORIZATION);
    if (given == null) {
      throw ApiException.unauthorized("an API key is needed: send the header 'Authorization: Bearer <key>'");
    }
    // The same time for every wrong key, so that it cannot be guessed letter by letter.
    if (!MessageDigest.isEqual(expected, given.getBytes(StandardCharsets.UTF_8))) {
      throw ApiException.unauthorized("this API key is not the server's");
    }
    return delegate.serve(ctx, request);
  }
}
