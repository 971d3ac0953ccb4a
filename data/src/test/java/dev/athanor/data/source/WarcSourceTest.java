package dev.athanor.data.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import dev.athanor.base.Progress;
import dev.athanor.data.Document;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.netpreserve.jwarc.HttpResponse;
import org.netpreserve.jwarc.MediaType;
import org.netpreserve.jwarc.WarcCompression;
import org.netpreserve.jwarc.WarcResponse;
import org.netpreserve.jwarc.WarcWriter;
import org.netpreserve.jwarc.Warcinfo;

class WarcSourceTest {
  private static final String PROSE =
      "This is the text of page %d, and it is long enough to be told from what stands beside it: it has sentences, it has the words that"
          + " all of them are made of, and it goes on for more than two lines, as a paragraph on the web does when it has something to say.";

  @TempDir Path folder;
  private final List<Document> documents = new ArrayList<>();
  private final List<Extracted.SetAside> aside = new ArrayList<>();

  private void read(String name, byte[] content, int largest) throws IOException {
    Files.write(folder.resolve(name), content);
    SourceReader.read(
        new WarcSource(List.of(name), largest),
        SourceContext.of(folder, Progress.silent()),
        extracted -> {
          switch (extracted) {
            case Extracted.Text(var document) -> documents.add(document);
            case Extracted.SetAside set -> aside.add(set);
          }
        });
  }

  private void read(String name, byte[] content) throws IOException {
    read(name, content, 1 << 20);
  }

  private List<String> reasons() {
    return aside.stream().map(Extracted.SetAside::reason).toList();
  }

  private List<String> urls() {
    return documents.stream().map(Document::path).toList();
  }

