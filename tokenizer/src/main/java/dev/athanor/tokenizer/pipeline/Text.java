package dev.athanor.tokenizer.pipeline;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A piece of text on its way through normalizer and pre-tokenizer. A traced piece knows for each of its chars the stretch of
/// the original text that it stands for; an untraced one carries only its chars, and whether it begins where the text does.
///
/// All changes go through an [Edit], whose rules for where new chars belong are those of Hugging Face's `NormalizedString`:
/// a char that takes another's place stands for what that one stood for, an inserted one for what the char before it stood for.
final class Text {
  private String string;
  private int @Nullable [] starts;
  private int @Nullable [] ends;
  /// Where the piece began in the original when it was cut; of an untraced one only whether that is 0.
  private final int shift;
  /// Of an untraced piece: how many of its first chars stand for what begins at 0.
  private int lead;

  private Text(String string, int @Nullable [] starts, int @Nullable [] ends, int shift, int lead) {
    this.string = string;
    this.starts = starts;
    this.ends = ends;
    this.shift = shift;
    this.lead = lead;
  }

  /// A whole text. Half a surrogate pair, which is no character, becomes U+FFFD.
  ///
  /// @param traced whether it is to know what its chars stand for
  /// @param placed whether an untraced piece is to know if it begins where the text does
  static Text of(String text, boolean traced, boolean placed) {
    String whole = mended(text);
    int n = whole.length();
    if (!traced) {
      return new Text(whole, null, null, 0, n > 0 && placed ? width(whole, 0) : 0);
    }
    int[] starts = new int[n];
    int[] ends = new int[n];
    for (int at = 0; at < n; ) {
      int end = at + width(whole, at);
      Arrays.fill(starts, at, end, at);
      Arrays.fill(ends, at, end, end);
      at = end;
    }
    return new Text(whole, starts, ends, 0, 0);
  }

