package dev.athanor.tokenizer;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;

/// Trains byte-level BPE (Sennrich et al. 2016, arXiv:1508.07909; bytes as in GPT-2): from the 256 bytes, again and again
/// the most frequent pair of neighbours inside pieces becomes a token.
///
/// The rule is exact (see [MergeLearner]), so that the same texts in any order and on any number of threads give the same tokenizer.
///
/// Characters that must be covered are merged before all others, each from its first byte on, by code point: from then on each is
/// one token wherever it stands, since the bytes of one character follow each other in no other way.
///
/// Ids: the special tokens that come first, where there are any, the 256 bytes in GPT-2's published order, the merges, and the other
/// special tokens.
public final class BpeTrainer {
  public static final String END_OF_TEXT = "<|endoftext|>";

  /// @param vocabSize ids in all, special tokens included; texts that hold fewer frequent pairs give fewer
  /// @param minFrequency pairs that come less often never merge
  /// @param specialTokens the first ends a document; with `<|im_start|>` and `<|im_end|>` the tokenizer speaks ChatML
  /// @param first special tokens that have the lowest ids, in this order: published RoBERTa, BART and T5 expect theirs there
  /// @param alphabet characters that must be one token each, whether the texts hold them or not; in any order
  public record Options(
      int vocabSize,
      long minFrequency,
      List<String> specialTokens,
      List<String> first,
      PreTokenizer pattern,
      int threads,
      String alphabet) {
    /// With all special tokens last.
    public Options(
        int vocabSize, long minFrequency, List<String> specialTokens, PreTokenizer pattern, int threads) {
      this(vocabSize, minFrequency, specialTokens, List.of(), pattern, threads);
    }

    /// With no characters that must be covered.
    public Options(
        int vocabSize, long minFrequency, List<String> specialTokens, List<String> first, PreTokenizer pattern, int threads) {
      this(vocabSize, minFrequency, specialTokens, first, pattern, threads, "");
    }

    public Options {
      specialTokens = List.copyOf(specialTokens);
      first = List.copyOf(first);
      if (!specialTokens.containsAll(first) || new HashSet<>(first).size() < first.size()) {
        throw new IllegalArgumentException("tokens that come first are special tokens, each once: " + first);
      }
      if (specialTokens.isEmpty() || specialTokens.contains("") || new HashSet<>(specialTokens).size() < specialTokens.size()) {
        throw new UserException(
            "special tokens: at least one, each with a name of its own; the first ends a document: " + specialTokens);
      }
      int covering = AlphabetMerges.of(alphabet).size();
      int least = 256 + specialTokens.size() + covering;
      if (vocabSize < least) {
        throw new UserException(
            "vocabulary size " + vocabSize + " is too small; 256 bytes"
                + (covering > 0 ? ", the characters that must be covered" : "") + " and the special tokens need at least " + least);
      }
      if (minFrequency < 1 || threads < 1) {
        throw new UserException(
            "minimum frequency and threads must be at least 1, not " + minFrequency + " and " + threads);
      }
    }

    /// Qwen's pattern, ChatML's special tokens, pairs that come at least twice, two threads.
    public static Options of(int vocabSize) {
      return new Options(
          vocabSize, 2, List.of(END_OF_TEXT, ChatMl.START, ChatMl.END), PreTokenizerPattern.QWEN2, 2);
    }
  }

  private final Options options;
  private final TrainingMemory memory;

  public BpeTrainer(Options options) {
    this(options, TrainingMemory.UNBOUNDED);
  }

  /// @param memory what does not fit goes to disk; the tokenizer is the same
  public BpeTrainer(Options options, TrainingMemory memory) {
    this.options = options;
    this.memory = memory;
  }

  public BpeTokenizer train(Iterable<String> texts, Progress progress) {
    return train(texts.iterator(), progress);
  }

  /// Reads the stream once, on the caller's thread. Memory grows with the number of distinct pieces, up to the bound.
  public BpeTokenizer train(Iterator<String> texts, Progress progress) {
    try (PieceRuns runs = new PieceRuns(memory.folder())) {
      CountedPieces pieces;
      try (Progress.Task task = progress.start("count pieces", -1, "char")) {
        pieces = new PieceCounter(options.pattern, options.threads).count(texts, memory, runs, task);
      }
      return train(pieces, progress);
    }
  }

  /// From texts whose pieces were counted, by the same pattern.
  public BpeTokenizer train(KindCounts counts, Progress progress) {
    return train(counts.all(), progress);
  }

  private BpeTokenizer train(CountedPieces pieces, Progress progress) {
    List<byte[]> tokens = new ArrayList<>();
    options.first.forEach(name -> tokens.add(name.getBytes(StandardCharsets.UTF_8)));
    int[] idOfByte = new int[256];
    for (byte b : ByteAlphabet.order()) {
      idOfByte[b & 0xFF] = tokens.size();
      tokens.add(new byte[] {b});
    }
    IntList lefts = new IntList(options.vocabSize);
    IntList rights = new IntList(options.vocabSize);
    int target = options.vocabSize - (options.specialTokens.size() - options.first.size());
    try (PairCounts pairs = new PairCounts(pieces, idOfByte, memory)) {
      MergeLearner learner = new MergeLearner(pairs, tokens, options.minFrequency, lefts, rights);
      cover(learner, tokens);
      try (Progress.Task task = progress.start("learn merges", (long) target - tokens.size(), "merge")) {
        learner.learn(target, task);
      }
    }
    int size = tokens.size() + options.specialTokens.size() - options.first.size();
    if (size < options.vocabSize) {
      progress.say(
          "the texts hold pairs for a vocabulary of " + size + " only, not the " + options.vocabSize + " asked for");
    }
    return tokenizer(tokens, lefts, rights);
  }

  /// The ids of single bytes are those of `tokens` after the first special tokens.
  private void cover(MergeLearner learner, List<byte[]> tokens) {
    Map<String, Integer> ids = new HashMap<>();
    for (int id = options.first.size(); id < tokens.size(); id++) {
      ids.put(PieceEncoder.latin1(tokens.get(id)), id);
    }
    for (AlphabetMerges.Merge merge : AlphabetMerges.of(options.alphabet)) {
      int left = Objects.requireNonNull(ids.get(merge.left()), "shorter parts come first");
      int right = Objects.requireNonNull(ids.get(merge.right()), "every byte has an id");
      ids.put(merge.left() + merge.right(), tokens.size());
      learner.merge(left, right);
    }
  }

  private BpeTokenizer tokenizer(List<byte[]> tokens, IntList lefts, IntList rights) {
    List<AddedToken> added = new ArrayList<>();
    for (String name : options.first) {
      added.add(AddedToken.special(added.size(), name));
    }
    int next = tokens.size();
    for (String name : options.specialTokens) {
      if (!options.first.contains(name)) {
        added.add(AddedToken.special(next++, name));
      }
    }
    BpeModel model =
        new BpeModel(
            tokens.toArray(byte[][]::new),
            lefts.toArray(),
            rights.toArray(),
            added,
            options.pattern,
            false,
            false,
            false,
            OptionalInt.empty());
    TokenizerConfig config = TokenizerConfig.standard(options.specialTokens.getFirst(), added);
    boolean chat = options.specialTokens.containsAll(List.of(ChatMl.START, ChatMl.END));
    return new BpeTokenizer(model, chat ? config.withChatTemplate(ChatMl.jinja()) : config);
  }
}
