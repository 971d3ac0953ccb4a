package dev.athanor.inference.grammar;

import dev.athanor.base.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Regular expressions in what ECMAScript and Java have in common: characters and their escapes, `.`, classes with ranges and
/// negation, `\d \w \s \D \W \S`, `\p{…}` for general categories and `\p{IsHan}`, `\p{Script=Han}` for scripts, groups of all
/// kinds that only group, alternatives, greedy and lazy quantifiers, and the anchors `^` and `$` for the beginning and end of
/// the whole text.
///
/// Where the two differ, what both allow: `\s` is ASCII's white space and `\S` what neither calls white space. Refused, since
/// no finite automaton or no common meaning is behind them: back references, look-around, possessive and atomic groups, `\b`,
/// flags.
final class RegexParser {
  /// More would not be compiled anyway, and the parser calls itself.
  private static final int MAX_DEPTH = 200;

  private static final int MAX_REPEAT = 100_000;

  private static final CodePoints DIGIT = CodePoints.range('0', '9');
  private static final CodePoints WORD =
      DIGIT.union(CodePoints.range('a', 'z')).union(CodePoints.range('A', 'Z')).union(CodePoints.of('_'));
  private static final CodePoints SPACE = CodePoints.anyOf(" \t\n\u000b\f\r");
  private static final CodePoints WIDE_SPACE =
      SPACE
          .union(CodePoints.anyOf("\u0085\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff\u180e"))
          .union(CodePoints.range(0x1c, 0x1f))
          .union(CodePoints.range(0x2000, 0x200a));
  private static final CodePoints DOT = CodePoints.anyOf("\n\r\u0085\u2028\u2029").complement();

  private static final Map<String, CodePoints> PROPERTIES = new ConcurrentHashMap<>();

  /// A set as both dialects agree on it, and with what one of them adds.
  private record Letters(CodePoints narrow, CodePoints wide) {
    static Letters of(CodePoints set) {
      return new Letters(set, set);
    }

    Letters union(Letters other) {
      return new Letters(narrow.union(other.narrow), wide.union(other.wide));
    }

    Letters complement() {
      return new Letters(wide.complement(), narrow.complement());
    }
  }

  private final String pattern;
  private final int[] text;
  private int at;
  private int depth;

  private RegexParser(String pattern) {
    this.pattern = pattern;
    this.text = pattern.codePoints().toArray();
  }

  /// @throws UserException where it is not one or is not supported, with the place
  static Expression parse(String pattern) {
    RegexParser parser = new RegexParser(pattern);
    Expression all = parser.choice();
    if (parser.at < parser.text.length) {
      throw parser.wrong("unmatched )");
    }
    return all;
  }

  private Expression choice() {
    if (++depth > MAX_DEPTH) {
      throw wrong("groups nest deeper than " + MAX_DEPTH);
    }
    List<Expression> options = new ArrayList<>();
    options.add(sequence());
    while (taken('|')) {
      options.add(sequence());
    }
    depth--;
    return options.size() == 1 ? options.getFirst() : new Expression.Choice(options);
  }

  private Expression sequence() {
    List<Expression> parts = new ArrayList<>();
    while (at < text.length && text[at] != '|' && text[at] != ')') {
      parts.add(quantified());
    }
    return parts.size() == 1 ? parts.getFirst() : new Expression.Sequence(parts);
  }

  private Expression quantified() {
    boolean anchor = text[at] == '^' || text[at] == '$';
    Expression atom = atom();
    boolean quantified = false;
    while (at < text.length) {
      int min;
      int max;
      if (taken('*')) {
        min = 0;
        max = -1;
      } else if (taken('+')) {
        min = 1;
        max = -1;
      } else if (taken('?')) {
        min = 0;
        max = 1;
      } else if (text[at] == '{') {
        at++;
        min = number("a number after {");
        max = taken(',') ? (at < text.length && text[at] == '}' ? -1 : number("a number or } after ,")) : min;
        if (!taken('}')) {
          throw wrong("a { without its }");
        }
        if (max >= 0 && max < min) {
          throw wrong("{" + min + "," + max + "} counts backwards");
        }
      } else {
        return atom;
      }
      if (anchor || quantified) {
        throw wrong((anchor ? "an anchor" : "a repetition") + " cannot be repeated without parentheses around it");
      }
      quantified = true;
      if (taken('+')) {
        throw wrong("possessive quantifiers are not supported");
      }
      // A lazy quantifier matches the same texts.
      taken('?');
      atom = Expression.Repeat.of(atom, min, max);
    }
    return atom;
  }

  private int number(String wanted) {
    int from = at;
    int value = 0;
    while (at < text.length && text[at] >= '0' && text[at] <= '9') {
      value = Math.min(MAX_REPEAT + 1, 10 * value + text[at++] - '0');
    }
    if (from == at) {
      throw wrong("it needs " + wanted + "; a { itself is \\{");
    }
    if (value > MAX_REPEAT) {
      throw wrong("more than " + MAX_REPEAT + " repetitions");
    }
    return value;
  }

