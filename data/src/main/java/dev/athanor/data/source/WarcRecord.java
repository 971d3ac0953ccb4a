package dev.athanor.data.source;

import dev.athanor.data.DocLanguage;
import dev.athanor.data.Document;
import dev.athanor.data.html.HtmlText;
import dev.athanor.data.html.PageDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// A record of a WARC file on its way to be a document: a page of a response or resource, or the text of a conversion (WET).
///
/// @param number in its file, from 1
/// @param largest bytes that a page may unpack to
record WarcRecord(String origin, long number, String place, Headers headers, byte[] body, int largest) {
  Extracted extract() {
    String type = headers.get("warc-type");
    return switch (type) {
      case "response" -> response();
      case "resource" -> page(headers, body, Map.of());
      case "conversion" -> text();
      default -> aside("no page", "a record of type '" + Strings.shortened(type, 40) + "'");
    };
  }

  private Extracted response() {
    if (!headers.mediaType().equals("application/http")) {
      return aside("not HTTP", headers.get("content-type"));
    }
    HttpPayload payload;
    try {
      payload = HttpPayload.parse(body, largest);
    } catch (HttpPayload.BadResponse e) {
      return aside(e.reason(), String.valueOf(e.getMessage()));
    }
    if (payload.status() < 200 || payload.status() > 299) {
      return aside("HTTP status", String.valueOf(payload.status()));
    }
    return page(payload.headers(), payload.body(), Map.of("status", String.valueOf(payload.status())));
  }

  private Extracted page(Headers described, byte[] content, Map<String, String> facts) {
    String type = described.mediaType();
    boolean html = type.equals("text/html") || type.equals("application/xhtml+xml") || (type.isEmpty() && looksLikeHtml(content));
    if (!html) {
      return aside("not HTML", type);
    }
    PageDecoder.Decoded decoded = PageDecoder.decode(content, described.charset());
    HtmlText.Page page = HtmlText.of(decoded.text());
    if (page.text().isEmpty()) {
      return aside("no main text", Strings.shortened(page.title(), 80));
    }
    var metadata = new LinkedHashMap<String, String>(facts);
    put(metadata, "title", page.title());
    put(metadata, "page_language", page.language());
    put(metadata, "encoding", decoded.charset().equals("UTF-8") ? "" : decoded.charset());
    return document(page.text(), metadata);
  }

  private static boolean looksLikeHtml(byte[] content) {
    String head = new String(content, 0, Math.min(content.length, 1024), StandardCharsets.ISO_8859_1).stripLeading();
    return head.regionMatches(true, 0, "<!doctype html", 0, 14) || head.regionMatches(true, 0, "<html", 0, 5);
  }

  private Extracted text() {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
      return text.isBlank() ? aside("no main text", "") : document(text, new LinkedHashMap<>());
    } catch (CharacterCodingException e) {
      return aside("not UTF-8", String.valueOf(e.getMessage()));
    }
  }

  private Extracted document(String text, Map<String, String> metadata) {
    String url = Strings.sound(headers.get("warc-target-uri"));
    String bare = url.startsWith("<") && url.endsWith(">") ? url.substring(1, url.length() - 1) : url;
    put(metadata, "url", bare);
    put(metadata, "date", headers.get("warc-date"));
    metadata.put("docLanguage", DocLanguage.of(text, "text"));
    return new Extracted.Text(
        new Document(origin + "!" + number, Strings.sound(text), origin, bare, SpdxLicence.UNKNOWN, "text", metadata));
  }

  private static void put(Map<String, String> metadata, String key, String value) {
    if (!value.isEmpty()) {
      metadata.put(key, value);
    }
  }

  private Extracted.SetAside aside(String reason, String detail) {
    return new Extracted.SetAside(place, reason, detail);
  }
}
