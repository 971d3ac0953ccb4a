package dev.athanor.data.ngram;

import dev.athanor.base.AtomicPath;
import dev.athanor.base.Json;
import dev.athanor.base.Sha256;
import dev.athanor.base.UserException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import tools.jackson.core.JacksonException;

/// A backoff n-gram model of words in a memory-mapped file: log10 probabilities and backoffs as in an ARPA file. Immutable, for any
/// number of threads, each with its own [State]s.
///
/// The file: a table of words (hash, id), the unigrams by id (probability, backoff), for each higher order a table of n-grams (64-bit
/// key, probability, and below the highest order the backoff) with linear probing, two thirds full; then the facts as JSON and a
/// trailer of 16 bytes: the JSON's length, its CRC-32C, the magic number. Numbers are little-endian. The probing tables are those of
/// KenLM: Heafield, "KenLM: Faster and smaller language model queries", WMT 2011, whose shortening of states is used too.
public final class WordModel {
  public static final int HIGHEST_ORDER = 12;
  static final long MAGIC = 0x316d676e48544141L; // the bytes "AATHngm1"
  static final int TRAILER = 16;
  static final float NO_EXTENSION = -0.0f;
  static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final int NO_EXTENSION_BITS = Float.floatToRawIntBits(NO_EXTENSION);

  private final Facts facts;
  private final Layout layout;
  private final MemorySegment body;
  private final UnitCutter cutter;

  /// What the end of a file says.
  ///
  /// @param counts n-grams by order, from unigrams
  /// @param units how text is cut: "words", "auto", "tokenizer"
  /// @param gaps whether some n-gram's suffix may be missing, so that a longer one must be looked for after a miss
  /// @param bytes of the tables, and their CRC-32C
  /// @param quantiles perplexities that 0 %, 1 %, …, 100 % of the documents of a reference set do not exceed; empty when unknown
  /// @param tokenizer what stands in its `tokenizer.json`, where units are its tokens
  record Facts(
      int order, List<Long> counts, String units, boolean gaps, long bytes, long crc, List<Double> quantiles, String tokenizer) {
    Facts {
      counts = List.copyOf(counts);
      quantiles = List.copyOf(quantiles);
    }

    Facts with(List<Double> newQuantiles) {
      return new Facts(order, counts, units, gaps, bytes, crc, newQuantiles, tokenizer);
    }
  }

  /// Where everything stands in the file.
  static final class Layout {
    private static final int WORD_BYTES = 12;
    private static final int UNIGRAM_BYTES = 8;
    private final int order;
    private final long[] counts;
    private final long[] slots;
    private final long[] starts;
    private final long unigrams;
    private final long bytes;

    private Layout(int order, long[] counts) {
      this.order = order;
      this.counts = counts.clone();
      slots = new long[order + 1];
      starts = new long[order + 1];
      Arrays.setAll(slots, k -> counts[k] + counts[k] / 2 + 1);
      unigrams = align(slots[1] * WORD_BYTES);
      long at = align(unigrams + counts[1] * UNIGRAM_BYTES);
      for (int k = 2; k <= order; k++) {
        starts[k] = at;
        at = align(at + slots[k] * gramBytes(k));
      }
      bytes = at;
    }

    /// @param counts `counts[k]` n-grams of order k; `counts[0]` is not used
    static Layout of(int order, long[] counts) {
      return new Layout(order, counts);
    }

    private static long align(long at) {
      return (at + 63) & -64;
    }

    private long gramBytes(int k) {
      return k == order ? 12 : 16;
    }

    long bytes() {
      return bytes;
    }

    long count(int k) {
      return counts[k];
    }

    long wordSlots() {
      return slots[1];
    }

    long slots(int k) {
      return slots[k];
    }

    long word(long slot) {
      return slot * WORD_BYTES;
    }

    long unigram(int id) {
      return unigrams + (long) id * UNIGRAM_BYTES;
    }

