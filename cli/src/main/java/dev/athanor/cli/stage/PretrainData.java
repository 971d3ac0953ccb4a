package dev.athanor.cli.stage;

import dev.athanor.base.UserException;
import dev.athanor.data.PackedBatches;
import dev.athanor.data.Rows;
import dev.athanor.data.TokenFile;
import dev.athanor.model.SpecialTokens;
import dev.athanor.tokenizer.BpeTokenizer;
import dev.athanor.tokenizer.Tokenizer;
import dev.athanor.train.BatchSource;
import dev.athanor.train.LabelledBatch;
import dev.athanor.train.objective.BartNoising;
import dev.athanor.train.objective.CausalLm;
import dev.athanor.train.objective.FillInTheMiddle;
import dev.athanor.train.objective.Frame;
import dev.athanor.train.objective.MaskedLm;
import dev.athanor.train.objective.MiddleCut;
import dev.athanor.train.objective.MiddleTokens;
import dev.athanor.train.objective.Noise;
import dev.athanor.train.objective.Pieces;
import dev.athanor.train.objective.PrefixLm;
import dev.athanor.train.objective.SentenceEnds;
import dev.athanor.train.objective.Sentinels;
import dev.athanor.train.objective.SpanCorruption;
import dev.athanor.train.objective.SpanNoise;
import dev.athanor.train.objective.WordStarts;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// What a recipe's objective makes of token files and of packed rows.
///
/// @param rows of text a micro-batch
record PretrainData(Recipe.Pretrain recipe, BpeTokenizer tokenizer, int rows, long seed) {
  BatchSource of(TokenFile file) {
    return of(new PackedBatches(file, rowLength(), seed));
  }

  /// @throws UserException when the rows are of another length than the objective's
  BatchSource of(Rows text) {
    if (text.length() != rowLength()) {
      throw new UserException(
          "pretrain: the shards' rows have " + text.length() + " tokens, and with context_length: " + recipe.contextLength()
              + " this objective reads rows of " + rowLength() + "; pack them anew with --context-length " + rowLength());
    }
    return switch (recipe.architecture()) {
      case DECODER -> causal(text);
      case BERT, ROBERTA -> masked(text);
      case T5, BART -> recipe.corruptsSpans() ? spans(text) : noised(text);
    };
  }

  /// The first batches of a file, always the same; none where it holds nothing.
  ///
  /// @param tokens at least so many of text, or all there are
  List<LabelledBatch> fixed(TokenFile file, long tokens) {
    List<LabelledBatch> batches = new ArrayList<>();
    if (file.tokens() == 0) {
      return batches;
    }
    BatchSource source = of(file);
    long each = (long) rows * rowLength();
    for (long seen = 0; seen < Math.min(tokens, file.tokens()); seen += each) {
      batches.add(source.microBatch(batches.size()));
    }
    return batches;
  }

  /// Ids that the model's configuration names.
  SpecialTokens special() {
    return switch (recipe.architecture()) {
      case DECODER -> SavedModel.special(tokenizer);
      case BERT -> SpecialTokens.NONE;
      case ROBERTA, BART -> new SpecialTokens(OptionalInt.of(id(tokenizer, "<s>")), List.of(tokenizer.endOfText()));
      case T5 -> SpecialTokens.endingWith(tokenizer.endOfText());
    };
  }

  /// What the decoder of an encoder-decoder reads first, as published: T5's padding, BART's end.
  static int decoderStart(Recipe.Architecture architecture, Tokenizer tokenizer) {
    return architecture == Recipe.Architecture.T5 ? id(tokenizer, "<pad>") : tokenizer.endOfText();
  }

  static SpanNoise noise(Recipe.Pretrain recipe) {
    return recipe.spanCorruption() == null ? SpanNoise.T5 : recipe.spanCorruption().noise();
  }

  // ---- objectives ----

  private BatchSource causal(Rows text) {
    Rows packed = text;
    Recipe.FillIn fillIn = recipe.fillInTheMiddle();
    if (fillIn != null) {
      FillInTheMiddle.Settings settings = new FillInTheMiddle.Settings(fillIn.rate(), fillIn.spm());
      MiddleCut cut = new MiddleCut.BetweenCharacters(tokenizer);
      packed = new FillInTheMiddle(packed, tokenizer.endOfText(), settings, MiddleTokens.of(tokenizer), cut, seed);
    }
    CausalLm causal = new CausalLm(packed, rows, tokenizer.endOfText());
    return recipe.prefixLm() ? new PrefixLm(causal, seed) : causal;
  }

  private BatchSource masked(Rows text) {
    Recipe.Masking masking = recipe.maskedLm();
    WordStarts words = masking != null && masking.wholeWords() ? WordStarts.of(tokenizer) : WordStarts.everyToken();
    MaskedLm.Settings settings = masking == null ? MaskedLm.Settings.BERT : masking.settings();
    return new MaskedLm(pieces(text), frame(), settings, words, tokenizer, mask(), seed);
  }

  private BatchSource spans(Rows text) {
    int start = decoderStart(recipe.architecture(), tokenizer);
    return new SpanCorruption(pieces(text), noise(recipe), Sentinels.of(tokenizer), start, tokenizer.endOfText(), seed);
  }

  private BatchSource noised(Rows text) {
    List<Noise> noises = recipe.bartNoising() == null ? Noise.BART : recipe.bartNoising().noises();
    int start = decoderStart(recipe.architecture(), tokenizer);
    return new BartNoising(pieces(text), noises, SentenceEnds.of(tokenizer), frame(), mask(), start, seed);
  }

  private Pieces pieces(Rows text) {
    return new Pieces(text, rows, tokenizer.endOfText());
  }

  /// Text tokens of a row: what is left of the context once the objective has added its own.
  private int rowLength() {
    return switch (recipe.architecture()) {
      case DECODER -> recipe.contextLength();
      case BERT, ROBERTA -> frame().rowLength(recipe.contextLength());
      case T5, BART ->
          recipe.corruptsSpans() ? noise(recipe).rowLength(recipe.contextLength()) : frame().rowLength(recipe.contextLength());
    };
  }

  private Frame frame() {
    int end = tokenizer.endOfText();
    return switch (recipe.architecture()) {
      case BERT -> Frame.around(id(tokenizer, "[CLS]"), end);
      case ROBERTA, BART -> Frame.around(id(tokenizer, "<s>"), end);
      case T5, DECODER -> Frame.endingIn(end);
    };
  }

  private int mask() {
    return id(tokenizer, recipe.architecture() == Recipe.Architecture.BERT ? "[MASK]" : "<mask>");
  }

  private static int id(Tokenizer tokenizer, String name) {
    return tokenizer.id(name).orElseThrow(() -> new UserException("the tokenizer has no token " + name));
  }
}
