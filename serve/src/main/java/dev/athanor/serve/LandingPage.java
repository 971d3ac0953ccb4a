package dev.athanor.serve;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.HttpService;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/// The page at `/`: a chat with the served models, in one file that loads nothing from elsewhere.
final class LandingPage {
  private static final ResponseHeaders HEADERS =
      ResponseHeaders.builder(HttpStatus.OK)
          .contentType(MediaType.HTML_UTF_8)
          .add(
              HttpHeaderNames.CONTENT_SECURITY_POLICY,
              "default-src 'none'; connect-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
                  + "img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
          .add(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
          .build();

  private LandingPage() {}

  static HttpService load() {
    try (InputStream page = Objects.requireNonNull(LandingPage.class.getResourceAsStream("chat.html"), "chat.html")) {
      HttpData html = HttpData.wrap(page.readAllBytes());
      return (ctx, request) -> HttpResponse.of(HEADERS, html);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read chat.html", e);
    }
  }
}