  private Expression atom() {
    int c = text[at++];
    return switch (c) {
      case '(' -> group();
      case '[' -> new Expression.Chars(characterClass().narrow);
      case '.' -> new Expression.Chars(DOT);
      case '^' -> new Expression.Anchor(true);
      case '$' -> new Expression.Anchor(false);
      case '\\' -> new Expression.Chars(escape(false).narrow);
      case '*', '+', '?', '{' -> throw wrong("nothing before the quantifier " + Character.toString(c));
      default -> new Expression.Chars(CodePoints.of(c));
    };
  }

  private Expression group() {
    if (taken('?')) {
      if (taken('<')) {
        if (at < text.length && (text[at] == '=' || text[at] == '!')) {
          throw wrong("look-behind is not supported");
        }
        int close = pattern.indexOf('>', pattern.offsetByCodePoints(0, at));
        if (close < 0) {
          throw wrong("a group's name has no >");
        }
        at = pattern.codePointCount(0, close + 1);
      } else if (!taken(':')) {
        boolean look = at < text.length && (text[at] == '=' || text[at] == '!');
        throw wrong(look ? "look-ahead is not supported" : "flags and atomic groups are not supported");
      }
    }
    Expression inside = choice();
    if (!taken(')')) {
      throw wrong("a ( without its )");
    }
    return inside;
  }

  private Letters characterClass() {
    boolean negated = taken('^');
    Letters all = Letters.of(CodePoints.NONE);
    boolean first = true;
    while (true) {
      if (at >= text.length) {
        throw wrong("a [ without its ]");
      }
      if (text[at] == ']') {
        if (first && !negated) {
          throw wrong("an empty [] matches nothing");
        }
        at++;
        break;
      }
      first = false;
      all = all.union(classItem());
    }
    return negated ? all.complement() : all;
  }

  private Letters classItem() {
    int c = text[at++];
    if (c == '[' || (c == '&' && at < text.length && text[at] == '&')) {
      throw wrong("classes inside classes are not supported; write \\" + Character.toString(c) + " for the character");
    }
    Letters item = c == '\\' ? escape(true) : Letters.of(CodePoints.of(c));
    boolean range = at + 1 < text.length && text[at] == '-' && text[at + 1] != ']';
    if (!range) {
      return item;
    }
    at++;
    int d = text[at++];
    Letters end = d == '\\' ? escape(true) : Letters.of(CodePoints.of(d));
    if (!single(item.narrow) || !single(end.narrow) || item.narrow.first(0) > end.narrow.first(0)) {
      throw wrong("a range must go from one character up to another");
    }
    return Letters.of(CodePoints.range(item.narrow.first(0), end.narrow.first(0)));
  }

  private static boolean single(CodePoints set) {
    return set.rangeCount() == 1 && set.first(0) == set.last(0);
  }

  private Letters escape(boolean inClass) {
    if (at >= text.length) {
      throw wrong("a \\ at the end");
    }
    int c = text[at++];
    return switch (c) {
      case 'd' -> Letters.of(DIGIT);
      case 'D' -> Letters.of(DIGIT.complement());
      case 'w' -> Letters.of(WORD);
      case 'W' -> Letters.of(WORD.complement());
      case 's' -> new Letters(SPACE, WIDE_SPACE);
      case 'S' -> new Letters(SPACE, WIDE_SPACE).complement();
      case 'n' -> Letters.of(CodePoints.of('\n'));
      case 'r' -> Letters.of(CodePoints.of('\r'));
      case 't' -> Letters.of(CodePoints.of('\t'));
      case 'f' -> Letters.of(CodePoints.of('\f'));
      case '0' -> Letters.of(CodePoints.of(0));
      case 'x' -> Letters.of(CodePoints.of(hex(2)));
      case 'u' -> Letters.of(CodePoints.of(unicode()));
      case 'p' -> Letters.of(property());
      case 'P' -> Letters.of(property().complement());
      case 'b', 'B' -> throw wrong("\\" + Character.toString(c) + (inClass ? " in a class" : "") + " is not supported");
      case 'k', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> throw wrong("back references are not supported");
      default -> {
        if (Character.isLetter(c)) {
          throw wrong("\\" + Character.toString(c) + " is not supported");
        }
        yield Letters.of(CodePoints.of(c));
      }
    };
  }

  /// `\\uXXXX`, two of them that are halves of a pair, or `\\u{X…}`.
  private int unicode() {
    if (taken('{')) {
      int value = 0;
      int digits = 0;
      while (at < text.length && Character.digit(text[at], 16) >= 0 && text[at] < 0x80 && digits++ < 6) {
        value = 16 * value + Character.digit(text[at++], 16);
      }
      if (digits == 0 || value > Character.MAX_CODE_POINT || !taken('}')) {
        throw wrong("\\u{…} needs one to six hexadecimal digits, up to 10FFFF");
      }
      return value;
    }
    int value = hex(4);
    if (value >= 0xD800 && value < 0xDC00 && at + 1 < text.length && text[at] == '\\' && text[at + 1] == 'u') {
      at += 2;
      int low = hex(4);
      if (low >= 0xDC00 && low < 0xE000) {
        return Character.toCodePoint((char) value, (char) low);
      }
      throw wrong("half of a surrogate pair");
    }
    if (value >= 0xD800 && value < 0xE000) {
      throw wrong("half of a surrogate pair");
    }
    return value;
  }

