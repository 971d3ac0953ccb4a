package dev.athanor.tokenizer.pipeline;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/// The decoders of a `tokenizer.json`.
final class Decoders {
  private static final String SUPPORTED =
      "Sequence, ByteLevel, WordPiece, Metaspace, BPEDecoder, Replace, ByteFallback, Fuse, Strip, CTC";

  private Decoders() {}

  /// Without a decoder tokens are joined by spaces.
  static List<Decoder> read(Place place) {
    if (place.isUnset()) {
      return List.of(next -> new Mapped(next, token -> token, " "));
    }
    if (!place.type().equals("Sequence")) {
      return List.of(one(place));
    }
    List<Decoder> all = new ArrayList<>();
    for (Place step : place.at("decoders").items()) {
      if (step.type().equals("Sequence")) {
        all.addAll(read(step));
      } else {
        all.add(one(step));
      }
    }
    return List.copyOf(all);
  }

  private static Decoder one(Place place) {
    return switch (place.type()) {
      case "ByteLevel" -> ByteLevelDecoding::new;
      case "WordPiece" -> {
        String prefix = place.at("prefix").optionalText().orElse("##");
        boolean cleanup = place.flag("cleanup", true);
        yield next -> new WordPieceDecoding(next, prefix, cleanup);
      }
      case "Metaspace" -> {
        int replacement = PreTokenizers.character(place.at("replacement"));
        boolean dropped = Metaspace.prependAt(place) != Metaspace.Prepend.NEVER;
        yield next -> new MetaspaceDecoding(next, Character.toString(replacement), dropped);
      }
      case "BPEDecoder" -> {
        String suffix = place.at("suffix").optionalText().orElse("</w>");
        yield next -> new SuffixDecoding(next, suffix);
      }
      case "Replace" -> {
        Finder pattern = Normalizers.finder(place.at("pattern"));
        String content = place.at("content").text();
        yield next -> new Mapped(next, token -> replace(token, pattern, content), "");
      }
      case "ByteFallback" -> BytesDecoding::new;
      case "Fuse" -> FuseDecoding::new;
      case "Strip" -> {
        int content = PreTokenizers.character(place.at("content"));
        int start = place.at("start").number(0, Integer.MAX_VALUE);
        int stop = place.at("stop").number(0, Integer.MAX_VALUE);
        yield next -> new StripDecoding(next, Character.toString(content), start, stop);
      }
      case "CTC" -> {
        String pad = place.at("pad_token").optionalText().orElse("<pad>");
        String delimiter = place.at("word_delimiter_token").optionalText().orElse("|");
        boolean cleanup = place.flag("cleanup", true);
        yield next -> new CtcDecoding(next, pad, delimiter, cleanup);
      }
      default -> throw place.unsupported(SUPPORTED);
    };
  }