  private static byte[] bytes(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static String html(int number) {
    return "<html><title>Page " + number + "</title><body><p>" + PROSE.formatted(number) + "</p></body></html>";
  }

  private static byte[] http(String headers, byte[] body) {
    return bytes(("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + headers + "\r\n").getBytes(UTF_8), body);
  }

  private static byte[] record(String type, String contentType, String url, long length, byte[] body) {
    String head =
        "WARC/1.0\r\nWARC-Type: %s\r\nWARC-Target-URI: %s\r\nWARC-Date: 2024-03-03T00:00:00Z\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
            .formatted(type, url, contentType, length);
    return bytes(head.getBytes(UTF_8), body, "\r\n\r\n".getBytes(UTF_8));
  }

  private static byte[] response(int number, long lie) {
    byte[] body = http("", html(number).getBytes(UTF_8));
    return record("response", "application/http; msgtype=response", "https://a.org/" + number, body.length + lie, body);
  }

  private static byte[] response(int number) {
    return response(number, 0);
  }

  private static byte[] response(byte[] httpBytes) {
    return record("response", "application/http", "https://a.org/x", httpBytes.length, httpBytes);
  }

  private static byte[] gzip(byte[] content) throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(content);
    }
    return packed.toByteArray();
  }

  /// As a member of an archive with that ending.
  private static byte[] pack(String ending, byte[] content) throws IOException {
    return ending.equals("gz") ? gzip(content) : zstd(content, new byte[0]);
  }

  private static byte[] zstd(byte[] content, byte[] dictionary) {
    try (var context = new ZstdCompressCtx()) {
      context.setChecksum(true);
      if (dictionary.length > 0) {
        context.loadDict(dictionary);
      }
      return context.compress(content);
    }
  }

  private static String kind(String ending) {
    return ending.equals("gz") ? "gzip" : "zstd";
  }

  private static final List<String> ONE_AND_THREE = List.of("https://a.org/1", "https://a.org/3");

  /// What the reference library writes, plain and packed.
  @ParameterizedTest
  @ValueSource(strings = {"a.warc", "a.warc.gz"})
  void read_fileOfJwarc_givesItsPages(String name) throws IOException {
    var compression = name.endsWith(".gz") ? WarcCompression.GZIP : WarcCompression.NONE;
    try (var channel = FileChannel.open(folder.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var writer = new WarcWriter(channel, compression)) {
      writer.write(new Warcinfo.Builder().date(Instant.EPOCH).fields(Map.of("software", List.of("test"))).build());
      for (int i = 1; i <= 3; i++) {
        byte[] body = html(i).getBytes(UTF_8);
        HttpResponse http = new HttpResponse.Builder(200, "OK").body(MediaType.HTML_UTF8, body).build();
        writer.write(
            new WarcResponse.Builder(URI.create("https://a.org/" + i)).date(Instant.parse("2024-03-03T00:00:00Z")).body(http).build());
      }
    }
    read(name, Files.readAllBytes(folder.resolve(name)));
    assertThat(documents).hasSize(3);
    assertThat(documents.get(1)).satisfies(
        document -> {
          assertThat(document.id()).isEqualTo(name + "!3");
          assertThat(document.path()).isEqualTo("https://a.org/2");
          assertThat(document.text()).isEqualTo(PROSE.formatted(2) + "\n");
          assertThat(document.metadata())
              .isEqualTo(
                  Map.of("url", "https://a.org/2", "date", "2024-03-03T00:00:00Z", "status", "200", "title", "Page 2", "docLanguage", "en"));
        });
    assertThat(aside).singleElement().extracting(Extracted.SetAside::detail).isEqualTo("a record of type 'warcinfo'");
  }

  /// One byte too many reaches into the end of the record; a thousand into the records behind it; a million to the end of the file.
  @ParameterizedTest
  @ValueSource(longs = {-300, -1, 5, 100, 1_000, 900_000, 5_000_000, 5_000_000_000L})
  void read_lyingLength_setsThatRecordAsideAndGoesOn(long lie) throws IOException {
    byte[] one = response(1);
    byte[] two = response(2, lie);
    byte[] three = response(3);
    String expected = lie > 900_000 ? "record too large" : "wrong length";
    read("a.warc", bytes(one, two, three));
    assertThat(urls()).isEqualTo(ONE_AND_THREE);
    assertThat(reasons()).containsExactly(expected);
    assertThat(aside.getFirst().place()).isEqualTo("a.warc, record 2 at byte %d".formatted(one.length));
    documents.clear();
    aside.clear();
    read("a.warc.gz", bytes(gzip(one), gzip(two), gzip(three)));
    assertThat(urls()).isEqualTo(ONE_AND_THREE);
    assertThat(reasons()).containsExactly(expected);
    documents.clear();
    aside.clear();
    read("b.warc.gz", gzip(bytes(one, two, three)));
    assertThat(urls()).isEqualTo(ONE_AND_THREE);
    assertThat(reasons()).containsExactly(expected);
    documents.clear();
    aside.clear();
    read("c.warc.zst", bytes(pack("zst", one), pack("zst", two), pack("zst", three)));
    assertThat(urls()).isEqualTo(ONE_AND_THREE);
    assertThat(reasons()).containsExactly(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gz", "zst"})
  void read_truncatedFile_giveWhatCameBeforeAndOneMore(String ending) throws IOException {
    byte[] packed = bytes(pack(ending, response(1)), pack(ending, response(2)));
    read("a.warc." + ending, Arrays.copyOf(packed, packed.length - 30));
    assertThat(urls()).containsExactly("https://a.org/1");
    assertThat(reasons()).containsExactly("truncated " + kind(ending));
    aside.clear();
    byte[] plain = bytes(response(1), response(2));
    read("a.warc", Arrays.copyOf(plain, plain.length - 30));
    assertThat(reasons()).containsExactly("wrong length");
  }

  /// Wherever a byte is wrong, reading comes to an end, and what lies in other members is there.
  @ParameterizedTest
  @ValueSource(strings = {"gz", "zst"})
  void read_damagedAnywhere_keepsTheOtherMembers(String ending) throws IOException {
    byte[] first = pack(ending, response(1));
    byte[] second = pack(ending, response(2));
    byte[] third = pack(ending, response(3));
    var random = new Random(5);
    for (int round = 0; round < 60; round++) {
      byte[] damaged = second.clone();
      int at = round < 12 ? round : random.nextInt(damaged.length - 8);
      damaged[at] ^= (byte) (1 + random.nextInt(255));
      documents.clear();
      read("a.warc." + ending, bytes(first, damaged, third));
      assertThat(urls()).as("byte " + at).startsWith("https://a.org/1").endsWith("https://a.org/3").hasSizeLessThanOrEqualTo(3);
    }
    assertThat(reasons()).contains("damaged " + kind(ending));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void read_dictionaryInTheFirstFrame_unpacksTheOthers(boolean packed) throws IOException {
    byte[][] samples = new byte[400][];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = response(1000 + i);
    }
    byte[] space = new byte[4096];
    byte[] dictionary = Arrays.copyOf(space, (int) Zstd.trainFromBuffer(samples, space));
    byte[] stored = packed ? Zstd.compress(dictionary) : dictionary;
    byte[] head = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(0x184D2A5D).putInt(stored.length).array();
    byte[] other = ByteBuffer.allocate(11).order(ByteOrder.LITTLE_ENDIAN).putInt(0x184D2A51).putInt(3).array();
    byte[] one = zstd(response(1), dictionary);
    assertThat(one).hasSizeLessThan(zstd(response(1), new byte[0]).length / 2);
    read("a.warc.zst", bytes(head, stored, one, other, zstd(response(2), dictionary), zstd(response(3), dictionary)));
    assertThat(urls()).containsExactly("https://a.org/1", "https://a.org/2", "https://a.org/3");
    assertThat(aside).isEmpty();
    documents.clear();
    read("b.warc.zst", bytes(one, pack("zst", response(2))));
    assertThat(urls()).containsExactly("https://a.org/2");
    assertThat(reasons()).containsExactly("damaged zstd");
    aside.clear();
    byte[] lie = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(0x184D2A5D).putInt(-1).array();
    read("c.warc.zst", bytes(lie, stored, pack("zst", response(2))));
    assertThat(urls()).contains("https://a.org/2");
    assertThat(reasons()).contains("truncated zstd");
  }

  @Test
  void read_noise_isOneRecordSetAside() throws IOException {
    byte[] noise = new byte[300_000];
    new Random(1).nextBytes(noise);
    read("a.warc", noise);
    assertThat(reasons()).containsExactly("not a WARC record");
    aside.clear();
    read("a.warc.gz", noise);
    assertThat(documents).isEmpty();
    assertThat(reasons()).containsExactly("damaged gzip");
    aside.clear();
    read("a.warc.zst", noise);
    assertThat(documents).isEmpty();
    assertThat(reasons()).containsExactly("damaged zstd");
  }

  @Test
  void read_bombs_areSetAsideAndTheRestIsRead() throws IOException {
    byte[] packed = gzip(new byte[64 << 20]);
    byte[] inHttp = response(http("Content-Encoding: gzip\r\n", packed));
    read("a.warc.gz", bytes(gzip(response(1)), gzip(inHttp), gzip(response(3))), 32 << 20);
    assertThat(urls()).isEqualTo(ONE_AND_THREE);
    assertThat(reasons()).containsExactly("zip bomb");
    documents.clear();
    aside.clear();
    var member = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(member)) {
      gzip.write("WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 999999999\r\n\r\n".getBytes(UTF_8));
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 64; i++) {
        gzip.write(zeros);
      }
    }
    read("b.warc.gz", bytes(gzip(response(1)), member.toByteArray(), gzip(response(3))));
    assertThat(urls()).isEqualTo(ONE_AND_THREE);
    assertThat(reasons()).containsExactly("zip bomb");
    documents.clear();
    aside.clear();
    byte[] lying = "WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 999999999\r\n\r\n".getBytes(UTF_8);
    byte[] bomb = pack("zst", bytes(lying, new byte[256 << 20]));
    assertThat(bomb).hasSizeLessThan(100_000);
    read("c.warc.zst", bytes(pack("zst", response(1)), bomb, pack("zst", response(3))));
    assertThat(urls()).isEqualTo(ONE_AND_THREE);
    assertThat(reasons()).containsExactly("zip bomb");
  }

  @Test
  void read_pageBeyondTheLimit_isSetAside() throws IOException {
    byte[] page = ("<p>" + PROSE.repeat(30) + "</p>").getBytes(UTF_8);
    read("a.warc", bytes(response(http("", page)), response(http("Content-Encoding: gzip\r\n", gzip(page))), response(1)), 2000);
    assertThat(reasons()).containsExactly("record too large", "page too large");
    assertThat(urls()).containsExactly("https://a.org/1");
  }

  @Test
  void read_chunkedAndPackedBodies_areUndone() throws IOException {
    byte[] page = html(7).getBytes(UTF_8);
    byte[] packed = gzip(page);
    int half = packed.length / 2;
    byte[] chunks =
        bytes(
            (Integer.toHexString(half) + ";x=y\r\n").getBytes(UTF_8), Arrays.copyOf(packed, half), "\r\n".getBytes(UTF_8),
            (Integer.toHexString(packed.length - half) + "\r\n").getBytes(UTF_8), Arrays.copyOfRange(packed, half, packed.length),
            "\r\n0\r\n\r\n".getBytes(UTF_8));
    read(
        "a.warc",
        bytes(
            response(http("Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n", chunks)),
            response(http("Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n", page)),
            response(http("Transfer-Encoding: chunked\r\n", Arrays.copyOf(chunks, chunks.length - 40))),
            response(http("Content-Encoding: gzip\r\n", Arrays.copyOf(packed, half))),
            response(http("Content-Encoding: br\r\n", packed))));
    assertThat(documents).hasSize(2).extracting(Document::text).containsOnly(PROSE.formatted(7) + "\n");
    assertThat(reasons()).containsExactly("truncated HTTP body", "damaged HTTP body", "unknown content encoding");
  }

  @Test
  void read_chinesePage_isDecodedAsItsBytesAre() throws IOException {
    String text = "黄河是世界上含沙量最大的河流之一，每年输送的泥沙曾经多达十六亿吨。这些泥沙大多来自黄土高原，那里土质疏松，植被稀少，一遇暴雨，坡面上的土就随水流走，汇入干流。";
    byte[] page = ("<html><body><p>" + text + "</p></body></html>").getBytes(Charset.forName("GB18030"));
    read("a.warc", response(http("", page)));
    assertThat(documents).singleElement().satisfies(
        document -> {
          assertThat(document.text()).isEqualTo(text + "\n");
          assertThat(document.metadata()).containsEntry("encoding", "GB18030").containsEntry("docLanguage", "zh");
        });
  }

  @Test
  void read_otherRecords_areCountedByReason() throws IOException {
    byte[] missing = "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n<p>gone".getBytes(UTF_8);
    byte[] image = "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\nxx".getBytes(UTF_8);
    byte[] wet = "纯文本".getBytes(UTF_8);
    read(
        "a.warc",
        bytes(
            response(missing), response(image), response("no http".getBytes(UTF_8)), response(http("", "<p>hi".getBytes(UTF_8))),
            record("request", "application/http", "https://a.org/r", 3, "GET".getBytes(UTF_8)),
            record("conversion", "text/plain", "https://a.org/t", wet.length, wet)));
    assertThat(reasons()).containsExactly("HTTP status", "not HTML", "not HTTP", "no main text", "no page");
    assertThat(documents).singleElement().extracting(Document::text).isEqualTo("纯文本");
  }
}
