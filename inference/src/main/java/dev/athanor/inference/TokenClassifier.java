package dev.athanor.inference;

import dev.athanor.base.UserException;
import dev.athanor.inference.EncoderRunner.Tokens;
import dev.athanor.inference.EntityLabels.Word;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.EncoderSpec;
import dev.athanor.model.EncoderSpec.Top;
import dev.athanor.model.ModelSpec;
import dev.athanor.tokenizer.Encoding;
import dev.athanor.tokenizer.Tokenizer;
import dev.athanor.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Finds what a text names (people, places, firms) with a published classifier of tokens: `BertForTokenClassification` and its like.
///
/// The model reads one sentence at a time, as it was trained to: what is found in a text is what is found in its sentences, whatever
/// stands around them and however they are batched. A sentence beyond the model's context is read in windows that overlap by a quarter.
/// A word has the label of its first token (Hugging Face's `aggregation_strategy="first"`): training told the model nothing of the others.
/// In scripts without spaces every token is a word. Time is linear in the text's length, memory beside the text is bounded. Thread-safe.
public final class TokenClassifier implements AutoCloseable {
  private static final String SUPPORTED = "BertForTokenClassification, RobertaForTokenClassification, XLMRobertaForTokenClassification";
  /// Tokens that are computed before their entities are told.
  private static final int TOGETHER = 1024;
  private static final int LEAST_CONTEXT = 16;
  /// Of a window, what it reads on either side of what it judges.
  private static final int MARGINS = 8;

  /// Chooses the sentences that are looked at.
  @FunctionalInterface
  public interface Choice {
    Choice ALL = (_, _, _) -> true;

    boolean takes(String text, int from, int to);
  }

  private final EncoderRunner runner;
  private final Tokenizer tokenizer;
  private final TextFrame frame;
  private final EntityLabels labels;
  private final int labelCount;
  private final int window;

  private TokenClassifier(EncoderRunner runner, Tokenizer tokenizer, List<String> names) {
    this.runner = runner;
    this.tokenizer = tokenizer;
    frame = TextFrame.of(tokenizer, runner.spec().embedding().tokenTypes());
    labels = new EntityLabels(names);
    labelCount = names.size();
    window = runner.spec().contextLength() - frame.around(new int[0]).ids().length;
  }

  /// Loads a model's folder in the published layout, its tokenizer with it. The folder is not needed afterwards.
  ///
  /// @param options how it is computed; its threads work together on one text
  /// @param lanes texts that are looked at at a time; more callers wait
  /// @throws UserException when something is missing, damaged, no classifier of tokens, or does not go together
  public static TokenClassifier open(Path modelDir, CpuOptions options, int lanes) {
    Tokenizer tokenizer = checked(modelDir);
    EncoderRunner runner = EncoderRunner.open(modelDir, options, lanes);
    return new TokenClassifier(runner, tokenizer, names(modelDir, runner.spec()));
  }

  /// What the model of a folder can find, without loading it.
  ///
  /// @throws UserException as [#open]
  public static List<String> kinds(Path modelDir) {
    checked(modelDir);
    try (CheckpointDir checkpoint = CheckpointDir.look(modelDir)) {
      return new EntityLabels(names(modelDir, checkpoint.spec())).kinds();
    }
  }

  /// The tokenizer of a folder in which everything goes together.
  private static Tokenizer checked(Path modelDir) {
    try (CheckpointDir checkpoint = CheckpointDir.look(modelDir)) {
      names(modelDir, checkpoint.spec());
      EncoderSpec spec = (EncoderSpec) checkpoint.spec();
      Tokenizer tokenizer = Tokenizers.open(modelDir);
      if (tokenizer.vocabSize() > spec.vocabSize()) {
        throw new UserException(
            "%s: the tokenizer has %d tokens and the model only %d: they do not belong together"
                .formatted(modelDir, tokenizer.vocabSize(), spec.vocabSize()));
      }
      int control;
      try {
        control = TextFrame.of(tokenizer, spec.embedding().tokenTypes()).around(new int[0]).ids().length;
      } catch (UserException e) {
        throw new UserException(modelDir + ": " + e.getMessage(), e);
      }
      if (spec.contextLength() - control < LEAST_CONTEXT) {
        throw new UserException(modelDir + ": a context of " + spec.contextLength() + " tokens is too short to read sentences");
      }
      return tokenizer;
    }
  }

  private static List<String> names(Path modelDir, ModelSpec spec) {
    if (spec instanceof EncoderSpec encoder && encoder.top() instanceof Top.TokenClassifier top) {
      return top.labels();
    }
    throw new UserException(
        modelDir + " holds no classifier of tokens; architectures in its config.json must name one of " + SUPPORTED);
  }

  /// What it can find, in the order of its labels.
  public List<String> kinds() {
    return labels.kinds();
  }

  /// What a text names, in order, without overlaps.
  public List<Entity> find(String text) {
    return find(text, Choice.ALL);
  }

  /// The same in some of the sentences.
  public List<Entity> find(String text, Choice choice) {
    Pending pending = new Pending(text);
    Sentences.cut(
        text,
        (from, to) -> {
          if (choice.takes(text, from, to)) {
            pending.add(from, to);
          }
        });
    pending.compute();
    return pending.entities;
  }