    long gram(int k, long slot) {
      return starts[k] + slot * gramBytes(k);
    }
  }

  private WordModel(Facts facts, Layout layout, MemorySegment body, UnitCutter cutter) {
    this.facts = facts;
    this.layout = layout;
    this.body = body;
    this.cutter = cutter;
  }

  /// Maps a model's file and checks it. It is let go when the model is no longer used.
  ///
  /// @throws UserException when it is missing, damaged, cut off or no model
  public static WordModel open(Path file) {
    Facts facts = facts(file);
    try (FileChannel channel = FileChannel.open(file)) {
      MemorySegment body = channel.map(FileChannel.MapMode.READ_ONLY, 0, facts.bytes, Arena.ofAuto());
      Layout layout = Layout.of(facts.order, counts(facts));
      if (layout.bytes() != facts.bytes || WordModelBuilder.checksum(body) != facts.crc) {
        throw damaged(file, "its checksum does not fit");
      }
      return new WordModel(facts, layout, body, UnitCutter.of(facts.units, facts.tokenizer, file.toString()));
    } catch (IOException e) {
      throw new UserException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /// Whether a file ends as a model's does; nothing else of it is looked at.
  public static boolean isOne(Path file) {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(file)) {
      var magic = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      return channel.size() >= TRAILER && channel.read(magic, channel.size() - 8) == 8 && magic.getLong(0) == MAGIC;
    } catch (IOException e) {
      throw new UserException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private static long[] counts(Facts facts) {
    long[] counts = new long[facts.order + 1];
    for (int k = 1; k <= facts.order; k++) {
      counts[k] = facts.counts.get(k - 1);
    }
    return counts;
  }

  private static Facts facts(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      if (channel.size() < TRAILER) {
        throw damaged(file, "it is no n-gram model");
      }
      var trailer = ByteBuffer.allocate(TRAILER).order(ByteOrder.LITTLE_ENDIAN);
      channel.read(trailer, channel.size() - TRAILER);
      int length = trailer.getInt(0);
      if (trailer.getLong(8) != MAGIC || length < 2 || length > channel.size() - TRAILER) {
        throw damaged(file, "it is no n-gram model, or it is cut off");
      }
      byte[] json = new byte[length];
      var bytes = ByteBuffer.wrap(json);
      long start = channel.size() - TRAILER - length;
      while (bytes.hasRemaining() && channel.read(bytes, start + bytes.position()) >= 0) {
        // reads until all is there
      }
      CRC32C crc = new CRC32C();
      crc.update(json);
      if ((int) crc.getValue() != trailer.getInt(4)) {
        throw damaged(file, "its checksum does not fit");
      }
      Facts facts = Json.read(new String(json, StandardCharsets.UTF_8), Facts.class);
      boolean sound =
          facts.order >= 1 && facts.order <= HIGHEST_ORDER && facts.counts.size() == facts.order && facts.bytes == start
              && facts.counts.stream().allMatch(count -> count >= 0 && count <= facts.bytes) && facts.counts.getFirst() >= WordHash.MARKS.length;
      if (!sound) {
        throw damaged(file, "its parts do not fit together");
      }
      return facts;
    } catch (NoSuchFileException e) {
      throw new UserException("no such file: " + file, e);
    } catch (JacksonException e) {
      throw new UserException(file + ": damaged: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UserException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private static UserException damaged(Path file, String what) {
    return new UserException(
        file + ": " + what + "; models are made by 'athanor data train-ngram', of text or of an ARPA file");
  }

  /// What changes when the file's content does, told without reading all of it.
  public static String fingerprint(Path file) {
    return Sha256.of(Json.canonical(facts(file)));
  }

  /// The same model with the perplexities of a reference set, instead of those it had.
  ///
  /// @param perplexities of the documents, in any order
  public static void addReference(Path file, double[] perplexities) {
    Facts facts = facts(file).with(quantiles(perplexities));
    AtomicPath.write(
        file,
        beside -> {
          Files.copy(file, beside);
          try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.WRITE)) {
            channel.truncate(facts.bytes);
            channel.position(facts.bytes);
            WordModelBuilder.write(channel, facts);
            channel.force(true);
          }
        });
  }

  private static List<Double> quantiles(double[] perplexities) {
    double[] sorted = perplexities.clone();
    Arrays.sort(sorted);
    List<Double> quantiles = new ArrayList<>();
    for (int percent = 0; sorted.length > 0 && percent <= 100; percent++) {
      double at = percent / 100.0 * (sorted.length - 1);
      int below = (int) at;
      int above = Math.min(below + 1, sorted.length - 1);
      quantiles.add(sorted[below] + (at - below) * (sorted[above] - sorted[below]));
    }
    return quantiles;
  }

  public int order() {
    return facts.order;
  }

  /// n-grams by order, from unigrams.
  public List<Long> counts() {
    return facts.counts;
  }

  /// How text is cut.
  public UnitCutter cutter() {
    return cutter;
  }

  public boolean hasReference() {
    return !facts.quantiles.isEmpty();
  }

  /// The share in percent of the reference set's documents whose perplexity is no greater.
  public double percentile(double perplexity) {
    List<Double> q = facts.quantiles;
    if (q.isEmpty()) {
      throw new IllegalStateException("the model has no reference set");
    }
    int above = 0;
    while (above < q.size() && q.get(above) <= perplexity) {
      above++;
    }
    if (above == 0 || above == q.size()) {
      return above == 0 ? 0 : 100;
    }
    double low = q.get(above - 1);
    return above - 1 + (perplexity - low) / (q.get(above) - low);
  }

  /// A word's id; that of `<unk>` for one that is not here.
  public int word(String word) {
    return word(WordHash.of(word));
  }

  int word(long hash) {
    long slots = layout.wordSlots();
    long slot = reduce(hash, slots);
    while (true) {
      long found = body.get(LONG, layout.word(slot));
      if (found == hash) {
        return body.get(INT, layout.word(slot) + 8);
      }
      if (found == 0) {
        return WordHash.UNKNOWN;
      }
      slot = slot + 1 == slots ? 0 : slot + 1;
    }
  }

  /// A number below `slots`, by the high bits of a hash.
  static long reduce(long hash, long slots) {
    return Math.unsignedMultiplyHigh(hash, slots);
  }

  /// What came before: the words that can matter, with the backoffs of the n-grams that end here.
  public static final class State {
    private final int[] words = new int[HIGHEST_ORDER];
    private final float[] backoffs = new float[HIGHEST_ORDER];
    private int length;
    private long lookups;

    /// Table look-ups that filled this state, in all.
    public long lookups() {
      return lookups;
    }
  }

  /// Before a sentence.
  public State begin() {
    State state = new State();
    begin(state);
    return state;
  }

  void begin(State state) {
    state.words[0] = WordHash.BEGIN;
    state.backoffs[0] = body.get(FLOAT, layout.unigram(WordHash.BEGIN) + 4);
    state.length = order() > 1 && continues(state.backoffs[0]) ? 1 : 0;
  }

  /// Nothing is known of what came before.
  public State unknownPast() {
    return new State();
  }

  private static boolean continues(float backoff) {
    return Float.floatToRawIntBits(backoff) != NO_EXTENSION_BITS;
  }

  /// The log10 probability of a word after what came before; fills `next`, another state. At most `order` look-ups: longer n-grams
  /// are looked for only where a shorter one was found.
  public float score(State before, int word, State next) {
    int order = facts.order;
    long at = layout.unigram(word);
    float probability = body.get(FLOAT, at);
    float backoff = body.get(FLOAT, at + 4);
    int matched = 1;
    int useful = 0;
    next.words[0] = word;
    if (order > 1) {
      next.backoffs[0] = backoff;
      useful = continues(backoff) ? 1 : 0;
    }
    long key = WordHash.first(word);
    int lookups = 1;
    for (int d = 0; d < before.length; d++) {
      key = WordHash.extend(key, before.words[d]);
      int k = d + 2;
      long entry = find(key, k);
      lookups++;
      if (entry < 0) {
        if (!facts.gaps) {
          break;
        }
        if (k < order) {
          next.words[d + 1] = before.words[d];
          next.backoffs[d + 1] = NO_EXTENSION;
        }
        continue;
      }
      probability = body.get(FLOAT, entry + 8);
      matched = k;
      if (k < order) {
        float own = body.get(FLOAT, entry + 12);
        next.words[d + 1] = before.words[d];
        next.backoffs[d + 1] = own;
        useful = continues(own) ? k : useful;
      }
    }
    next.length = useful;
    next.lookups += lookups;
    for (int k = matched; k <= before.length; k++) {
      probability += before.backoffs[k - 1];
    }
    return probability;
  }

  /// Where the entry of an n-gram of order k begins, or −1.
  private long find(long key, int k) {
    long slots = layout.slots(k);
    long slot = reduce(key, slots);
    while (true) {
      long at = layout.gram(k, slot);
      long found = body.get(LONG, at);
      if (found == key) {
        return at;
      }
      if (found == 0) {
        return -1;
      }
      slot = slot + 1 == slots ? 0 : slot + 1;
    }
  }

  /// The backoff of an n-gram that is here, NO_EXTENSION where nothing follows.
  ///
  /// @param context the words before the last, the nearest first
  float backoff(int word, int[] context, int length) {
    if (length == 0) {
      return body.get(FLOAT, layout.unigram(word) + 4);
    }
    long key = WordHash.first(word);
    for (int d = 0; d < length; d++) {
      key = WordHash.extend(key, context[d]);
    }
    return body.get(FLOAT, find(key, length + 1) + 12);
  }

  /// How likely a text is.
  ///
  /// @param log10 sum of the log10 probabilities of all units and line ends
  /// @param units and line ends
  /// @param unknown units that the model does not know
  /// @param lookups in the model's tables
  public record Likelihood(double log10, long units, long unknown, long lookups) {
    /// `10^(−log10 / units)`; 1 of nothing.
    public double perplexity() {
      return units == 0 ? 1 : Math.pow(10, -log10 / units);
    }
  }

  /// Each line is a sentence with its end, as in CCNet; lines without units do not count.
  public Likelihood likelihood(CharSequence text) {
    var line = new Line();
    int from = 0;
    int length = text.length();
    while (from < length) {
      int to = from;
      while (to < length && text.charAt(to) != '\n') {
        to++;
      }
      cutter.cut(text, from, to, line);
      line.end();
      from = to + 1;
    }
    return new Likelihood(line.sum, line.units, line.unknown, line.before.lookups + line.after.lookups);
  }

  private final class Line implements UnitCutter.Sink {
    private State before = begin();
    private State after = new State();
    private boolean empty = true;
    private double sum;
    private long units;
    private long unknown;

    @Override
    public void unit(char[] chars, int from, int to) {
      int id = word(WordHash.of(chars, from, to));
      if (id == WordHash.UNKNOWN) {
        unknown++;
      }
      step(id);
      empty = false;
    }

    private void step(int id) {
      sum += score(before, id, after);
      units++;
      State swap = before;
      before = after;
      after = swap;
    }

    void end() {
      if (!empty) {
        step(WordHash.END);
        begin(before);
        empty = true;
      }
    }
  }

  /// The bytes of the tables.
  public long bytes() {
    return facts.bytes;
  }

  /// Every unit of one sentence by itself, its end last: log10 probabilities.
  public float[] sentence(List<String> words) {
    float[] scores = new float[words.size() + 1];
    State before = begin();
    State after = new State();
    for (int i = 0; i <= words.size(); i++) {
      scores[i] = score(before, i == words.size() ? WordHash.END : word(words.get(i)), after);
      State swap = before;
      before = after;
      after = swap;
    }
    return scores;
  }
}
