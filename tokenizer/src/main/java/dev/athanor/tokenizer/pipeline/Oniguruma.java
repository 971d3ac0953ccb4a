package dev.athanor.tokenizer.pipeline;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Published patterns are written in Oniguruma's dialect (https://github.com/kkos/oniguruma/blob/master/doc/RE) and run here
/// by `java.util.regex`. What the two write differently is translated: `^`, `$` and `.` know only `\n`; `(?m)` is Java's
/// `(?s)`; `\h` is a hexadecimal digit; `\w` has no joiners; scripts are `\p{Han}`; `{,n}`; `{n,m}+` repeats and is not
/// possessive; POSIX brackets. `\K`, `\g`, `\y`, `\Y`, absent operators `(?~…)`, conditions `(?(…)…)` and callouts have no
/// counterpart and are refused. That a letter may fold into several (`ß`, `ss`) without regard to case is not done.
public final class Oniguruma {
  private static final String WORD = "\\p{IsAlphabetic}\\p{M}\\p{Nd}\\p{Pc}\u00b2\u00b3\u00b9\u00bc-\u00be";
  private static final Set<String> POSIX =
      Set.of("alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "xdigit");
  private static final Map<String, String> CATEGORIES =
      Map.ofEntries(
          Map.entry("letter", "L"), Map.entry("uppercaseletter", "Lu"), Map.entry("lowercaseletter", "Ll"),
          Map.entry("titlecaseletter", "Lt"), Map.entry("casedletter", "LC"), Map.entry("modifierletter", "Lm"),
          Map.entry("otherletter", "Lo"), Map.entry("mark", "M"), Map.entry("nonspacingmark", "Mn"),
          Map.entry("spacingmark", "Mc"), Map.entry("enclosingmark", "Me"), Map.entry("number", "N"),
          Map.entry("decimalnumber", "Nd"), Map.entry("letternumber", "Nl"), Map.entry("othernumber", "No"),
          Map.entry("punctuation", "P"), Map.entry("connectorpunctuation", "Pc"), Map.entry("dashpunctuation", "Pd"),
          Map.entry("openpunctuation", "Ps"), Map.entry("closepunctuation", "Pe"), Map.entry("initialpunctuation", "Pi"),
          Map.entry("finalpunctuation", "Pf"), Map.entry("otherpunctuation", "Po"), Map.entry("symbol", "S"),
          Map.entry("mathsymbol", "Sm"), Map.entry("currencysymbol", "Sc"), Map.entry("modifiersymbol", "Sk"),
          Map.entry("othersymbol", "So"), Map.entry("separator", "Z"), Map.entry("spaceseparator", "Zs"),
          Map.entry("lineseparator", "Zl"), Map.entry("paragraphseparator", "Zp"), Map.entry("other", "C"),
          Map.entry("control", "Cc"), Map.entry("format", "Cf"), Map.entry("surrogate", "Cs"),
          Map.entry("privateuse", "Co"), Map.entry("unassigned", "Cn"));

  private final String regex;
  private final StringBuilder out = new StringBuilder();
  private final Deque<Integer> groups = new ArrayDeque<>();
  private int at;
  /// Where in `out` the atom begins that a quantifier would repeat.
  private int atom;

  private Oniguruma(String regex) {
    this.regex = regex;
  }

  /// @throws PatternSyntaxException where Java has no such pattern; says which construct
  public static Pattern compile(String regex) {
    return Pattern.compile(
        new Oniguruma(regex).translated(), Pattern.UNICODE_CHARACTER_CLASS | Pattern.MULTILINE | Pattern.UNIX_LINES);
  }

  private String translated() {
    while (at < regex.length()) {
      char c = regex.charAt(at);
      switch (c) {
        case '\\' -> {
          atom = out.length();
          escape(false);
        }
        case '[' -> {
          atom = out.length();
          set();
        }
        case '(' -> open();
        case ')' -> {
          atom = groups.isEmpty() ? out.length() : groups.pop();
          out.append(c);
          at++;
        }
        case '{' -> braces();
        case '*', '+', '?' -> {
          out.append(c);
          at++;
        }
        default -> {
          atom = out.length();
          int codePoint = regex.codePointAt(at);
          out.appendCodePoint(codePoint);
          at += Character.charCount(codePoint);
        }
      }
    }
    return out.toString();
  }

  private void open() {
    groups.push(out.length());
    if (regex.startsWith("(*", at)) {
      throw refused("a callout (*…)");
    }
    if (!regex.startsWith("(?", at)) {
      out.append('(');
      at++;
      return;
    }
    char kind = at + 2 < regex.length() ? regex.charAt(at + 2) : ' ';
    if (kind == '~') {
      throw refused("an absent operator (?~…)");
    }
    if (kind == '(' || kind == '{' || kind == '@') {
      throw refused("a condition, callout or history (?" + kind + "…)");
    }
    if (kind == '#') {
      groups.pop();
      int end = regex.indexOf(')', at);
      at = end < 0 ? regex.length() : end + 1;
      return;
    }
    out.append("(?");
    at += 2;
    boolean options = false;
    while (at < regex.length() && "imxWDSPyg-".indexOf(regex.charAt(at)) >= 0) {
      char option = regex.charAt(at++);
      if ("imx-".indexOf(option) < 0) {
        throw refused("the option (?" + option + ")");
      }
      out.append(option == 'm' ? 's' : option);
      options = true;
    }
    if (options && at < regex.length() && regex.charAt(at) == ')') {
      groups.pop();
      out.append(')');
      at++;
      atom = out.length();
    }
  }

  private void braces() {
    int end = regex.indexOf('}', at);
    String inner = end < 0 ? "" : regex.substring(at + 1, end);
    if (!inner.matches("\\d+|\\d+,\\d*|,\\d+")) {
      atom = out.length();
      out.append("\\{");
      at++;
      return;
    }
    out.append('{').append(inner.startsWith(",") ? "0" + inner : inner).append('}');
    at = end + 1;
    if (at < regex.length() && regex.charAt(at) == '+') {
      out.insert(atom, "(?:").append(")");
    }
  }

  private void escape(boolean inSet) {
    if (at + 1 >= regex.length()) {
      throw refused("a backslash at the end");
    }
    char c = regex.charAt(at + 1);
    at += 2;
    switch (c) {
      case 'h' -> out.append(inSet ? "0-9a-fA-F" : "[0-9a-fA-F]");
      case 'H' -> out.append("[^0-9a-fA-F]");
      case 'w' -> out.append(inSet ? WORD : "[" + WORD + "]");
      case 'W' -> out.append("[^").append(WORD).append(']');
      case 'N' -> out.append("[^\\n]");
      case 'O' -> out.append("[\\s\\S]");
      case 'p', 'P' -> property(c == 'P', inSet);
      case 'K', 'g', 'y', 'Y' -> {
        if (!inSet) {
          throw refused("\\" + c);
        }
        out.append(c);
      }
      case 'x', 'k' -> {
        // A code point or a group's name, to be copied whole.
        out.append('\\').append(c);
        char end = c == 'x' ? '}' : '>';
        int last = at < regex.length() && "{<".indexOf(regex.charAt(at)) >= 0 ? regex.indexOf(end, at) : -1;
        if (last > 0) {
          out.append(regex, at, last + 1);
          at = last + 1;
        }
      }
      default -> out.append('\\').append(c);
    }
  }

  private void property(boolean negated, boolean inSet) {
    int end = regex.indexOf('}', at);
    if (at >= regex.length() || regex.charAt(at) != '{' || end < 0) {
      throw refused("\\p without {…}");
    }
    String name = regex.substring(at + 1, end).strip();
    at = end + 1;
    boolean not = negated ^ name.startsWith("^");
    named(name.startsWith("^") ? name.substring(1) : name, not, inSet);
  }

  private void named(String name, boolean not, boolean inSet) {
    String key = name.replaceAll("[ _-]", "").toLowerCase(Locale.ROOT);
    String java;
    if (key.equals("any")) {
      out.append(not ? "[^\\s\\S]" : inSet ? "\\s\\S" : "[\\s\\S]");
      return;
    } else if (key.equals("word")) {
      out.append(not ? "[^" + WORD + "]" : inSet ? WORD : "[" + WORD + "]");
      return;
    } else if (key.equals("assigned")) {
      out.append(not ? "\\p{Cn}" : "\\P{Cn}");
      return;
    } else if (POSIX.contains(key)) {
      java = key.equals("xdigit") ? "XDigit" : key.substring(0, 1).toUpperCase(Locale.ROOT) + key.substring(1);
    } else if (CATEGORIES.containsKey(key)) {
      java = CATEGORIES.get(key);
    } else if (key.length() <= 2) {
      java = key.equals("lc") ? "LC" : key.substring(0, 1).toUpperCase(Locale.ROOT) + key.substring(1);
    } else {
      java = "Is" + name.replace(' ', '_');
    }
    out.append(not ? "\\P{" : "\\p{").append(java).append('}');
  }

  private void set() {
    out.append('[');
    at++;
    if (at < regex.length() && regex.charAt(at) == '^') {
      out.append('^');
      at++;
    }
    if (at < regex.length() && regex.charAt(at) == ']') {
      out.append("\\]");
      at++;
    }
    while (at < regex.length() && regex.charAt(at) != ']') {
      char c = regex.charAt(at);
      int posix = regex.startsWith("[:", at) ? regex.indexOf(":]", at + 2) : -1;
      if (posix > 0) {
        String name = regex.substring(at + 2, posix);
        boolean not = name.startsWith("^");
        at = posix + 2;
        named(not ? name.substring(1) : name, not, true);
      } else if (c == '[') {
        set();
      } else if (c == '\\') {
        escape(true);
      } else {
        int codePoint = regex.codePointAt(at);
        out.appendCodePoint(codePoint);
        at += Character.charCount(codePoint);
      }
    }
    if (at >= regex.length()) {
      throw refused("a set without its ]");
    }
    out.append(']');
    at++;
  }

  private PatternSyntaxException refused(String construct) {
    return new PatternSyntaxException(construct + " is not supported", regex, Math.min(at, regex.length()));
  }
}
