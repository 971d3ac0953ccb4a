package dev.athanor.data.privacy;

import java.util.Locale;
import java.util.Set;

/// E-mail addresses, also with a full-width ＠ and written out: "name at host dot com", "name (at) host (dot) com", "name[at]host.com".
/// Domains that RFC 2606 keeps for examples are nobody's.
final class Emails {
  private static final int MOST_LOCAL = 64;
  private static final int MOST_DOMAIN = 100;
  private static final Set<String> RESERVED = Set.of("example", "test", "invalid", "localhost", "local");
  /// Last labels that are files or members, not domains: `user@2x.png`, `@Override` after a name.
  private static final Set<String> FILES =
      Set.of("png", "jpg", "jpeg", "gif", "svg", "webp", "js", "css", "ts", "java", "html", "json", "xml", "class", "so", "dll");
  /// What a written-out address may end in: without an @ only these are believed.
  private static final Set<String> COMMON =
      Set.of("com", "org", "net", "edu", "gov", "cn", "io", "de", "uk", "fr", "jp", "info", "me", "co", "ru", "in", "ch", "nl", "au", "ca", "tw", "hk");

  private Emails() {}

  static void at(Passage passage, int at, int end) {
    int from = at;
    while (from > at - MOST_LOCAL - 1 && isLocal(passage.at(from - 1))) {
      from--;
    }
    while (from < at && ".-+'".indexOf(passage.at(from)) >= 0) {
      from++;
    }
    if (from == at || at - from > MOST_LOCAL || passage.at(at - 1) == '.' || !hasLetterOrDigit(passage, from, at)) {
      return;
    }
    boolean inUrl = afterUrl(passage, from);
    int to = inUrl ? -1 : domain(passage, end);
    if (to < 0 || passage.at(to) == '(' || (passage.at(to) == ':' && Fold.isLetter(passage.at(to + 1)))) {
      return;
    }
    String domain = passage.half(end, to).toLowerCase(Locale.ROOT);
    if (reserved(domain) || "git".equals(passage.half(from, at))) {
      return;
    }
    passage.add(PiiKind.EMAIL, from, to, 0.95, "local part, @ and domain");
  }

  /// Whether this is the user or the password of a URL: behind `//`, or behind a colon on the way from there.
  private static boolean afterUrl(Passage passage, int from) {
    int i = from - 1;
    if (passage.at(i) == ':') {
      while (i > from - MOST_LOCAL && passage.at(i) > ' ' && passage.at(i) != '/') {
        i--;
      }
    }
    return passage.at(i) == '/' && passage.at(i - 1) == '/';
  }