  private static String mended(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        int[] codePoints = text.codePoints().map(c -> c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c).toArray();
        return new String(codePoints, 0, codePoints.length);
      }
    }
    return text;
  }

  /// Chars of the character at an index of well-formed text: 1 or 2.
  static int width(String text, int at) {
    return Character.isHighSurrogate(text.charAt(at)) ? 2 : 1;
  }

  String string() {
    return string;
  }

  boolean isEmpty() {
    return string.isEmpty();
  }

  /// Whether the piece was cut from the very beginning of the original.
  boolean isFirst() {
    return shift == 0;
  }

  /// Whether it matters what the chars stand for.
  boolean isPlain() {
    return starts == null && lead == 0;
  }

  /// Where in the original a stretch that is not empty begins; only of a traced piece.
  int start(int from) {
    int[] all = starts;
    if (all == null) {
      throw new IllegalStateException("the piece is not traced");
    }
    return all[from];
  }

  /// Where in the original a stretch that is not empty ends; only of a traced piece.
  int end(int to) {
    int[] all = ends;
    if (all == null) {
      throw new IllegalStateException("the piece is not traced");
    }
    return all[to - 1];
  }

  /// A part, which must not be empty.
  Text slice(int from, int to) {
    int[] s = starts;
    int[] e = ends;
    if (s == null || e == null) {
      if (from == 0 && to == string.length()) {
        return new Text(string, null, null, lead > 0 ? 0 : 1, lead);
      }
      return new Text(string.substring(from, to), null, null, from < lead ? 0 : 1, Math.min(Math.max(lead - from, 0), to - from));
    }
    return new Text(string.substring(from, to), Arrays.copyOfRange(s, from, to), Arrays.copyOfRange(e, from, to), s[from]);
  }

  private Text(String string, int[] starts, int[] ends, int shift) {
    this(string, starts, ends, shift, 0);
  }

  boolean isTraced() {
    return starts != null;
  }

  /// Puts another string in place of one of which every char stands where it stood.
  void replaceSameLength(String other) {
    if (other.length() != string.length()) {
      throw new IllegalArgumentException("the length changes");
    }
    string = other;
  }

  /// Puts another string in place of an plain one.
  void replaceWhole(String other) {
    if (!isPlain()) {
      throw new IllegalStateException("the piece knows where it stands");
    }
    string = other;
  }

  void prepend(String before) {
    if (string.isEmpty()) {
      return;
    }
    int first = string.codePointAt(0);
    Edit edit = new Edit(0, Character.charCount(first));
    int change = 0;
    for (int at = 0; at < before.length(); at += width(before, at)) {
      edit.put(before.codePointAt(at), change);
      change = 1;
    }
    edit.put(first, 1);
    edit.done();
  }

  /// Rewrites all of it.
  Edit edit() {
    return new Edit(0, string.length());
  }

  /// A change in one go from the left, of all or of a stretch. Each char put says how it relates to the old ones:
  /// 0 takes the next one's place, 1 is new, -n takes the next one's place and removes n after it.
  final class Edit {
    private final StringBuilder out;
    private final int from;
    private final int to;
    private final boolean traced = starts != null;
    private int[] newStarts;
    private int[] newEnds;
    private int size;
    /// The next old char.
    private int at;
    private int newLead;
    private boolean leading = true;

    private Edit(int from, int to) {
      this.from = from;
      this.to = to;
      at = from;
      out = new StringBuilder(to - from + 8);
      newStarts = new int[traced ? to - from + 8 : 0];
      newEnds = new int[newStarts.length];
    }

    /// Removes old characters before what is put next, without a trace in the char before.
    void skip(int characters) {
      for (int i = 0; i < characters && at < to; i++) {
        at += width(string, at);
      }
    }

    void put(int codePoint, int change) {
      align(Character.charCount(codePoint), change > 0 ? at - 1 : Math.min(at, string.length() - 1));
      out.appendCodePoint(codePoint);
      if (change <= 0) {
        skip(1 - change);
      }
    }

    private void align(int chars, int source) {
      int[] s = starts;
      int[] e = ends;
      if (s != null && e != null) {
        if (size + chars > newStarts.length) {
          newStarts = Arrays.copyOf(newStarts, newStarts.length * 2);
          newEnds = Arrays.copyOf(newEnds, newStarts.length);
        }
        for (int i = 0; i < chars; i++) {
          newStarts[size] = source < 0 ? shift : s[source];
          newEnds[size++] = source < 0 ? shift : e[source];
        }
      } else if (leading) {
        leading = source < 0 ? shift == 0 : source < lead;
        newLead += leading ? chars : 0;
      }
    }

    /// Copies the next characters as they are.
    void keep(int end) {
      if (traced) {
        while (at < end) {
          put(string.codePointAt(at), 0);
        }
      } else if (end > at) {
        if (leading) {
          int kept = Math.max(Math.min(lead, end) - at, 0);
          newLead += kept;
          leading = kept == end - at;
        }
        out.append(string, at, end);
        at = end;
      }
    }

    void done() {
      int[] s = starts;
      int[] e = ends;
      if (s != null && e != null) {
        int tail = string.length() - to;
        int[] allStarts = new int[from + size + tail];
        int[] allEnds = new int[allStarts.length];
        System.arraycopy(s, 0, allStarts, 0, from);
        System.arraycopy(e, 0, allEnds, 0, from);
        System.arraycopy(newStarts, 0, allStarts, from, size);
        System.arraycopy(newEnds, 0, allEnds, from, size);
        System.arraycopy(s, to, allStarts, from + size, tail);
        System.arraycopy(e, to, allEnds, from + size, tail);
        starts = allStarts;
        ends = allEnds;
      } else {
        // Stretches are changed at the beginning alone; what follows keeps what it stood for.
        lead = leading ? newLead + Math.max(lead - to, 0) : newLead;
      }
      string = string.substring(0, from) + out + string.substring(to);
    }
  }
}