  private int hex(int digits) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = at < text.length && text[at] < 0x80 ? Character.digit(text[at], 16) : -1;
      if (digit < 0) {
        throw wrong("it needs " + digits + " hexadecimal digits");
      }
      value = 16 * value + digit;
      at++;
    }
    return value;
  }

  private CodePoints property() {
    String name;
    if (taken('{')) {
      StringBuilder inside = new StringBuilder();
      while (at < text.length && text[at] != '}') {
        inside.appendCodePoint(text[at++]);
      }
      if (!taken('}')) {
        throw wrong("\\p{ without its }");
      }
      name = inside.toString();
    } else if (at < text.length) {
      name = Character.toString(text[at++]);
    } else {
      throw wrong("\\p needs a property");
    }
    // Only names that exist are kept, so that the table stays small.
    CodePoints known = PROPERTIES.get(name);
    if (known == null) {
      known = named(name);
      PROPERTIES.put(name, known);
    }
    return known;
  }

  private CodePoints named(String name) {
    for (String prefix : List.of("Is", "Script=", "sc=")) {
      if (name.startsWith(prefix) && name.length() > prefix.length() + 1) {
        try {
          Character.UnicodeScript script = Character.UnicodeScript.forName(name.substring(prefix.length()));
          return CodePoints.where(c -> Character.UnicodeScript.of(c) == script);
        } catch (IllegalArgumentException _) {
          throw wrong("there is no script " + name.substring(prefix.length()));
        }
      }
    }
    int mask = category(name);
    return CodePoints.where(c -> ((1 << Character.getType(c)) & mask) != 0);
  }

  /// A bit for each of `Character.getType`'s values that is of the category.
  private int category(String name) {
    return switch (name) {
      case "L", "Letter" -> 0b111110;
      case "Lu", "Uppercase_Letter" -> 1 << Character.UPPERCASE_LETTER;
      case "Ll", "Lowercase_Letter" -> 1 << Character.LOWERCASE_LETTER;
      case "Lt" -> 1 << Character.TITLECASE_LETTER;
      case "Lm" -> 1 << Character.MODIFIER_LETTER;
      case "Lo" -> 1 << Character.OTHER_LETTER;
      case "M", "Mark" ->
          1 << Character.NON_SPACING_MARK | 1 << Character.ENCLOSING_MARK | 1 << Character.COMBINING_SPACING_MARK;
      case "Mn" -> 1 << Character.NON_SPACING_MARK;
      case "Mc" -> 1 << Character.COMBINING_SPACING_MARK;
      case "Me" -> 1 << Character.ENCLOSING_MARK;
      case "N", "Number" ->
          1 << Character.DECIMAL_DIGIT_NUMBER | 1 << Character.LETTER_NUMBER | 1 << Character.OTHER_NUMBER;
      case "Nd" -> 1 << Character.DECIMAL_DIGIT_NUMBER;
      case "Nl" -> 1 << Character.LETTER_NUMBER;
      case "No" -> 1 << Character.OTHER_NUMBER;
      case "P", "Punctuation" ->
          1 << Character.CONNECTOR_PUNCTUATION
              | 1 << Character.DASH_PUNCTUATION
              | 1 << Character.START_PUNCTUATION
              | 1 << Character.END_PUNCTUATION
              | 1 << Character.INITIAL_QUOTE_PUNCTUATION
              | 1 << Character.FINAL_QUOTE_PUNCTUATION
              | 1 << Character.OTHER_PUNCTUATION;
      case "S", "Symbol" ->
          1 << Character.MATH_SYMBOL
              | 1 << Character.CURRENCY_SYMBOL
              | 1 << Character.MODIFIER_SYMBOL
              | 1 << Character.OTHER_SYMBOL;
      case "Sm" -> 1 << Character.MATH_SYMBOL;
      case "Sc" -> 1 << Character.CURRENCY_SYMBOL;
      case "Z", "Separator" ->
          1 << Character.SPACE_SEPARATOR | 1 << Character.LINE_SEPARATOR | 1 << Character.PARAGRAPH_SEPARATOR;
      case "Zs" -> 1 << Character.SPACE_SEPARATOR;
      default ->
          throw wrong(
              "the property '%s' is not supported; there are general categories such as L, Lu, Nd, P, and scripts such as IsHan"
                  .formatted(name.length() > 40 ? name.substring(0, 40).toLowerCase(Locale.ROOT) + "…" : name));
    };
  }

  private boolean taken(int c) {
    if (at < text.length && text[at] == c) {
      at++;
      return true;
    }
    return false;
  }

  private UserException wrong(String why) {
    String shown = pattern.length() > 120 ? pattern.substring(0, 117) + "…" : pattern;
    return new UserException("the pattern '%s' at character %d: %s".formatted(shown, at + 1, why));
  }
}
