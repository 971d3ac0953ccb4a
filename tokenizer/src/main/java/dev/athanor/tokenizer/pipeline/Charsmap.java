package dev.athanor.tokenizer.pipeline;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// SentencePiece's compiled rules of normalisation, `precompiled_charsmap`: the size in bytes of a double-array trie (Darts,
/// https://github.com/s-yata/darts-clone), the trie, and zero-terminated replacements to which its values point. As Hugging
/// Face runs it: a grapheme of less than six bytes is replaced whole by what its *shortest* prefix in the trie says, else its
/// characters one by one. [LongestMatches] runs it as SentencePiece itself does.
final class Charsmap implements Normalizer {
  private static final int LONGEST_GRAPHEME = 5;

  private final int[] units;
  private final byte[] replacements;

  private Charsmap(int[] units, byte[] replacements) {
    this.units = units;
    this.replacements = replacements;
  }

  /// @param place the base64 text
  /// @param own an object with the texts that are `kept`, for SentencePiece's own way; or nothing
  static Normalizer at(Place place, Place own) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(place.text());
    } catch (IllegalArgumentException e) {
      throw place.bad("is not base64: " + e.getMessage(), e);
    }
    if (bytes.length == 0) {
      return text -> {};
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int size = bytes.length < 4 ? -1 : buffer.getInt();
    if (size < 4 || size > bytes.length - 4 || size % 4 != 0) {
      throw place.bad("is damaged: the trie's size is " + size + " of " + bytes.length + " bytes");
    }
    int[] units = new int[size / 4];
    buffer.asIntBuffer().get(units);
    byte[] replacements = new byte[bytes.length - 4 - size];
    System.arraycopy(bytes, 4 + size, replacements, 0, replacements.length);
    Charsmap charsmap = new Charsmap(units, replacements);
    return own.isUnset() ? charsmap : new LongestMatches(charsmap, own.at("kept").items().stream().map(Place::text).toList());
  }

  @Override
  public void normalize(Text text) {
    String string = text.string();
    if (string.isEmpty()) {
      return;
    }
    Changes changes = new Changes(string.length());
    Graphemes graphemes = new Graphemes(string);
    for (int start = 0; start < string.length(); ) {
      int end = graphemes.end(start);
      String whole = end - start <= LONGEST_GRAPHEME ? replacement(string.substring(start, end)) : null;
      if (whole != null) {
        changes.replace(string.codePointCount(start, end), whole);
      } else {
        for (int at = start; at < end; at += Text.width(string, at)) {
          String one = end - start == Text.width(string, at) ? null : replacement(string.substring(at, at + Text.width(string, at)));
          if (one != null) {
            changes.replace(1, one);
          } else {
            changes.keep(string.codePointAt(at));
          }
        }
      }
      start = end;
    }
    changes.apply(text);
  }

  /// What the shortest prefix in the trie stands for, or null.
  private @Nullable String replacement(String part) {
    byte[] key = part.getBytes(StandardCharsets.UTF_8);
    if (key.length > LONGEST_GRAPHEME) {
      return null;
    }
    int node = offset(units[0]);
    for (byte b : key) {
      if (b == 0) {
        return null;
      }
      node ^= b & 0xFF;
      if (node >= units.length) {
        return null;
      }
      int unit = units[node];
      if ((unit & 0x800000FF) != (b & 0xFF)) {
        return null;
      }
      node ^= offset(unit);
      if (((unit >>> 8) & 1) != 0 && node < units.length) {
        return at(units[node] & 0x7FFFFFFF);
      }
    }
    return null;
  }

  /// The longest match at a place: where it ends in the lower 32 bits, what it stands for in the upper; 0 for none.
  long longest(String string, int start) {
    long found = 0;
    int node = offset(units[0]);
    for (int at = start; at < string.length(); ) {
      int end = at + Text.width(string, at);
      byte[] key = string.substring(at, end).getBytes(StandardCharsets.UTF_8);
      int unit = 0;
      for (byte b : key) {
        node ^= b & 0xFF;
        if (b == 0 || node >= units.length || (units[node] & 0x800000FF) != (b & 0xFF)) {
          return found;
        }
        unit = units[node];
        node ^= offset(unit);
      }
      if (((unit >>> 8) & 1) != 0 && node < units.length) {
        found = ((long) (units[node] & 0x7FFFFFFF) << 32) | end;
      }
      at = end;
    }
    return found;
  }

  private static int offset(int unit) {
    return (unit >>> 10) << ((unit & (1 << 9)) >>> 6);
  }

  String at(int index) {
    int end = index;
    while (end < replacements.length && replacements[end] != 0) {
      end++;
    }
    return index >= replacements.length ? "" : new String(replacements, index, end - index, StandardCharsets.UTF_8);
  }

  /// The new characters; which of them count as new or as taking up others is known only when a whole replacement is there.
  static final class Changes {
    private int[] characters;
    private int[] changes;
    private int size;
    private boolean changed;

    Changes(int capacity) {
      characters = new int[capacity + 16];
      changes = new int[capacity + 16];
    }

    void keep(int character) {
      if (size == characters.length) {
        characters = Arrays.copyOf(characters, size * 2);
        changes = Arrays.copyOf(changes, size * 2);
      }
      changes[size] = 0;
      characters[size++] = character;
    }

    void replace(int old, String replacement) {
      changed = true;
      int count = 0;
      for (int at = 0; at < replacement.length(); at += Text.width(replacement, at)) {
        keep(replacement.codePointAt(at));
        count++;
      }
      for (int i = 0; i < count - old; i++) {
        changes[size - 1 - i] = 1;
      }
      if (count < old && size > 0) {
        changes[size - 1] += count - old;
      }
    }

    void apply(Text text) {
      if (!changed) {
        return;
      }
      Text.Edit edit = text.edit();
      for (int i = 0; i < size; i++) {
        edit.put(characters[i], changes[i]);
      }
      edit.done();
    }
  }
}
