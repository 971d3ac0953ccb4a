package dev.athanor.data.privacy;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds what is personal or secret in a text.
///
/// One automaton passes over the text and stops at digits, `@`, prefixes of keys and words; only there is anything looked at closer, within
/// a bounded distance. So time is linear in the text's length whatever it is. The text is taken in blocks, so memory beyond the text is
/// bounded by what is found. A model may find names besides, at its own pace. Safe for several threads.
public final class PrivacyScanner {
  /// What is found and with which confidence; another number when that changes.
  public static final String VERSION = "privacy-2";

  private static final int BLOCK = 1 << 15;
  /// How far cues are known beyond a block: farther than any detector asks.
  private static final int MARGIN = 192;

  private final List<Trigger> triggers;
  private final Automaton automaton;
  private final Set<PiiKind> wanted;
  private final double certainty;
  private final @Nullable EntityFinder entities;

  /// @param wanted what is looked for
  /// @param certainty the least confidence of a finding
  /// @param regions in whose national forms telephone numbers are read, as ISO 3166 codes
  /// @param serviceNumbers whether 400 and 800 numbers of Chinese firms are found too
  public PrivacyScanner(Set<PiiKind> wanted, double certainty, List<String> regions, boolean serviceNumbers) {
    this(wanted, certainty, regions, serviceNumbers, null);
  }

  /// @param entities finds names by a model besides
  public PrivacyScanner(
      Set<PiiKind> wanted, double certainty, List<String> regions, boolean serviceNumbers, @Nullable EntityFinder entities) {
    this.entities = entities;
    this.wanted = wanted.isEmpty() ? EnumSet.noneOf(PiiKind.class) : EnumSet.copyOf(wanted);
    this.certainty = certainty;
    triggers = Triggers.all(new Phones(regions, serviceNumbers));
    automaton = new Automaton(triggers.stream().map(Trigger::word).toList());
  }

  /// Everything at the usual certainty of .5, with telephone numbers of China, the United States and the United Kingdom.
  public static PrivacyScanner standard() {
    return new PrivacyScanner(EnumSet.allOf(PiiKind.class), 0.5, List.of("CN", "US", "GB"), false);
  }

  /// @throws IllegalArgumentException for a region that is not known
  public static void requireRegions(List<String> regions) {
    Phones.requireRegions(regions);
  }

  /// What was found, in order, without overlaps: of two that overlap the surer stays, of two as sure the longer. What a model found
  /// gives way to what has a form of its own, a number or an address of e-mail; of names that overlap the longer stays.
  public List<Finding> find(String text) {
    var passage = new Passage(text, wanted, certainty);
    scan(text, passage);
    List<Finding> found = Overlaps.settled(passage.findings(), Finding.STRONGEST);
    EntityFinder model = entities;
    return model == null ? found : Overlaps.with(text, found, model.find(text, wanted));
  }

  /// How many characters were looked at one by one.
  long steps(String text) {
    var passage = new Passage(text, wanted, certainty);
    scan(text, passage);
    return passage.steps() + text.length();
  }

  private void scan(String text, Passage passage) {
    var block = new Block(Math.min(text.length(), BLOCK + 2 * MARGIN), passage);
    for (int from = 0; from < text.length(); from += BLOCK) {
      block.scan(text, from, Math.min(text.length(), from + BLOCK));
    }
  }

  /// The characters of a block and its margins, and the places to look at.
  private final class Block implements Automaton.Hits {
    private final char[] chars;
    private final Passage passage;
    private int[] events = new int[256];
    private int count;
    private int offset;
    private int known;
    private int from;
    private int to;

    Block(int size, Passage passage) {
      chars = new char[size];
      this.passage = passage;
    }

    void scan(String text, int blockFrom, int blockTo) {
      from = blockFrom;
      to = blockTo;
      offset = Math.max(0, from - MARGIN);
      known = Math.min(text.length(), to + MARGIN) - offset;
      text.getChars(offset, offset + known, chars, 0);
      count = 0;
      passage.clearCues();
      automaton.run(chars, 0, known, this);
      for (int i = 0; i < count; i += 3) {
        Detector detector = triggers.get(events[i]).detector();
        if (detector != null) {
          detector.look(passage, events[i + 1], events[i + 2]);
        }
      }
    }

    @Override
    public void hit(int word, int end) {
      Trigger trigger = triggers.get(word);
      int start = end - trigger.word().length();
      if (trigger.whole() && !whole(start, end)) {
        return;
      }
      Cue cue = trigger.cue();
      if (cue != null) {
        passage.addCue(cue, start + offset, end + offset);
      }
      if (trigger.detector() != null && start + offset >= from && start + offset < to && !goesOn(start)) {
        add(word, start + offset, end + offset);
      }
    }

    /// Inside a run of digits, colons or hyphens nothing new begins.
    private boolean goesOn(int start) {
      char c = chars[start];
      return start > 0 && Fold.isDigit(c) && Fold.isDigit(chars[start - 1]);
    }

    private void add(int word, int start, int end) {
      if (count + 3 > events.length) {
        events = Arrays.copyOf(events, 2 * events.length);
      }
      events[count++] = word;
      events[count++] = start;
      events[count++] = end;
    }

    /// A word's ends must not stand among letters, but for the humps of camel case: `userPassword`, `phoneNumber`.
    private boolean whole(int start, int end) {
      char first = chars[start];
      char last = chars[end - 1];
      char before = start > 0 ? chars[start - 1] : '\0';
      char after = end < known ? chars[end] : '\0';
      boolean left = !Trigger.isLatin(first) || !Trigger.isLatin(before) || (Fold.isLower(before) && Fold.isUpper(first));
      boolean right = !Trigger.isLatin(last) || !Trigger.isLatin(after) || (Fold.isLower(last) && Fold.isUpper(after));
      return left && right;
    }
  }
}
