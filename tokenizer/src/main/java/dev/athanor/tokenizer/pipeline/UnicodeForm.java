package dev.athanor.tokenizer.pipeline;

import java.text.Normalizer.Form;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// Unicode's normal forms. What each new character stands for follows from the definition: a character decomposes into one that
/// takes its place and new ones, marks change their order, and a character that composes takes the place of all that it took up.
record UnicodeForm(Form form) implements Normalizer {
  @Override
  public void normalize(Text text) {
    String string = text.string();
    if (java.text.Normalizer.isNormalized(string, form)) {
      return;
    }
    if (text.isPlain()) {
      text.replaceWhole(java.text.Normalizer.normalize(string, form));
      return;
    }
    boolean compatible = form == Form.NFKC || form == Form.NFKD;
    Form decomposed = compatible ? Form.NFKD : Form.NFD;
    Characters parts = new Characters(string, decomposed);
    String ordered = java.text.Normalizer.normalize(string, decomposed);
    int[] characters = ordered.codePoints().toArray();
    int[] changes = parts.changesOf(characters);
    Text.Edit edit = text.edit();
    if (form == decomposed) {
      for (int i = 0; i < characters.length; i++) {
        edit.put(characters[i], changes[i]);
      }
    } else {
      compose(java.text.Normalizer.normalize(ordered, Form.NFC), new Characters(characters, changes), edit);
    }
    edit.done();
  }

  /// Each composed character took up the first free one of each of its parts.
  private static void compose(String composed, Characters parts, Text.Edit edit) {
    for (int at = 0; at < composed.length(); at += Text.width(composed, at)) {
      int c = composed.codePointAt(at);
      int change = 0;
      int taken = 0;
      String own = java.text.Normalizer.normalize(Character.toString(c), Form.NFD);
      for (int i = 0; i < own.length(); i += Text.width(own, i)) {
        change += parts.take(own.codePointAt(i));
        taken++;
      }
      edit.put(c, change - (taken - 1));
    }
  }

  /// Characters with their changes, of which the first free one of a kind can be taken.
  private static final class Characters {
    private final int[] characters;
    private final int[] changes;
    private final boolean[] used;
    private final Map<Integer, Integer> next = new HashMap<>();
    private int free;

    Characters(int[] characters, int[] changes) {
      this.characters = characters;
      this.changes = changes;
      used = new boolean[characters.length];
    }

    /// Every character decomposed by itself, in the order of the text.
    Characters(String string, Form form) {
      int[] all = new int[string.length() + 16];
      int[] own = new int[all.length];
      int size = 0;
      for (int at = 0; at < string.length(); at += Text.width(string, at)) {
        String parts = java.text.Normalizer.normalize(string.substring(at, at + Text.width(string, at)), form);
        for (int i = 0; i < parts.length(); i += Text.width(parts, i)) {
          if (size == all.length) {
            all = Arrays.copyOf(all, size * 2);
            own = Arrays.copyOf(own, size * 2);
          }
          own[size] = i == 0 ? 0 : 1;
          all[size++] = parts.codePointAt(i);
        }
      }
      this(Arrays.copyOf(all, size), Arrays.copyOf(own, size));
    }

    int[] changesOf(int[] ordered) {
      int[] result = new int[ordered.length];
      for (int i = 0; i < ordered.length; i++) {
        result[i] = take(ordered[i]);
      }
      return result;
    }

    int take(int character) {
      int from = Math.max(free, next.getOrDefault(character, 0));
      while (from < characters.length && (used[from] || characters[from] != character)) {
        from++;
      }
      if (from == characters.length) {
        throw new IllegalStateException("the normal form holds a character that its parts do not");
      }
      used[from] = true;
      next.put(character, from + 1);
      while (free < used.length && used[free]) {
        free++;
      }
      return changes[from];
    }
  }
}
