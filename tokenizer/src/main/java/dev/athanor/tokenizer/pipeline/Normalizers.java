package dev.athanor.tokenizer.pipeline;

import java.text.Normalizer.Form;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;
import java.util.regex.PatternSyntaxException;

/// The normalizers of a `tokenizer.json`.
final class Normalizers {
  private static final String SUPPORTED =
      "Sequence, NFC, NFD, NFKC, NFKD, Lowercase, Strip, StripAccents, Replace, Prepend, BertNormalizer, Precompiled, Nmt, ByteLevel";

  private Normalizers() {}

  static Normalizer read(Place place) {
    if (place.isUnset()) {
      return text -> {};
    }
    return switch (place.type()) {
      case "Sequence" -> sequence(place.at("normalizers").items().stream().map(Normalizers::read).toList());
      case "NFC" -> new UnicodeForm(Form.NFC);
      case "NFD" -> new UnicodeForm(Form.NFD);
      case "NFKC" -> new UnicodeForm(Form.NFKC);
      case "NFKD" -> new UnicodeForm(Form.NFKD);
      case "Lowercase" -> Normalizers::lowercase;
      case "Strip" -> strip(place.flag("strip_left", true), place.flag("strip_right", true));
      case "StripAccents" -> text -> filter(text, c -> !Kinds.isMark(c));
      case "Replace" -> replace(place);
      case "Prepend" -> {
        String before = place.at("prepend").text();
        yield text -> text.prepend(before);
      }
      case "BertNormalizer" -> bert(place);
      case "Precompiled" -> Charsmap.at(place.at("precompiled_charsmap"), place.at("sentencepiece"));
      case "Nmt" -> Normalizers::nmt;
      case "ByteLevel" -> ByteLevel::spell;
      default -> throw place.unsupported(SUPPORTED);
    };
  }

  private static Normalizer sequence(List<Normalizer> steps) {
    return text -> steps.forEach(step -> step.normalize(text));
  }

  private static Normalizer replace(Place place) {
    Finder wanted = finder(place.at("pattern"));
    String content = place.at("content").text();
    return text -> replace(text, wanted, content);
  }

  /// `{"String": …}` or `{"Regex": …}`.
  static Finder finder(Place pattern) {
    Place string = pattern.at("String");
    if (!string.isUnset()) {
      return string.text().isEmpty() ? Finder.of(Oniguruma.compile("")) : Finder.of(string.text());
    }
    Place regex = pattern.at("Regex");
    if (regex.isUnset()) {
      throw pattern.bad("is neither {\"String\": …} nor {\"Regex\": …}");
    }
    try {
      return Finder.of(Oniguruma.compile(regex.text()));
    } catch (PatternSyntaxException e) {
      throw regex.bad("is not a pattern that java.util.regex reads: " + e.getMessage(), e);
    }
  }

  static void replace(Text text, Finder wanted, String content) {
    String string = text.string();
    if (string.isEmpty()) {
      return;
    }
    Parts parts = wanted.find(string);
    Text.Edit edit = text.edit();
    for (int i = 0; i < parts.size(); i++) {
      if (parts.isMatch(i)) {
        edit.skip(string.codePointCount(parts.start(i), parts.end(i)));
        for (int at = 0; at < content.length(); at += Text.width(content, at)) {
          edit.put(content.codePointAt(at), 1);
        }
      } else {
        edit.keep(parts.end(i));
      }
    }
    edit.done();
  }

  static void lowercase(Text text) {
    String string = text.string();
    if (string.codePoints().noneMatch(c -> Character.toLowerCase(c) != c)) {
      return;
    }
    Text.Edit edit = text.edit();
    for (int at = 0; at < string.length(); at += Text.width(string, at)) {
      int c = string.codePointAt(at);
      if (c == 'İ') {
        // The one character whose small form is two, whatever stands around it.
        edit.put('i', 0);
        edit.put(0x307, 1);
      } else {
        edit.put(Character.toLowerCase(c), 0);
      }
    }
    edit.done();
  }