  private static boolean hasLetterOrDigit(Passage passage, int from, int to) {
    for (int i = from; i < to; i++) {
      if (Fold.isAlnum(passage.at(i))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isLocal(char c) {
    return Fold.isAlnum(c) || ".!#$%&'*+-^_~".indexOf(c) >= 0;
  }

  private static boolean isLabel(char c) {
    return Fold.isAlnum(c) || c == '-';
  }

  /// Where a domain of at least two labels with letters in the last ends, or −1.
  private static int domain(Passage passage, int from) {
    int at = from;
    int lastDot = -1;
    int end = -1;
    while (at < from + MOST_DOMAIN) {
      int label = at;
      while (at < label + 63 && isLabel(passage.at(at))) {
        at++;
      }
      if (at == label || passage.at(label) == '-' || passage.at(at - 1) == '-') {
        break;
      }
      if (lastDot >= 0 && isTop(passage, label, at)) {
        end = at;
      }
      if (passage.at(at) != '.') {
        break;
      }
      lastDot = at;
      at++;
    }
    return end > 0 && at <= end + 1 ? end : -1;
  }

  private static boolean isTop(Passage passage, int from, int to) {
    if (to - from < 2 || to - from > 18) {
      return false;
    }
    for (int i = from; i < to; i++) {
      if (!Fold.isLetter(passage.at(i))) {
        return false;
      }
    }
    return !FILES.contains(passage.half(from, to).toLowerCase(Locale.ROOT));
  }

  private static boolean reserved(String domain) {
    int dot = domain.lastIndexOf('.');
    String top = domain.substring(dot + 1);
    int before = domain.lastIndexOf('.', dot - 1);
    String second = domain.substring(before + 1, dot);
    return RESERVED.contains(top) || (second.equals("example") && (top.equals("com") || top.equals("org") || top.equals("net")));
  }

  /// At ` at `, `(at)`, `[at]` and their like: a word before, and behind words joined by dots or by " dot ".
  static void writtenOut(Passage passage, int at, int end) {
    int local = at;
    while (local > at - MOST_LOCAL && passage.at(local - 1) == ' ') {
      local--;
    }
    int from = local;
    while (from > local - MOST_LOCAL && (Fold.isAlnum(passage.at(from - 1)) || "._-+".indexOf(passage.at(from - 1)) >= 0) && passage.at(from - 1) != '\0') {
      from--;
    }
    while (from < local && "._-+".indexOf(passage.at(from)) >= 0) {
      from++;
    }
    if (local - from < 2 || at - local > 2) {
      return;
    }
    int dotted = from;
    while (dotted > from - 30 && Fold.isLetter(passage.at(dotted - 6)) && passage.startsWith(" dot ", dotted - 5)) {
      dotted -= 5;
      while (dotted > from - 60 && Fold.isAlnum(passage.at(dotted - 1))) {
        dotted--;
      }
    }
    from = dotted;
    boolean bracketed = "[({<".indexOf(passage.at(at)) >= 0;
    var domain = new StringBuilder();
    boolean spelled = false;
    int i = skipSpaces(passage, end);
    int stop = -1;
    for (int label = 0; label < 5; label++) {
      int begin = i;
      while (i < begin + 40 && isLabel(passage.at(i))) {
        i++;
      }
      if (i == begin) {
        break;
      }
      domain.append(passage.half(begin, i));
      if (label > 0 && COMMON.contains(passage.half(begin, i).toLowerCase(Locale.ROOT))) {
        stop = i;
      }
      int dot = dotWord(passage, i);
      if (dot < 0) {
        break;
      }
      spelled |= passage.at(i) != '.';
      domain.append('.');
      i = dot;
    }
    if (stop < 0 || Fold.isAlnum(passage.at(stop)) || reserved(domain.toString().toLowerCase(Locale.ROOT) + (domain.indexOf(".") < 0 ? ".x" : ""))) {
      return;
    }
    double confidence = bracketed ? 0.9 : spelled ? 0.8 : 0.3;
    passage.add(PiiKind.EMAIL, from, stop, confidence, "written out");
  }

  private static int skipSpaces(Passage passage, int at) {
    int i = at;
    while (i < at + 2 && passage.at(i) == ' ') {
      i++;
    }
    return i;
  }

  /// Behind `.`, ` dot `, `(dot)`, `[dot]`, `[.]` and their like; −1 where there is none.
  private static int dotWord(Passage passage, int at) {
    if (passage.at(at) == '.') {
      return at + 1;
    }
    int i = skipSpaces(passage, at);
    boolean bracket = "[({".indexOf(passage.at(i)) >= 0 && passage.at(i) != '\0';
    if (bracket) {
      i++;
      i = skipSpaces(passage, i);
    } else if (i == at) {
      return -1;
    }
    if (passage.at(i) == '.' && bracket) {
      i++;
    } else if (passage.half(i, Math.min(i + 3, passage.length())).equalsIgnoreCase("dot")) {
      i += 3;
    } else if (passage.at(i) == '点') {
      i++;
    } else {
      return -1;
    }
    i = skipSpaces(passage, i);
    if (bracket) {
      if ("])}".indexOf(passage.at(i)) < 0) {
        return -1;
      }
      i = skipSpaces(passage, i + 1);
    }
    return i;
  }
}
