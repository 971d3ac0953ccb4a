package dev.athanor.inference.grammar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The bytes of sets of characters as small acyclic automata. Equal parts are one object, so that what follows two different
/// first bytes in the same way is built once.
final class Utf8 {
  /// From ranges of the next byte to what follows. Without any it is the end.
  static final class Node {
    private final int[] first;
    private final int[] last;
    private final Node[] next;

    private Node(List<Branch> branches) {
      first = branches.stream().mapToInt(Branch::first).toArray();
      last = branches.stream().mapToInt(Branch::last).toArray();
      next = branches.stream().map(Branch::next).toArray(Node[]::new);
    }

    int size() {
      return first.length;
    }

    int first(int i) {
      return first[i];
    }

    int last(int i) {
      return last[i];
    }

    Node next(int i) {
      return next[i];
    }
  }

  /// Nodes are compared by identity: equal ones are the same object.
  private record Branch(int first, int last, Node next) {}

  private record Asked(CodePoints set, boolean quoted) {}

  /// Ranges of bytes, one after the other: `{{0xc3, 0xc3}, {0x80, 0xbf}}`.
  private record Bytes(int[][] ranges) {}

  private static final CodePoints ESCAPED =
      CodePoints.range(0, 0x1f).union(CodePoints.of('"')).union(CodePoints.of('\\'));
  private static final int[] LAST_OF_LENGTH = {0x7f, 0x7ff, 0xffff, 0x10ffff};

  private final Map<List<Branch>, Node> nodes = new HashMap<>();
  private final Map<Asked, Node> asked = new HashMap<>();

  /// @param quoted inside a JSON string: `"`, `\` and what is below a space are escaped, in one way each, and nothing else
  Node of(CodePoints set, boolean quoted) {
    return asked.computeIfAbsent(
        new Asked(set, quoted),
        _ -> {
          List<Bytes> all = new ArrayList<>();
          CodePoints plain = quoted ? set.minus(ESCAPED) : set;
          for (int i = 0; i < plain.rangeCount(); i++) {
            split(plain.first(i), plain.last(i), all);
          }
          if (quoted) {
            CodePoints escaped = set.intersect(ESCAPED);
            for (int i = 0; i < escaped.rangeCount(); i++) {
              for (int c = escaped.first(i); c <= escaped.last(i); c++) {
                all.add(exactly(escape(c)));
              }
            }
          }
          return node(all, 0);
        });
  }

  /// What a JSON string holds for a character that must be escaped.
  static String escape(int codePoint) {
    return switch (codePoint) {
      case '"' -> "\\\"";
      case '\\' -> "\\\\";
      case '\b' -> "\\b";
      case '\f' -> "\\f";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      default -> "\\u%04x".formatted(codePoint);
    };
  }

  /// A text as JSON: quoted, with the escapes above.
  static String quote(String text) {
    StringBuilder out = new StringBuilder("\"");
    text.codePoints()
        .forEach(c -> out.append(ESCAPED.contains(c) ? escape(c) : Character.toString(c)));
    return out.append('"').toString();
  }

  private static Bytes exactly(String ascii) {
    return new Bytes(ascii.chars().mapToObj(c -> new int[] {c, c}).toArray(int[][]::new));
  }

  /// Cuts a range of code points where their number of bytes changes, and where a byte behind the first one that differs does
  /// not run through all of its values.
  private static void split(int first, int last, List<Bytes> out) {
    for (int end : LAST_OF_LENGTH) {
      if (first <= end && end < last) {
        split(first, end, out);
        split(end + 1, last, out);
        return;
      }
    }
    for (int bits = 6; bits <= 18 && last > 0x7f; bits += 6) {
      int mask = (1 << bits) - 1;
      if ((first & ~mask) != (last & ~mask)) {
        if ((first & mask) != 0) {
          split(first, first | mask, out);
          split((first | mask) + 1, last, out);
          return;
        }
        if ((last & mask) != mask) {
          split(first, (last & ~mask) - 1, out);
          split(last & ~mask, last, out);
          return;
        }
      }
    }
    byte[] from = Character.toString(first).getBytes(StandardCharsets.UTF_8);
    byte[] to = Character.toString(last).getBytes(StandardCharsets.UTF_8);
    int[][] ranges = new int[from.length][];
    for (int i = 0; i < from.length; i++) {
      ranges[i] = new int[] {from[i] & 0xff, to[i] & 0xff};
    }
    out.add(new Bytes(ranges));
  }

  /// Two first ranges are equal or have no byte in common.
  private Node node(List<Bytes> all, int at) {
    Map<Integer, List<Bytes>> byFirst = new LinkedHashMap<>();
    for (Bytes bytes : all) {
      if (at < bytes.ranges().length) {
        int[] range = bytes.ranges()[at];
        byFirst.computeIfAbsent(range[0] << 8 | range[1], _ -> new ArrayList<>()).add(bytes);
      }
    }
    List<Branch> branches = new ArrayList<>();
    byFirst.forEach((range, rest) -> branches.add(new Branch(range >> 8, range & 0xff, node(rest, at + 1))));
    return nodes.computeIfAbsent(List.copyOf(branches), Node::new);
  }
}
