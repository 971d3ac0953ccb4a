package dev.athanor.model.gguf;

import dev.athanor.tokenizer.PreTokenizer;
import dev.athanor.tokenizer.PreTokenizerPattern;
import dev.athanor.tokenizer.PreTokenizerSequence;
import java.util.List;
import java.util.Optional;

/// What `tokenizer.ggml.pre` names: a GGUF file holds no pattern, only a name that readers know. The names, and which of
/// them ignore merges and begin texts with bos unless the file says otherwise, are those of llama.cpp's `llama-vocab.cpp`;
/// the patterns are those of the `tokenizer.json` files that the names stand for.
///
/// @param names that which it is written with first
/// @param ignoresMerges a piece that is a token as a whole is that token
/// @param addsBos where the file does not say
/// @param nfc text is composed first, which GGUF has no key for
record GgufPreTokenizer(
    PreTokenizer preTokenizer, boolean ignoresMerges, boolean addsBos, boolean nfc, List<String> names) {
  private static final GgufPreTokenizer GPT2 =
      plain(
          PreTokenizerPattern.GPT2,
          "gpt-2", "phi-2", "jina-es", "jina-de", "jina-v2-es", "jina-v2-de", "mpt", "olmo", "jais");

  private static final GgufPreTokenizer LLAMA3 =
      new GgufPreTokenizer(
          PreTokenizerPattern.LLAMA3,
          true,
          true,
          false,
          List.of("llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2"));

  /// Llama 3's pattern, where merges have the word.
  private static final GgufPreTokenizer LLAMA3_MERGES = plain(PreTokenizerPattern.LLAMA3, "smaug-bpe", "dbrx");

  private static final GgufPreTokenizer QWEN2 =
      new GgufPreTokenizer(
          PreTokenizerPattern.QWEN2,
          false,
          false,
          true,
          List.of("qwen2", "deepseek-r1-qwen", "megrez"));

  private static final GgufPreTokenizer DEEPSEEK_LLM =
      plain(
          PreTokenizerSequence.of(
              "[\r\n]",
              "\\s?[A-Za-zµÀ-ÖØ-öø-ƺƼ-ƿǄ-\u0293\u0295-\u02AF\u0370-\u0373\u0376\u0377\u037B-\u037D\u037F\u0386"
                  + "\u0388-\u038A\u038C\u038E-\u03A1\u03A3-\u03F5\u03F7-\u0481\u048A-\u052F\u0531-\u0556"
                  + "\u10A0-\u10C5\u13A0-\u13F5\u13F8-\u13FD\u1C90-\u1CBA\u1CBD-\u1CBF\u1D00-\u1D2B\u1D6B-\u1D77"
                  + "\u1D79-\u1D9A\u1E00-\u1F15\u1F18-\u1F1D\u1F20-\u1F45\u1F48-\u1F4D\u1F50-\u1F57\u1F59\u1F5B"
                  + "\u1F5D\u1F5F-\u1F7D\u1F80-\u1FB4\u1FB6-\u1FBC\u1FBE\u1FC2-\u1FC4\u1FC6-\u1FCC\u1FD0-\u1FD3"
                  + "\u1FD6-\u1FDB\u1FE0-\u1FEC\u1FF2-\u1FF4\u1FF6-\u1FFC\u2102\u2107\u210A-\u2113\u2115"
                  + "\u2119-\u211D\u2124\u2126\u2128\u212A-\u212D\u212F-\u2134\u2139\u213C-\u213F\u2145-\u2149\u214E"
                  + "\u2183\u2184\u2C00-\u2C7B\u2C7E-\u2CE4\u2CEB-\u2CEE\u2CF2\u2CF3\uA640-\uA66D\uA680-\uA69B"
                  + "\uA722-\uA76F\uA771-\uA787\uA78B-\uA78E\uAB70-\uABBF\uFB00-\uFB06\uFB13-\uFB17\uFF21-\uFF3A"
                  + "\uFF41-\uFF5A\uD801\uDC00-\uD801\uDC4F\uD801\uDCB0-\uD801\uDCD3\uD801\uDCD8-\uD801\uDCFB"
                  + "\uD803\uDC80-\uD803\uDCB2\uD803\uDCC0-\uD803\uDCF2\uD806\uDCA0-\uD806\uDCDF"
                  + "\uD83A\uDD00-\uD83A\uDD43]+",
              "\\s?[!-/:-~！-／：-～‘-‟\u3000-。]+",
              "\\s+$",
              "[一-龥ࠀ-一가-\uD7FF]+",
              "\\p{N}"),
          "deepseek-llm");

  private static final GgufPreTokenizer DIGITS_GPT2 =
      plain(
          PreTokenizerSequence.of("\\p{N}", PreTokenizerPattern.GPT2.regex()),
          "smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b");

  /// Of files that were written before there were names.
  private static final GgufPreTokenizer DEFAULT =
      plain(
          PreTokenizerSequence.of(
              "[\\p{P}\\$\\+<=>\\^~\\|]+", PreTokenizerPattern.GPT2.regex(), "\\p{N}+", "[0-9][0-9][0-9]"),
          "default");

  private static final List<GgufPreTokenizer> ALL =
      List.of(GPT2, LLAMA3, LLAMA3_MERGES, QWEN2, DEEPSEEK_LLM, DIGITS_GPT2, DEFAULT);

  private static GgufPreTokenizer plain(PreTokenizer preTokenizer, String... names) {
    return new GgufPreTokenizer(preTokenizer, false, false, false, List.of(names));
  }

  /// The name that it is written with.
  String label() {
    return names.getFirst();
  }

  /// Whether it puts a space before text where the file says so; the readers of other patterns pass that over.
  boolean knowsPrefixSpace() {
    return preTokenizer.equals(PreTokenizerPattern.GPT2);
  }

  static Optional<GgufPreTokenizer> named(String name) {
    return ALL.stream().filter(kind -> kind.names.contains(name)).findFirst();
  }

  static Optional<GgufPreTokenizer> of(PreTokenizer preTokenizer, boolean ignoresMerges) {
    return ALL.stream()
        .filter(kind -> kind.ignoresMerges == ignoresMerges && kind.preTokenizer.equals(preTokenizer))
        .findFirst();
  }

  /// Every name that is known, for messages.
  static List<String> allNames() {
    return ALL.stream().flatMap(kind -> kind.names.stream()).toList();
  }
}
