package dev.athanor.inference;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How a classifier's labels of words tell entities: by plain kinds, or with marks of where in an entity a word stands: `B-PER` begins,
/// `I-` or `M-` goes on, `E-` or `L-` ends, `S-` or `U-` is alone (IOB1, IOB2, BIOES, BILOU, BMES). `O` is outside of any.
final class EntityLabels {
  private static final String OUTSIDE = "O";

  /// @param kind empty outside
  private record Label(String kind, boolean begins, boolean ends) {}

  private final List<Label> labels;

  EntityLabels(List<String> names) {
    Set<String> marked = new HashSet<>();
    for (String name : names) {
      if (hasMark(name, "BI")) {
        marked.add(name.substring(2));
      }
    }
    labels = names.stream().map(name -> label(name, marked)).toList();
  }

  private static boolean hasMark(String name, String marks) {
    return name.length() > 2 && marks.indexOf(name.charAt(0)) >= 0 && (name.charAt(1) == '-' || name.charAt(1) == '_');
  }

  private static Label label(String name, Set<String> marked) {
    if (name.equals(OUTSIDE)) {
      return new Label("", false, false);
    }
    if (!hasMark(name, "BIMELSU") || !marked.contains(name.substring(2))) {
      return new Label(name, false, false);
    }
    char mark = name.charAt(0);
    return new Label(name.substring(2), "BSU".indexOf(mark) >= 0, "ELSU".indexOf(mark) >= 0);
  }

  /// What an entity can be, in the order of the labels.
  List<String> kinds() {
    return labels.stream().map(Label::kind).filter(kind -> !kind.isEmpty()).distinct().toList();
  }

  /// A word with its likeliest label and that label's probability.
  record Word(int from, int to, int label, double probability) {}

  /// The entities of a stretch's words, each as sure as its words are on average.
  List<Entity> entities(List<Word> words) {
    List<Entity> entities = new ArrayList<>();
    Open open = null;
    for (Word word : words) {
      Label label = labels.get(word.label());
      if (open != null && open.takes(label)) {
        open.add(word, label);
        continue;
      }
      if (open != null) {
        entities.add(open.entity());
      }
      open = label.kind().isEmpty() ? null : new Open(word, label);
    }
    if (open != null) {
      entities.add(open.entity());
    }
    return entities;
  }

  /// An entity that may go on.
  private static final class Open {
    private final String kind;
    private final int from;
    private int to;
    private int words;
    private double sum;
    private @Nullable Label last;

    Open(Word word, Label label) {
      kind = label.kind();
      from = word.from();
      add(word, label);
    }

    boolean takes(Label label) {
      Label before = last;
      return label.kind().equals(kind) && !label.begins() && (before == null || !before.ends());
    }

    void add(Word word, Label label) {
      to = word.to();
      words++;
      sum += word.probability();
      last = label;
    }

    Entity entity() {
      return new Entity(kind, from, to, sum / words);
    }
  }
}