  private static String replace(String token, Finder pattern, String content) {
    Parts parts = pattern.find(token);
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < parts.size(); i++) {
      if (parts.isMatch(i)) {
        out.append(content);
      } else {
        out.append(token, parts.start(i), parts.end(i));
      }
    }
    return out.toString();
  }

  /// English as it is written: no space before punctuation and shortened words.
  private static String cleaned(String text) {
    return text.replace(" .", ".")
        .replace(" ?", "?")
        .replace(" !", "!")
        .replace(" ,", ",")
        .replace(" ' ", "'")
        .replace(" n't", "n't")
        .replace(" 'm", "'m")
        .replace(" do not", " don't")
        .replace(" 's", "'s")
        .replace(" 've", "'ve")
        .replace(" 're", "'re");
  }

  /// Every token by itself, with a separator before all but the first.
  private static final class Mapped extends Decoding.Whole {
    private final UnaryOperator<String> change;
    private final String separator;
    private boolean started;

    Mapped(Decoding next, UnaryOperator<String> change, String separator) {
      super(next);
      this.change = change;
      this.separator = separator;
    }

    @Override
    void take(String token) {
      give((started ? separator : "") + change.apply(token));
      started = true;
    }
  }

  /// Tokens are bytes; a token with another character in it stands for its own UTF-8.
  private static final class ByteLevelDecoding extends Decoding.Whole {
    private final Utf8Text text = new Utf8Text();

    ByteLevelDecoding(Decoding next) {
      super(next);
    }

    @Override
    void take(String token) {
      byte[] bytes = ByteLevel.read(token);
      givePart(text.feed(bytes == null ? token.getBytes(StandardCharsets.UTF_8) : bytes));
    }

    @Override
    void finish() {
      give(text.finish());
      super.finish();
    }
  }

  private static final class WordPieceDecoding extends Decoding.Whole {
    private final String prefix;
    private final boolean cleanup;
    private boolean started;

    WordPieceDecoding(Decoding next, String prefix, boolean cleanup) {
      super(next);
      this.prefix = prefix;
      this.cleanup = cleanup;
    }

    @Override
    void take(String token) {
      String spaced = token;
      if (started) {
        spaced = token.startsWith(prefix) ? token.substring(prefix.length()) : " " + token;
      }
      started = true;
      give(cleanup ? cleaned(spaced) : spaced);
    }
  }

  private static final class MetaspaceDecoding extends Decoding.Whole {
    private final String replacement;
    private boolean dropped;

    /// @param dropped whether the first token's spaces are
    MetaspaceDecoding(Decoding next, String replacement, boolean dropped) {
      super(next);
      this.replacement = replacement;
      this.dropped = dropped;
    }

    @Override
    void take(String token) {
      give(token.replace(replacement, dropped ? "" : " "));
      dropped = false;
    }
  }

  /// The suffix of words is a space, in the last token nothing: a token with one waits for the next.
  private static final class SuffixDecoding extends Decoding.Whole {
    private final String suffix;
    private String waiting = "";
    private boolean isWaiting;

    SuffixDecoding(Decoding next, String suffix) {
      super(next);
      this.suffix = suffix;
    }

    @Override
    void take(String token) {
      release(" ");
      int at = token.indexOf(suffix);
      givePart(at < 0 ? token : token.substring(0, at));
      waiting = at < 0 ? "" : token.substring(at);
      isWaiting = true;
    }

    private void release(String space) {
      if (isWaiting) {
        give(waiting.replace(suffix, space));
        isWaiting = false;
      }
    }

    @Override
    void finish() {
      release("");
      super.finish();
    }
  }

  /// `<0x41>` is a byte. Bytes in a row are text if all of them together are UTF-8, else each is U+FFFD; so they wait for
  /// the end of the row.
  private static final class BytesDecoding extends Decoding.Whole {
    private byte[] bytes = {};
    private int size;

    BytesDecoding(Decoding next) {
      super(next);
    }

    @Override
    void take(String token) {
      int value = byteOf(token);
      if (value < 0) {
        release();
        give(token);
        return;
      }
      if (size == bytes.length) {
        bytes = Arrays.copyOf(bytes, size * 2 + 8);
      }
      bytes[size++] = (byte) value;
    }

    private void release() {
      if (size > 0) {
        try {
          give(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, size)).toString());
        } catch (CharacterCodingException e) {
          for (int i = 0; i < size; i++) {
            give("\uFFFD");
          }
        }
        size = 0;
      }
    }

    @Override
    void finish() {
      release();
      super.finish();
    }
  }

  /// The byte that `<0x41>` names, or -1.
  static int byteOf(String token) {
    if (token.length() != 6 || !token.startsWith("<0x") || !token.endsWith(">")) {
      return -1;
    }
    int high = Character.digit(token.charAt(3), 16);
    int low = Character.digit(token.charAt(4), 16);
    return high < 0 || low < 0 || token.charAt(3) > 'f' || token.charAt(4) > 'f' ? -1 : high * 16 + low;
  }

  /// All tokens are one.
  private static final class FuseDecoding extends Decoding {
    FuseDecoding(Decoding next) {
      super(next);
    }

    @Override
    void part(String part) {
      givePart(part);
    }

    @Override
    void endToken() {}

    @Override
    void finish() {
      giveEnd();
      super.finish();
    }
  }

  /// Takes off so many characters of a kind at the start and at the end of every token.
  private static final class StripDecoding extends Decoding {
    private final String content;
    private final int start;
    private final int stop;
    private int cut;
    private boolean beginning = true;
    private int held;

    StripDecoding(Decoding next, String content, int start, int stop) {
      super(next);
      this.content = content;
      this.start = start;
      this.stop = stop;
    }

    @Override
    void part(String part) {
      int from = 0;
      while (beginning && from < part.length()) {
        beginning = cut < start && part.startsWith(content, from);
        if (beginning) {
          cut++;
          from += content.length();
        }
      }
      int to = part.length();
      int atEnd = 0;
      while (atEnd < stop && to - content.length() >= from && part.startsWith(content, to - content.length())) {
        to -= content.length();
        atEnd++;
      }
      if (to > from) {
        givePart(content.repeat(held) + part.substring(from, to));
        held = atEnd;
      } else if (atEnd > 0) {
        held += atEnd;
      }
      if (held > stop) {
        givePart(content.repeat(held - stop));
        held = stop;
      }
    }

    @Override
    void endToken() {
      giveEnd();
      beginning = true;
      cut = 0;
      held = 0;
    }
  }

  private static final class CtcDecoding extends Decoding.Whole {
    private final String pad;
    private final String delimiter;
    private final boolean cleanup;
    private String last = "";
    private boolean started;

    CtcDecoding(Decoding next, String pad, String delimiter, boolean cleanup) {
      super(next);
      this.pad = pad;
      this.delimiter = delimiter;
      this.cleanup = cleanup;
    }

    @Override
    void take(String token) {
      if (started && token.equals(last)) {
        return;
      }
      started = true;
      last = token;
      String text = pad.isEmpty() ? token : token.replace(pad, "");
      String clean = cleanup ? cleaned(text).replace(delimiter, " ") : text;
      if (!clean.isEmpty()) {
        give(clean);
      }
    }
  }
}
