package dev.athanor.data.html;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Bytes of a page to text. In this order: a byte order mark; what HTTP says; what the page says in a `meta` tag; what the bytes look
/// like. A claim is believed where the bytes bear it out: where more than one in a hundred of the characters beyond ASCII is none
/// in that encoding, the bytes decide (UTF-8, GB18030, Big5, else Windows-1252).
public final class PageDecoder {
  private static final Charset GB18030 = Charset.forName("GB18030");
  private static final Charset BIG5 = Charset.forName("Big5-HKSCS");
  private static final Charset WINDOWS_1252 = Charset.forName("windows-1252");

  /// A page says its encoding in its first bytes (the HTML standard's prescan: 1,024; pages in the wild are later).
  private static final int PRESCAN = 4096;

  private static final Pattern META =
      Pattern.compile("<meta[^>]{0,400}?charset\\s*=\\s*[\"']?\\s*([A-Za-z0-9_:.-]{2,40})", Pattern.CASE_INSENSITIVE);
  private static final Pattern XML = Pattern.compile("^\\s*<\\?xml[^>]{0,200}?encoding\\s*=\\s*[\"']([A-Za-z0-9_:.-]{2,40})[\"']");
  private static final double MOST_MALFORMED = 0.01;

  /// The commonest characters of written Chinese, simplified and traditional, and the stops: what a wrong encoding does not give.
  private static final String COMMON =
      "的一是不了在人有我他这这中大来上国個到說说们們为為子和你地出道也时時年得就那要下以生会會自着去之过過家学學对對可她里裡后後小么麼心多天而能好都然没沒日于於起还還发發成事只作当當想看文无無开開手十用主行方又如前所本见見经經头頭面公同三已老从從动動两兩长長"
          + "，。、！？：；（）“”《》「」";

  private static final BitSet IS_COMMON = new BitSet();

  static {
    COMMON.chars().forEach(IS_COMMON::set);
  }

  private PageDecoder() {}

  /// @param charset that it was decoded with, by its Java name: "UTF-8", "GB18030", "Big5-HKSCS", "windows-1252", …
  public record Decoded(String text, String charset) {}

  /// @param httpCharset of the `Content-Type` header, where it has one
  public static Decoded decode(byte[] bytes, @Nullable String httpCharset) {
    int mark = markLength(bytes);
    if (mark > 0) {
      Charset charset = mark == 3 ? StandardCharsets.UTF_8 : bytes[0] == (byte) 0xFE ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_16LE;
      return lenient(ByteBuffer.wrap(bytes, mark, bytes.length - mark), charset);
    }
    String head = new String(bytes, 0, Math.min(bytes.length, PRESCAN), StandardCharsets.ISO_8859_1);
    List<Charset> claims =
        Stream.of(Optional.ofNullable(httpCharset), first(META, head), first(XML, head))
            .flatMap(name -> name.flatMap(PageDecoder::charset).stream())
            .distinct()
            .toList();
    for (Charset claim : claims) {
      Decoded decoded = lenient(ByteBuffer.wrap(bytes), claim);
      if (malformed(decoded.text) <= MOST_MALFORMED) {
        return decoded;
      }
    }
    return guess(bytes);
  }

  private static int markLength(byte[] bytes) {
    if (bytes.length >= 3 && bytes[0] == (byte) 0xEF && bytes[1] == (byte) 0xBB && bytes[2] == (byte) 0xBF) {
      return 3;
    }
    boolean utf16 = bytes.length >= 2 && ((bytes[0] == (byte) 0xFE && bytes[1] == (byte) 0xFF) || (bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xFE));
    return utf16 ? 2 : 0;
  }

  private static Optional<String> first(Pattern pattern, String head) {
    Matcher matcher = pattern.matcher(head);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /// As browsers read the names (the Encoding standard): GB2312 and GBK are GB18030, Latin-1 is Windows-1252, a page that could be
  /// read far enough to say UTF-16 is not in it.
  static Optional<Charset> charset(String name) {
    String lower = name.strip().toLowerCase(Locale.ROOT).replace("_", "-");
    return switch (lower) {
      case "utf8", "utf-16", "utf-16le", "utf-16be", "unicode" -> Optional.of(StandardCharsets.UTF_8);
      case "gb2312", "gbk", "gb-2312", "gb2312-80", "x-gbk", "cp936", "gb18030", "chinese" -> Optional.of(GB18030);
      case "big5", "big5-hkscs", "big-5", "x-x-big5" -> Optional.of(BIG5);
      case "iso-8859-1", "latin1", "ascii", "us-ascii", "iso8859-1" -> Optional.of(WINDOWS_1252);
      default -> named(lower);
    };
  }

  private static Optional<Charset> named(String name) {
    try {
      return Optional.of(Charset.forName(name));
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      return Optional.empty();
    }
  }

  private static Decoded guess(byte[] bytes) {
    Decoded utf8 = lenient(ByteBuffer.wrap(bytes), StandardCharsets.UTF_8);
    if (malformed(utf8.text) <= MOST_MALFORMED) {
      return utf8;
    }
    Decoded chinese = lenient(ByteBuffer.wrap(bytes), GB18030);
    Decoded traditional = lenient(ByteBuffer.wrap(bytes), BIG5);
    Decoded better = common(traditional.text) > common(chinese.text) ? traditional : chinese;
    return common(better.text) > 0.05 && malformed(better.text) < 0.05 ? better : lenient(ByteBuffer.wrap(bytes), WINDOWS_1252);
  }

  private static Decoded lenient(ByteBuffer bytes, Charset charset) {
    CharsetDecoder decoder =
        charset.newDecoder().onMalformedInput(CodingErrorAction.REPLACE).onUnmappableCharacter(CodingErrorAction.REPLACE);
    try {
      CharBuffer text = decoder.decode(bytes);
      return new Decoded(text.toString(), charset.name());
    } catch (java.nio.charset.CharacterCodingException e) {
      throw new IllegalStateException("what is malformed is replaced", e);
    }
  }

  /// The share of U+FFFD in what is beyond ASCII.
  private static double malformed(String text) {
    long beyond = 0;
    long bad = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      beyond += c >= 0x80 ? 1 : 0;
      bad += c == '\uFFFD' ? 1 : 0;
    }
    return beyond == 0 ? 0 : (double) bad / beyond;
  }

  /// The share of common characters in what is beyond ASCII.
  private static double common(String text) {
    long beyond = 0;
    long hits = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        beyond++;
        hits += IS_COMMON.get(c) ? 1 : 0;
      }
    }
    return beyond == 0 ? 0 : (double) hits / beyond;
  }
}
