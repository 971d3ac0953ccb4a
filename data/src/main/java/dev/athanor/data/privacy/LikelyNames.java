package dev.athanor.data.privacy;

/// Whether a sentence may hold a name at all, at a glance: a capital behind its first word, a first word that is a frequent given name, a
/// Chinese surname with another Chinese character behind it or the dot within foreign names, or letters of a script that has no capitals.
final class LikelyNames {
  private LikelyNames() {}

  static boolean within(String text, int from, int to) {
    int words = 0;
    for (int i = from; i < to; ) {
      int c = text.codePointAt(i);
      if (Character.isBmpCodePoint(c) && Fold.isHan((char) c)) {
        if (PersonNames.isSurname((char) c) && i + 1 < to && Fold.isHan(text.charAt(i + 1))) {
          return true;
        }
        i++;
      } else if (Character.isLetter(c)) {
        int end = i;
        while (end < to && Character.isLetter(text.charAt(end)) && !Fold.isHan(text.charAt(end))) {
          end++;
        }
        if (isName(text, i, Math.max(end, i + 1), words++ == 0)) {
          return true;
        }
        i = Math.max(end, i + Character.charCount(c));
      } else if (c == '·' || c == '•' || c == '・') {
        return true;
      } else {
        i += Character.charCount(c);
      }
    }
    return false;
  }

  private static boolean isName(String text, int from, int to, boolean first) {
    int c = text.codePointAt(from);
    boolean cased = Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
    if (!cased) {
      return true;
    }
    if (Character.isLowerCase(c)) {
      return false;
    }
    if (first) {
      return PersonNames.isGiven(text.substring(from, to));
    }
    // "I" is no name.
    return to - from > 1 || c != 'I';
  }
}
