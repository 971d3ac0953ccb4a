package dev.athanor.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Against Hugging Face's `tokenizers` itself, by its native library in DJL's jar: the same ids at the same places for random
/// Unicode and for real texts.
class HuggingFaceOracleTest {
  private static final int TEXTS = 500;

  @TempDir Path dir;

  /// Kinds whose components the native library of this version has.
  static Stream<String> kinds() {
    return PipelineGoldens.kinds().filter(kind -> !kind.equals("splits") && !kind.equals("ctc"));
  }

  private static HuggingFaceTokenizer theirs(Path file) {
    Map<String, String> options = Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");
    try {
      return HuggingFaceTokenizer.newInstance(file, options);
    } catch (IOException | UnsatisfiedLinkError | ExceptionInInitializerError | NoClassDefFoundError e) {
      assumeTrue(false, "the native library of Hugging Face's tokenizers cannot be loaded here: " + e);
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void encode_randomUnicode_isTheirs(String kind) throws IOException {
    Path file = Files.writeString(dir.resolve("tokenizer.json"), Json.write(PipelineGoldens.json(kind)));
    HardText random = new HardText(kind.hashCode());
    try (HuggingFaceTokenizer theirs = theirs(file)) {
      PipelineTokenizer general = PipelineGoldens.pipeline(kind);
      for (int i = 0; i < TEXTS; i++) {
        check(general, theirs, random.next(24));
      }
      Tokenizer fast = Tokenizers.open(withEnd(file));
      if (fast instanceof BpeTokenizer) {
        for (int i = 0; i < TEXTS; i++) {
          check(fast, theirs, random.next(24));
        }
      }
    }
  }

  private Path withEnd(Path file) throws IOException {
    Files.writeString(dir.resolve("tokenizer_config.json"), "{\"eos_token\":null}");
    return file;
  }

  @ParameterizedTest
  @EnumSource
  void encode_trainedByPreset_isTheirs(TokenizerPreset preset) {
    RandomText corpus = new RandomText(77);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      texts.add(corpus.words(60) + corpus.next(20));
    }
    var options = new BpeTrainer.Options(420, 2, List.of("<|endoftext|>", ChatMl.START, ChatMl.END), preset.preTokenizer(), 2);
    BpeTokenizer ours = new BpeTrainer(options).train(texts, Progress.silent());
    Tokenizers.save(ours, dir);
    HardText random = new HardText(preset.name().hashCode());
    try (HuggingFaceTokenizer theirs = theirs(dir.resolve(Tokenizers.FILE))) {
      for (int i = 0; i < TEXTS; i++) {
        check(ours, theirs, random.next(30));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void encode_realTexts_isTheirs(String kind) throws IOException {
    Path data = Path.of("../../shared/data");
    assumeTrue(Files.isDirectory(data), "there are no texts at " + data.toAbsolutePath().normalize());
    Path file = Files.writeString(dir.resolve("tokenizer.json"), Json.write(PipelineGoldens.json(kind)));
    List<Path> texts = new ArrayList<>();
    for (String folder : List.of("text", "llamafactory")) {
      try (Stream<Path> files = Files.walk(data.resolve(folder))) {
        files.filter(Files::isRegularFile).filter(f -> f.toString().matches(".*\\.(txt|json|jsonl|md)")).sorted().forEach(texts::add);
      }
    }
    assertThat(texts).hasSizeGreaterThan(2);
    PipelineTokenizer ours = PipelineGoldens.pipeline(kind);
    try (HuggingFaceTokenizer theirs = theirs(file)) {
      for (Path text : texts) {
        for (String part : parts(Files.readString(text))) {
          check(ours, theirs, part);
        }
      }
    }
  }

  /// The first stretches of a file.
  private static List<String> parts(String text) {
    List<String> parts = new ArrayList<>();
    for (int at = 0; at < text.length() && parts.size() < 4; ) {
      int end = Math.min(text.length(), at + 3_000);
      if (end < text.length() && Character.isLowSurrogate(text.charAt(end))) {
        end--;
      }
      parts.add(text.substring(at, end));
      at = end;
    }
    return parts;
  }

  private static void check(Tokenizer ours, HuggingFaceTokenizer theirs, String text) {
    ai.djl.huggingface.tokenizers.Encoding wanted = theirs.encode(text, false, false);
    int[] ids = new int[wanted.getIds().length];
    int[] starts = new int[ids.length];
    int[] ends = new int[ids.length];
    CharSpan[] spans = wanted.getCharTokenSpans();
    for (int i = 0; i < ids.length; i++) {
      ids[i] = (int) wanted.getIds()[i];
      starts[i] = spans[i].getStart();
      ends[i] = spans[i].getEnd();
    }
    assertThat(ours.encodeWithSpecials(text)).as("%s", new Escaped(text)).isEqualTo(ids);
    Encoding encoding = ours.encodeWithOffsets(text, true);
    assertThat(encoding.ids()).as("%s", new Escaped(text)).isEqualTo(ids);
    assertThat(encoding.starts()).as("starts of %s", new Escaped(text)).isEqualTo(PipelineGoldens.units(text, starts));
    assertThat(encoding.ends()).as("ends of %s", new Escaped(text)).isEqualTo(PipelineGoldens.units(text, ends));
  }

  /// Written out only when a test fails.
  private record Escaped(String text) {
    @Override
    public String toString() {
      StringBuilder out = new StringBuilder();
      text.chars().forEach(c -> out.append(c >= ' ' && c < 127 ? String.valueOf((char) c) : String.format("\\u%04x", c)));
      return out.toString();
    }
  }

  /// Texts of words, names of added tokens, blanks of all kinds, and characters of blocks that every version of Unicode since
  /// the fourth has whole.
  private static final class HardText {
    private static final String[] PARTS = {
      " ", "  ", "\n", "\r\n", "\t", "\u00a0", "\u3000", "\u2028", "\u0085", "\u200b", "\u200d", "\ufeff", "\u00ad", "\0", "\u0007", "'s", "'S", "'ll",
      "the", "token", "tokens", "Hello", "WORLD", "low", "new_word", "Special", "<ent>", "<l>", "<r>", "<lr>", "[MASK]", "[SEP]", "<s>", "</s>",
      "<unk>", "<mask>", "<|endoftext|>", "<|im_start|>", "<extra_id_1>", "▁", "_", "-", "--", ".", "...", ",", "!", "##", "中文", "的", "世界", "カタカナ",
      "ー", "한국", "e\u0301", "\u0301", "\u0323\u0301", "é", "ﬁ", "ß", "İ", "Å", "①", "½", "１", "ｆ", "42", "٣", "👍🏽", "👩‍👧", "🇩🇪", "❤\ufe0f", "𝔘",
      "ก", "ำ", "हि", "क्ष", "עִ", "العربية", "\u1100\u1161\u11a8", "각", "\r", "x", "a", "Z"
    };
    private static final int[][] BLOCKS = {
      {0x20, 0x7E}, {0xA0, 0x17F}, {0x300, 0x345}, {0x386, 0x3CE}, {0x400, 0x45F}, {0x5D0, 0x5EA}, {0x621, 0x652}, {0x905, 0x939}, {0xE01, 0xE3A},
      {0x1100, 0x1159}, {0x1E00, 0x1E9B}, {0x2010, 0x2027}, {0x2030, 0x2052}, {0x2074, 0x208E}, {0x2100, 0x2138}, {0x2153, 0x2183}, {0x2190, 0x23CE},
      {0x2460, 0x24EA}, {0x2500, 0x2613}, {0x3001, 0x303F}, {0x3041, 0x3094}, {0x30A1, 0x30FE}, {0x3131, 0x318E}, {0x3200, 0x321C}, {0x3300, 0x3376},
      {0x4E00, 0x9FA5}, {0xAC00, 0xD7A3}, {0xF900, 0xFA2D}, {0xFB00, 0xFB06}, {0xFB50, 0xFBB1}, {0xFF01, 0xFFBE}, {0x1D400, 0x1D454}, {0x1D15E, 0x1D164},
      {0x20000, 0x2A6D6}, {0x1F300, 0x1F320}, {0x1F600, 0x1F64F}
    };

    private final Random random;

    HardText(long seed) {
      random = new Random(seed);
    }

    String next(int parts) {
      StringBuilder text = new StringBuilder();
      int n = random.nextInt(parts + 1);
      for (int i = 0; i < n; i++) {
        if (random.nextInt(3) == 0) {
          int[] block = BLOCKS[random.nextInt(BLOCKS.length)];
          text.appendCodePoint(block[0] + random.nextInt(block[1] - block[0] + 1));
        } else {
          text.repeat(PARTS[random.nextInt(PARTS.length)], random.nextInt(8) == 0 ? 1 + random.nextInt(5) : 1);
        }
      }
      return text.toString();
    }
  }
}
