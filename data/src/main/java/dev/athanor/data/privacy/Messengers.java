package dev.athanor.data.privacy;

/// WeChat and QQ numbers: only beside their names.
final class Messengers {
  private Messengers() {}

  /// Called at a word such as 微信.
  static void weChat(Passage passage, int at, int end) {
    int from = skip(passage, end);
    char first = passage.at(from);
    if ((!Fold.isLetter(first) && first != '_') || passage.at(at - 1) == '_' || passage.at(end) == '_') {
      return;
    }
    int stop = from;
    boolean mixed = false;
    while (stop < from + 21 && (Fold.isAlnum(passage.at(stop)) || passage.at(stop) == '_' || passage.at(stop) == '-')) {
      mixed |= !Fold.isLetter(passage.at(stop));
      stop++;
    }
    int length = stop - from;
    boolean said = separated(passage, end, from);
    if (length < 6 || length > 20 || passage.at(stop) == '@' || (passage.at(stop) == '.' && Fold.isAlnum(passage.at(stop + 1)))) {
      return;
    }
    if (Entropy.isExample(passage.half(from, stop)) || passage.at(stop) == ':' || passage.at(stop) == '/' || passage.at(stop) == '(') {
      return;
    }
    passage.add(PiiKind.MESSENGER, from, stop, mixed && said ? 0.85 : said || mixed ? 0.6 : 0.3, "WeChat id beside a word for it");
  }

  /// At "wxid_".
  static void weChatId(Passage passage, int at, int end) {
    int stop = end;
    while (stop < end + 21 && Fold.isAlnum(passage.at(stop))) {
      stop++;
    }
    boolean example = Entropy.isExample(passage.half(end, Math.min(stop, passage.length())));
    if (stop - end >= 10 && stop - end <= 20 && !Fold.isAlnum(passage.at(at - 1)) && !example) {
      passage.add(PiiKind.MESSENGER, at, stop, 0.95, "WeChat id");
    }
  }

  /// Called at a word such as QQ: 5 to 11 digits that do not begin with 0.
  static void qq(Passage passage, int at, int end) {
    int from = skip(passage, end);
    int stop = from;
    while (stop < from + 12 && Fold.isDigit(passage.at(stop))) {
      stop++;
    }
    int length = stop - from;
    if (length < 5 || length > 11 || passage.at(from) == '0' || !NumberDetector.closed(passage, stop) || passage.at(stop) == '@') {
      return;
    }
    passage.add(PiiKind.MESSENGER, from, stop, separated(passage, end, from) ? 0.9 : 0.6, "QQ number beside a word for it");
  }

  private static int skip(Passage passage, int end) {
    int i = end;
    while (i < end + 8 && passage.at(i) != '\0' && " :是为群号码加/（(\t帐账及同".indexOf(passage.at(i)) >= 0) {
      i++;
    }
    return i;
  }

  private static boolean separated(Passage passage, int end, int from) {
    for (int i = end; i < from; i++) {
      if (":是为号码".indexOf(passage.at(i)) >= 0) {
        return true;
      }
    }
    return passage.at(end - 1) == '号' || passage.at(end - 1) == 'd';
  }
}
