package dev.athanor.tokenizer;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Adds tokens to a byte-level BPE tokenizer, each with the merge that makes it, after those of the base: texts are cut and encoded
/// as the base does, and the counting of pairs goes on over its ids. No id changes its meaning, and a text in which none of the new
/// pairs stands is encoded as before.
///
/// Every new token is reached: it was learned from a word in which its two parts stood side by side with all earlier merges made,
/// and merges inside a stretch that no token crosses depend on that stretch alone, so its own bytes come to the same two parts, and
/// then to it.
///
/// Of an alphabet, first each character that is not a token by itself becomes one. In a text a merge of the base may still take a
/// character's first byte to what stands before it (a space, a comma); so the pairs that meet inside a character of the alphabet
/// merge next, as long as some come often enough, and then all others. New ids begin where the base's end, after its added tokens.
public final class BpeExtender {
  /// @param add the most tokens that are added
  /// @param minFrequency pairs that come less often never merge
  /// @param alphabet characters that must be one token each; in any order
  public record Options(int add, long minFrequency, String alphabet) {
    public Options {
      if (add < 1 || minFrequency < 1) {
        throw new UserException("tokens to add and minimum frequency must be at least 1, not " + add + " and " + minFrequency);
      }
    }
  }

  private final BpeTokenizer base;
  private final Options options;

  public BpeExtender(BpeTokenizer base, Options options) {
    this.base = base;
    this.options = options;
  }

  /// @param texts counted as the base cuts them
  /// @throws UserException where there is nothing to add, or the alphabet needs more
  public BpeExtension extend(KindCounts texts, Progress progress) {
    List<byte[]> tokens = new ArrayList<>(Arrays.asList(base.model().tokens()));
    while (tokens.size() < base.vocabSize()) {
      tokens.add(new byte[0]);
    }
    int first = tokens.size();
    IntList lefts = merges(base.model().mergeLefts());
    IntList rights = merges(base.model().mergeRights());
    cover(tokens, lefts, rights);
    int target = Math.addExact(first, options.add);
    if (tokens.size() > target) {
      throw new UserException(
          "the alphabet alone takes %,d tokens, and --add allows %,d".formatted(tokens.size() - first, options.add));
    }
    PieceEncoder covered = new PieceEncoder(model(tokens, lefts, rights));
    MergeLearner learner = new MergeLearner(new PairCounts(texts.all(), covered::encode), tokens, options.minFrequency, lefts, rights);
    base.addedTokens().forEach(added -> ByteAlphabet.read(added.content()).ifPresent(learner::avoid));
    try (Progress.Task task = progress.start("learn merges", (long) target - tokens.size(), "merge")) {
      if (!options.alphabet.isEmpty()) {
        learner.learn(target, InsideCharacters.of(options.alphabet), task);
      }
      learner.learn(target, task);
    }
    if (tokens.size() == first) {
      throw new UserException(
          "nothing to add: no pair of the base's tokens comes %,d times in the texts%s"
              .formatted(options.minFrequency, options.alphabet.isEmpty() ? "" : ", and each character of the alphabet is a token"));
    }
    if (tokens.size() < target) {
      progress.say("the texts hold pairs for %,d new tokens only, not the %,d asked for".formatted(tokens.size() - first, options.add));
    }
    return new BpeExtension(base, new BpeTokenizer(model(tokens, lefts, rights), base.config()));
  }

  /// Makes each character of the alphabet a token, from its first part on; a beginning that several share is made once.
  private void cover(List<byte[]> tokens, IntList lefts, IntList rights) {
    Set<String> known = new HashSet<>();
    tokens.forEach(token -> known.add(PieceEncoder.latin1(token)));
    PairTable made = new PairTable(256);
    int[] characters = options.alphabet.codePoints().sorted().distinct().toArray();
    for (int character : characters) {
      if (character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE) {
        throw new UserException(String.format("the alphabet holds U+%04X, half of a character", character));
      }
      int[] ids = base.pieces().encode(Character.toString(character).getBytes(StandardCharsets.UTF_8));
      while (ids.length > 1) {
        int at = lowest(ids, made);
        if (at < 0) {
          byte[] bytes = MergeLearner.concat(tokens.get(ids[0]), tokens.get(ids[1]));
          if (!known.add(PieceEncoder.latin1(bytes))) {
            throw new UserException(
                "the base has a token for %s that its merges do not reach; '%s' cannot become one token by merges"
                    .formatted(ByteAlphabet.write(bytes), Character.toString(character)));
          }
          made.findOrAdd(ids[0], ids[1]);
          lefts.add(ids[0]);
          rights.add(ids[1]);
          tokens.add(bytes);
          at = 0;
        }
        int number = made.find(ids[at], ids[at + 1]);
        int[] merged = new int[ids.length - 1];
        System.arraycopy(ids, 0, merged, 0, at + 1);
        System.arraycopy(ids, at + 2, merged, at + 1, ids.length - at - 2);
        merged[at] = base.vocabSize() + number;
        ids = merged;
      }
    }
  }

  /// Where the earliest of the new merges fits; -1 where none does.
  private static int lowest(int[] ids, PairTable made) {
    int best = -1;
    int lowest = Integer.MAX_VALUE;
    for (int at = 0; at + 1 < ids.length; at++) {
      int number = made.find(ids[at], ids[at + 1]);
      if (number >= 0 && number < lowest) {
        lowest = number;
        best = at;
      }
    }
    return best;
  }

  private BpeModel model(List<byte[]> tokens, IntList lefts, IntList rights) {
    BpeModel model = base.model();
    return new BpeModel(
        tokens.toArray(byte[][]::new),
        lefts.toArray(),
        rights.toArray(),
        model.addedTokens(),
        model.preTokenizer(),
        model.addPrefixSpace(),
        model.nfc(),
        model.ignoreMerges(),
        model.bosId());
  }

  private static IntList merges(int[] ids) {
    IntList list = new IntList(ids.length + 1024);
    list.addAll(ids);
    return list;
  }
}
