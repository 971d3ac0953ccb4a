package dev.athanor.tokenizer.jinja;

/// The escapes of a string in a template: Python's, without names of characters. An unknown one stands for itself.
final class Escapes {
  private Escapes() {}

  static String read(String body) {
    if (body.indexOf('\\') < 0) {
      return body;
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < body.length(); i++) {
      char c = body.charAt(i);
      if (c != '\\' || i + 1 == body.length()) {
        out.append(c);
        continue;
      }
      char kind = body.charAt(++i);
      int digits =
          switch (kind) {
            case 'x' -> 2;
            case 'u' -> 4;
            case 'U' -> 8;
            default -> 0;
          };
      if (digits > 0) {
        out.appendCodePoint(hex(body, i + 1, digits));
        i += digits;
      } else if (kind >= '0' && kind <= '7') {
        int end = i + 1;
        while (end < body.length() && end < i + 3 && body.charAt(end) >= '0' && body.charAt(end) <= '7') {
          end++;
        }
        out.append((char) Integer.parseInt(body, i, end, 8));
        i = end - 1;
      } else {
        simple(kind, out);
      }
    }
    return out.toString();
  }

  private static int hex(String body, int from, int digits) {
    try {
      int codePoint = Integer.parseInt(body, from, from + digits, 16);
      if (Character.isValidCodePoint(codePoint)) {
        return codePoint;
      }
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      // said below
    }
    throw new JinjaError("an escape in a string needs " + digits + " hexadecimal digits of a character: " + body);
  }

  private static void simple(char kind, StringBuilder out) {
    switch (kind) {
      case 'n' -> out.append('\n');
      case 't' -> out.append('\t');
      case 'r' -> out.append('\r');
      case 'b' -> out.append('\b');
      case 'f' -> out.append('\f');
      case 'v' -> out.append('\u000B');
      case 'a' -> out.append('\u0007');
      case '\\', '\'', '"' -> out.append(kind);
      case '\n' -> {}
      default -> out.append('\\').append(kind);
    }
  }
}