  /// The scores of a text's tokens as the model gives them, the control tokens' among them.
  ///
  /// @throws IllegalArgumentException when it does not fit the context
  List<float[]> scores(String text) {
    float[] all = runner.tokenScores(List.of(frame.around(tokenizer.encode(text)))).getFirst();
    List<float[]> rows = new ArrayList<>();
    for (int at = 0; at < all.length; at += labelCount) {
      rows.add(Arrays.copyOfRange(all, at, at + labelCount));
    }
    return rows;
  }

  @Override
  public void close() {
    runner.close();
  }

  /// The sentences of a text that wait to be computed.
  private final class Pending {
    private final String text;
    private final List<Sentence> sentences = new ArrayList<>();
    private final List<Entity> entities = new ArrayList<>();
    private int tokens;

    Pending(String text) {
      this.text = text;
    }

    void add(int from, int to) {
      Encoding encoding = tokenizer.encodeWithOffsets(text.substring(from, to), false);
      if (encoding.ids().length > 0) {
        sentences.add(new Sentence(from, to, encoding));
        tokens += encoding.ids().length;
      }
      if (tokens >= TOGETHER) {
        compute();
      }
    }

    void compute() {
      List<Tokens> windows = new ArrayList<>();
      sentences.forEach(sentence -> sentence.windows().forEach(w -> windows.add(sentence.tokens(w))));
      List<float[]> scores = runner.tokenScores(windows);
      int at = 0;
      for (Sentence sentence : sentences) {
        List<Window> own = sentence.windows();
        entities.addAll(labels.entities(words(sentence, own, scores.subList(at, at + own.size()))));
        at += own.size();
      }
      sentences.clear();
      tokens = 0;
    }

    private List<Word> words(Sentence sentence, List<Window> windows, List<float[]> scores) {
      List<Word> words = new ArrayList<>();
      int at = 0;
      int count = sentence.encoding.ids().length;
      for (int first = 0; first < count; ) {
        int next = first + 1;
        while (next < count && sentence.joins(text, next)) {
          next++;
        }
        while (first >= windows.get(at).judgedTo()) {
          at++;
        }
        Window window = windows.get(at);
        int row = (frame.before() + first - window.from()) * labelCount;
        int label = best(scores.get(at), row);
        int from = sentence.begin(text, first);
        int to = sentence.end(text, next - 1);
        if (from < to) {
          words.add(new Word(from, to, label, probability(scores.get(at), row, label)));
        }
        first = next;
      }
      return words;
    }
  }

  private int best(float[] scores, int row) {
    int best = 0;
    for (int label = 1; label < labelCount; label++) {
      if (scores[row + label] > scores[row + best]) {
        best = label;
      }
    }
    return best;
  }

  private double probability(float[] scores, int row, int label) {
    double sum = 0;
    for (int i = 0; i < labelCount; i++) {
      sum += Math.exp((double) scores[row + i] - scores[row + label]);
    }
    return 1 / sum;
  }

  /// Tokens that the model reads together.
  ///
  /// @param judgedTo the labels of tokens up to here, from where the window before ends to judge
  private record Window(int from, int to, int judgedTo) {}

  /// @param at where it begins in the text
  /// @param end in the text
  private final class Sentence {
    private final int at;
    private final int end;
    private final Encoding encoding;

    Sentence(int at, int end, Encoding encoding) {
      this.at = at;
      this.end = end;
      this.encoding = encoding;
    }

    List<Window> windows() {
      int count = encoding.ids().length;
      if (count <= window) {
        return List.of(new Window(0, count, count));
      }
      int margin = window / MARGINS;
      List<Window> windows = new ArrayList<>();
      for (int from = 0; ; from += window - 2 * margin) {
        if (from + window >= count) {
          windows.add(new Window(from, count, count));
          return windows;
        }
        windows.add(new Window(from, from + window, from + window - margin));
      }
    }

    Tokens tokens(Window window) {
      return frame.around(Arrays.copyOfRange(encoding.ids(), window.from(), window.to()));
    }

    /// Whether a token goes on with the word of the one before it.
    boolean joins(String text, int token) {
      int from = encoding.starts()[token] + at;
      int before = encoding.ends()[token - 1] + at;
      if (from < before) {
        return true;
      }
      return from == before && from > at && from < end && joins(text.codePointBefore(from)) && joins(text.codePointAt(from));
    }

    private static boolean joins(int c) {
      if (!Character.isLetterOrDigit(c) && Character.getType(c) != Character.NON_SPACING_MARK) {
        return false;
      }
      return switch (Character.UnicodeScript.of(c)) {
        case HAN, HIRAGANA, KATAKANA, BOPOMOFO, THAI, LAO, KHMER, MYANMAR -> false;
        default -> true;
      };
    }

    /// Where a token's own characters begin in the text: some tokenizers count the space before them.
    int begin(String text, int token) {
      int from = encoding.starts()[token] + at;
      int to = encoding.ends()[token] + at;
      while (from < to && Character.isWhitespace(text.charAt(from))) {
        from++;
      }
      return from;
    }

    int end(String text, int token) {
      int from = encoding.starts()[token] + at;
      int to = encoding.ends()[token] + at;
      while (to > from && Character.isWhitespace(text.charAt(to - 1))) {
        to--;
      }
      return to;
    }
  }
}
