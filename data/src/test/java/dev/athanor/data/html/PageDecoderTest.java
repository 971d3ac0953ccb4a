package dev.athanor.data.html;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PageDecoderTest {
  private static final String SIMPLIFIED = "<p>黄河是世界上含沙量最大的河流之一，这些泥沙大多来自黄土高原，一遇暴雨就随水流走。㐀</p>";
  private static final String TRADITIONAL = "<p>黃河是世界上含沙量最大的河流之一，這些泥沙大多來自黃土高原，一遇暴雨就隨水流走。</p>";

  private static void decodes(String text, String charset, @Nullable String http, String expected) {
    PageDecoder.Decoded decoded = PageDecoder.decode(text.getBytes(Charset.forName(charset)), http);
    assertThat(decoded.text()).isEqualTo(text);
    assertThat(decoded.charset()).isEqualTo(expected);
  }

  @Test
  void decode_saidByHttpOrPage_isThat() {
    decodes(SIMPLIFIED, "GB18030", "gbk", "GB18030");
    decodes("<html><meta charset=\"gb2312\">" + SIMPLIFIED, "GB18030", null, "GB18030");
    decodes("<META HTTP-EQUIV='Content-Type' CONTENT='text/html; charset=big5'>" + TRADITIONAL, "Big5", null, "Big5-HKSCS");
    decodes("<?xml version='1.0' encoding='Shift_JIS'?><p>日本語の文章です。</p>", "Shift_JIS", null, "Shift_JIS");
    decodes("<p>naïve “quotes”</p>", "windows-1252", "ISO-8859-1", "windows-1252");
  }

  @Test
  void decode_nothingSaid_isToldFromTheBytes() {
    decodes(SIMPLIFIED, "UTF-8", null, "UTF-8");
    decodes(SIMPLIFIED, "GB18030", null, "GB18030");
    decodes(TRADITIONAL, "Big5", null, "Big5-HKSCS");
    decodes("<p>déjà vu, garçon</p>", "windows-1252", null, "windows-1252");
    decodes("plain", "US-ASCII", null, "UTF-8");
  }

  @Test
  void decode_whatWasSaidIsNotTrue_isToldFromTheBytes() {
    decodes("<meta charset=utf-8>" + SIMPLIFIED, "GB18030", "UTF-8", "GB18030");
    decodes("<meta charset=utf-8>" + SIMPLIFIED, "UTF-8", "gb2312", "UTF-8");
    decodes("<meta charset=no-such-thing>" + SIMPLIFIED, "GB18030", "?!", "GB18030");
  }

  @Test
  void decode_byteOrderMark_comesFirst() {
    decodesMarked("\uFEFF" + SIMPLIFIED, UTF_8);
    decodesMarked("\uFEFF" + SIMPLIFIED, StandardCharsets.UTF_16LE);
    decodesMarked("\uFEFF" + SIMPLIFIED, StandardCharsets.UTF_16BE);
  }

  private static void decodesMarked(String marked, Charset charset) {
    PageDecoder.Decoded decoded = PageDecoder.decode(marked.getBytes(charset), "gbk");
    assertThat(decoded.text()).isEqualTo(marked.substring(1));
    assertThat(decoded.charset()).isEqualTo(charset.name());
  }

  /// One byte of a long page that is broken, or a character cut off at its end, is no other encoding.
  @Test
  void decode_fewBrokenBytes_areReplaced() {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(SIMPLIFIED.repeat(10).getBytes(UTF_8));
    bytes.write(0xE4);
    assertThat(PageDecoder.decode(bytes.toByteArray(), null)).isEqualTo(
        new PageDecoder.Decoded(SIMPLIFIED.repeat(10) + "\uFFFD", "UTF-8"));
  }
}