  /// Keeps what fits; what is dropped leaves no trace.
  static void filter(Text text, IntPredicate keep) {
    String string = text.string();
    if (string.isEmpty() || string.codePoints().allMatch(keep)) {
      return;
    }
    Text.Edit edit = text.edit();
    int last = -1;
    int removed = 0;
    for (int at = 0; at < string.length(); at += Text.width(string, at)) {
      int c = string.codePointAt(at);
      if (!keep.test(c)) {
        removed++;
        continue;
      }
      if (last < 0) {
        edit.skip(removed);
      } else {
        edit.put(last, -removed);
      }
      last = c;
      removed = 0;
    }
    if (last >= 0) {
      edit.put(last, -removed);
    }
    edit.done();
  }

  static void map(Text text, IntUnaryOperator change) {
    String string = text.string();
    if (string.codePoints().allMatch(c -> change.applyAsInt(c) == c)) {
      return;
    }
    Text.Edit edit = text.edit();
    for (int at = 0; at < string.length(); at += Text.width(string, at)) {
      edit.put(change.applyAsInt(string.codePointAt(at)), 0);
    }
    edit.done();
  }

  private static Normalizer strip(boolean left, boolean right) {
    return text -> {
      String string = text.string();
      int start = 0;
      while (left && start < string.length() && Kinds.isWhiteSpace(string.charAt(start))) {
        start++;
      }
      int end = string.length();
      while (right && end > start && Kinds.isWhiteSpace(string.charAt(end - 1))) {
        end--;
      }
      if (start > 0 || end < string.length()) {
        Text.Edit edit = text.edit();
        edit.skip(start);
        edit.keep(end);
        edit.done();
      }
    };
  }

  /// https://github.com/google/sentencepiece/blob/master/src/builder.cc (MergeNmtNFKC's rules, as `tokenizers` has them)
  private static void nmt(Text text) {
    filter(
        text,
        c -> !((c >= 0x1 && c <= 0x8) || c == 0xB || (c >= 0xE && c <= 0x1F) || c == 0x7F || c == 0x8F || c == 0x9F));
    map(
        text,
        c ->
            switch (c) {
              case 0x9, 0xA, 0xC, 0xD, 0x1680, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD -> ' ';
              default -> c;
            });
  }

  /// https://github.com/google-research/bert/blob/master/tokenization.py, BasicTokenizer
  private static Normalizer bert(Place place) {
    boolean clean = place.flag("clean_text", true);
    boolean chinese = place.flag("handle_chinese_chars", true);
    boolean lowercase = place.flag("lowercase", true);
    boolean accents = place.flag("strip_accents", lowercase);
    UnicodeForm nfd = new UnicodeForm(Form.NFD);
    return text -> {
      if (clean) {
        filter(text, c -> c != 0 && c != 0xFFFD && !Kinds.isInvisible(c));
        map(text, c -> Kinds.isWhiteSpace(c) ? ' ' : c);
      }
      if (chinese) {
        spaceChinese(text);
      }
      if (accents) {
        nfd.normalize(text);
        filter(text, c -> !Kinds.isNonSpacingMark(c));
      }
      if (lowercase) {
        lowercase(text);
      }
    };
  }

  private static void spaceChinese(Text text) {
    String string = text.string();
    if (string.codePoints().noneMatch(Kinds::isChinese)) {
      return;
    }
    Text.Edit edit = text.edit();
    for (int at = 0; at < string.length(); at += Text.width(string, at)) {
      int c = string.codePointAt(at);
      if (Kinds.isChinese(c)) {
        edit.put(' ', 0);
        edit.put(c, 1);
        edit.put(' ', 1);
      } else {
        edit.put(c, 0);
      }
    }
    edit.done();
  }
}
