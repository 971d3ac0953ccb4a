package dev.athanor.data.ngram;

import dev.athanor.base.AtomicPath;
import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/// A backoff model as text, as KenLM, SRILM and IRSTLM write it (Doug Paul's ARPA format); `.gz` is unpacked. Reads it into a
/// [WordModel]'s file.
public final class ArpaFile {
  private static final Pattern COUNT = Pattern.compile("\\s*ngram\\s+(\\d+)\\s*=\\s*(\\d+)\\s*");
  /// What KenLM takes for words of which a model without `<unk>` says nothing.
  private static final float IMPOSSIBLE = -100;

  private final Path file;
  private final BufferedReader in;
  private final Progress.Task task;
  private long line;

  private ArpaFile(Path file, BufferedReader in, Progress.Task task) {
    this.file = file;
    this.in = in;
    this.task = task;
  }

  /// @param cutter how text for this model is to be cut
  /// @throws UserException naming the line that is not as the format has it
  public static void convert(Path arpa, UnitCutter cutter, Path model, Progress progress) {
    try (InputStream bytes = Files.newInputStream(arpa);
        InputStream plain = arpa.toString().endsWith(".gz") ? new GZIPInputStream(bytes, 1 << 16) : bytes;
        var in = new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8.newDecoder()), 1 << 16);
        Progress.Task task = progress.start("read " + arpa.getFileName(), -1, "n-gram")) {
      var reader = new ArpaFile(arpa, in, task);
      AtomicPath.write(model, beside -> reader.read(beside, cutter));
    } catch (NoSuchFileException e) {
      throw new UserException("no such file: " + arpa, e);
    } catch (CharacterCodingException e) {
      throw new UserException(arpa + ": is not UTF-8", e);
    } catch (IOException e) {
      throw new UserException("cannot read " + arpa + ": " + e.getMessage(), e);
    }
  }

  private void read(Path beside, UnitCutter cutter) throws IOException {
    long[] counts = counts();
    int order = counts.length - 1;
    section(1);
    var ids = new WordIds();
    for (String mark : WordHash.MARKS) {
      ids.add(WordHash.of(mark));
    }
    int size = Math.toIntExact(Math.min(counts[1] + WordHash.MARKS.length, Integer.MAX_VALUE - 16L));
    float[] probabilities = new float[size];
    float[] backoffs = new float[size];
    Arrays.fill(probabilities, IMPOSSIBLE);
    Arrays.fill(backoffs, WordModel.NO_EXTENSION);
    Gram gram = new Gram(1);
    for (long i = 0; i < counts[1]; i++) {
      parse(next(), gram);
      int before = ids.size();
      int id = ids.add(WordHash.of(gram.words[0]));
      if (id >= WordHash.MARKS.length && id < before) {
        throw wrong("the word '" + gram.words[0] + "' comes twice");
      }
      probabilities[id] = gram.probability;
      backoffs[id] = gram.backoff;
    }
    counts[1] = ids.size();
    try (var builder = new WordModelBuilder(beside, order, counts, ids.byId())) {
      int[] words = new int[order];
      for (int id = 0; id < ids.size(); id++) {
        builder.probability(id, words, 0, probabilities[id]);
        words[0] = id;
        keepBackoff(builder, words, 1, backoffs[id]);
      }
      for (int k = 2; k <= order; k++) {
        section(k);
        grams(builder, k, order, counts[k], ids);
      }
      if (!next().equals("\\end\\")) {
        throw wrong("expected \\end\\");
      }
      builder.finish(cutter);
    }
  }

  private void grams(WordModelBuilder builder, int k, int order, long count, WordIds ids) throws IOException {
    Gram gram = new Gram(k);
    // The last word first, as contexts are.
    int[] words = new int[k];
    for (long i = 0; i < count; i++) {
      parse(next(), gram);
      for (int d = 0; d < k; d++) {
        String word = gram.words[k - 1 - d];
        words[d] = ids.find(WordHash.of(word));
        if (words[d] < 0) {
          throw wrong("'" + word + "' is not among the unigrams");
        }
      }
      int[] context = Arrays.copyOfRange(words, 1, k);
      int[] beforeLast = Arrays.copyOfRange(context, 1, k - 1);
      if (!builder.contains(context[0], beforeLast, k - 2)) {
        throw wrong("its first " + (k - 1) + " words are not among the " + (k - 1) + "-grams");
      }
      if (isNone(builder.backoff(context[0], beforeLast, k - 2))) {
        builder.backoff(context, k - 1, 0f);
      }
      if (!builder.contains(words[0], context, k - 2)) {
        builder.sayGaps();
      }
      builder.probability(words[0], context, k - 1, gram.probability);
      if (k < order) {
        keepBackoff(builder, words, k, gram.backoff);
      }
    }
  }

  private static void keepBackoff(WordModelBuilder builder, int[] gram, int length, float backoff) {
    if (backoff != 0) {
      builder.backoff(gram, length, backoff);
    }
  }

  private static boolean isNone(float backoff) {
    return Float.floatToRawIntBits(backoff) == Float.floatToRawIntBits(WordModel.NO_EXTENSION);
  }

  private long[] counts() throws IOException {
    String first = next();
    while (!first.equals("\\data\\")) {
      first = next();
    }
    List<Long> counts = new ArrayList<>(List.of(0L));
    for (String text = in.readLine(); ; text = in.readLine()) {
      line++;
      Matcher matcher = COUNT.matcher(text == null ? "" : text);
      if (!matcher.matches()) {
        break;
      }
      if (!matcher.group(1).equals(Integer.toString(counts.size())) || matcher.group(2).length() > 15) {
        throw wrong("expected 'ngram " + counts.size() + "=' and a number");
      }
      counts.add(Long.parseLong(matcher.group(2)));
    }
    int order = counts.size() - 1;
    if (order < 1 || order > WordModel.HIGHEST_ORDER) {
      throw wrong("a model has an order between 1 and " + WordModel.HIGHEST_ORDER + ", not " + order);
    }
    // A count is believed only as far as the file could hold it: an n-gram takes four bytes at least.
    long most = Files.size(file) * (file.toString().endsWith(".gz") ? 1000 : 1) / 4 + 1;
    for (long count : counts) {
      if (count > most) {
        throw wrong("the file is too short for " + count + " n-grams");
      }
    }
    return counts.stream().mapToLong(Long::longValue).toArray();
  }

  private void section(int k) throws IOException {
    String title = next();
    if (!title.equals("\\" + k + "-grams:")) {
      throw wrong("expected \\" + k + "-grams:, found '" + title + "'");
    }
  }

  /// The next line that is not empty.
  private String next() throws IOException {
    while (true) {
      String text = in.readLine();
      line++;
      if (text == null) {
        throw wrong("the file ends too early");
      }
      if (!text.isEmpty()) {
        return text;
      }
    }
  }

  /// A line's parts, used again and again.
  private static final class Gram {
    private final String[] words;
    private float probability;
    private float backoff;

    Gram(int k) {
      words = new String[k];
      Arrays.fill(words, "");
    }
  }

  private void parse(String text, Gram gram) {
    int part = 0;
    int at = 0;
    gram.backoff = WordModel.NO_EXTENSION;
    while (at < text.length()) {
      while (at < text.length() && isBlank(text.charAt(at))) {
        at++;
      }
      int from = at;
      while (at < text.length() && !isBlank(text.charAt(at))) {
        at++;
      }
      if (at == from) {
        break;
      }
      if (part == 0) {
        gram.probability = number(text.substring(from, at));
        if (gram.probability > 0) {
          throw wrong("log10 of a probability is not above 0, as " + gram.probability + " is");
        }
      } else if (part <= gram.words.length) {
        gram.words[part - 1] = text.substring(from, at);
      } else if (part == gram.words.length + 1) {
        gram.backoff = number(text.substring(from, at));
      } else {
        throw wrong("more than a probability, " + gram.words.length + " words and a backoff");
      }
      part++;
    }
    if (part <= gram.words.length) {
      throw wrong("expected a probability and " + gram.words.length + " words");
    }
    task.advance(1);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  private float number(String text) {
    try {
      float number = Float.parseFloat(text);
      if (Float.isNaN(number)) {
        throw wrong("'" + text + "' is no number");
      }
      return number;
    } catch (NumberFormatException e) {
      throw new UserException(file + ":" + line + ": '" + text + "' is no number", e);
    }
  }

  private UserException wrong(String what) {
    return new UserException(file + ":" + line + ": " + what);
  }
}
