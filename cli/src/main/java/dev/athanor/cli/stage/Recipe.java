package dev.athanor.cli.stage;

import dev.athanor.base.recipe.Default;
import dev.athanor.data.engine.DataRecipe;
import dev.athanor.data.source.Source;
import dev.athanor.data.step.Step;
import dev.athanor.model.InductionEmbedding;
import dev.athanor.model.NgramEmbedding;
import dev.athanor.tensor.Precision;
import dev.athanor.train.objective.MaskedLm;
import dev.athanor.train.objective.Noise;
import dev.athanor.train.objective.SpanNoise;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What `athanor run` reads: one part a stage. `docs/recipe.md` explains every key.
///
/// @param name of the run and of the model that it releases
/// @param seed of everything that is drawn
public record Recipe(
    String name,
    @Default("1") long seed,
    Collect collect,
    @Default("{}") Curate curate,
    @Default("{}") Tokenizer tokenizer,
    Pretrain pretrain,
    @Nullable Sft sft,
    @Default("{}") Evaluate evaluate,
    @Nullable Price price) {
  public Recipe {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
      throw new IllegalArgumentException("name must be letters, digits, '.', '_' and '-', not '" + name + "'");
    }
    if (sft != null && !pretrain.architecture().decodesAlone()) {
      throw new IllegalArgumentException(
          "sft needs a model that writes answers token by token, a decoder, not architecture: " + pretrain.architecture().key()
              + "; leave sft out");
    }
  }

  /// What is gathered and how it is curated, as a data recipe.
  DataRecipe data() {
    return new DataRecipe(
        name, seed, collect.sources(), curate.steps(), null, null, curate.limits(), DataRecipe.EngineName.LOCAL, null);
  }

  /// @param sources by name; those of a list are named by their kinds
  public record Collect(Map<String, Source> sources) {
    public Collect {
      if (sources.isEmpty()) {
        throw new IllegalArgumentException("sources must name at least one source");
      }
    }
  }

  /// @param steps in the order in which documents pass them, as in a data recipe
  /// @param nearDuplicate files at least so similar (Jaccard) stay in one split
  /// @param limits of memory, threads and files
  public record Curate(
      @Default("[normalise, generated, licence_header, {near_empty: {min_bytes: 200, min_lines: 5}}, exact]") List<Step> steps,
      @Default("0.7") double nearDuplicate,
      @Default("0.04") double validationShare,
      @Default("0.04") double testShare,
      @Default("{}") DataRecipe.Limits limits) {
    public Curate {
      share("near_duplicate", nearDuplicate);
      share("validation_share", validationShare);
      share("test_share", testShare);
    }
  }

  public record Tokenizer(@Default("4096") int vocabSize, @Default("2") int minFrequency) {
    public Tokenizer {
      if (vocabSize < 300 || vocabSize > 1_000_000) {
        throw new IllegalArgumentException("vocab_size must be between 300 and 1000000, not " + vocabSize);
      }
    }
  }

  /// Exactly one of `budget` and `tokens`.
  ///
  /// @param shards a folder that `athanor data tokenize` wrote, in place of the train split; its tokenizer is the run's
  /// @param budget time for training; size and tokens are chosen for it from the measured speed
  /// @param tokens to train on, with the given `model`
  /// @param architecture what the model is; it decides which objectives there are
  /// @param maskedLm of encoders; the published settings where it is left out
  /// @param spanCorruption of encoder-decoders; T5's where neither this nor `bartNoising` is given
  /// @param bartNoising of encoder-decoders; BART's where neither this nor `spanCorruption` is given
  /// @param multiTokenPrediction tokens beside the next one that a decoder learns to predict, by modules that end with its training
  /// @param multiTokenWeight of the mean of their losses
  /// @param ngrams tables of n-grams beside the token embedding; without them and `induction` the model is of a published family
  /// @param induction what followed the last tokens earlier in the sequence, beside the token embedding
  /// @param prefixLm a random prefix of each sequence sees itself as a whole, and the rest is learned
  /// @param contextLength in tokens, of training and of the finished model
  /// @param batchTokens a step
  /// @param replicas threads that train side by side; 0 takes one a core
  public record Pretrain(
      @Nullable Duration budget,
      @Nullable Long tokens,
      @Nullable String shards,
      @Default("decoder") Architecture architecture,
      @Nullable Model model,
      @Nullable Masking maskedLm,
      @Nullable Spans spanCorruption,
      @Nullable Noising bartNoising,
      @Default("0") int multiTokenPrediction,
      @Default("0.3") double multiTokenWeight,
      @Nullable Ngrams ngrams,
      @Nullable Induction induction,
      @Nullable FillIn fillInTheMiddle,
      @Default("false") boolean prefixLm,
      @Default("512") int contextLength,
      @Default("4096") int batchTokens,
      @Default("0") int replicas,
      @Default("muon") OptimizerName optimizer,
      @Default("wsd") ScheduleName schedule,
      @Default("0.02") double muonLearningRate,
      @Default("0.03") double adamwLearningRate,
      @Default("0.1") double ngramLearningRate,
      @Default("0.3") double sgdLearningRate,
      @Default("0.9") double momentum,
      @Default("0.0") double weightDecay,
      @Default("1.0") double clip,
      @Default("0.02") double warmup,
      @Default("0.6") double decay,
      @Default("0.0") double dropout,
      @Default("0.0") double labelSmoothing,
      @Default("0.0") double zLoss,
      @Default("f32") Precision precision,
      @Default("false") boolean activationCheckpointing,
      @Nullable Integer patience) {
    public Pretrain {
      if ((budget == null) == (tokens == null)) {
        throw new IllegalArgumentException("pretrain needs exactly one of budget and tokens");
      }
      if (budget != null && budget.toSeconds() < 5) {
        throw new IllegalArgumentException("budget must be at least 5s");
      }
      if (tokens != null && tokens < 1) {
        throw new IllegalArgumentException("tokens must be positive");
      }
      if (patience != null && patience < 1) {
        throw new IllegalArgumentException("patience must be at least 1, not " + patience);
      }
      if (contextLength < 16) {
        throw new IllegalArgumentException("context_length must be at least 16, not " + contextLength);
      }
      if (batchTokens < contextLength) {
        throw new IllegalArgumentException("batch_tokens must hold at least one context of " + contextLength);
      }
      if (multiTokenPrediction < 0 || multiTokenPrediction >= contextLength) {
        throw new IllegalArgumentException("multi_token_prediction must be at least 0 and less than context_length");
      }
      if (!(multiTokenWeight > 0)) {
        throw new IllegalArgumentException("multi_token_weight must be positive, not " + multiTokenWeight);
      }
      boolean other = !architecture.decodesAlone();
      boolean both = architecture == Architecture.T5 || architecture == Architecture.BART;
      refuse(maskedLm != null && (!other || both), architecture, "masked_lm", "an encoder: architecture bert or roberta");
      refuse(spanCorruption != null && !both, architecture, "span_corruption", "an encoder-decoder: architecture t5 or bart");
      refuse(bartNoising != null && !both, architecture, "bart_noising", "an encoder-decoder: architecture t5 or bart");
      if (spanCorruption != null && bartNoising != null) {
        throw new IllegalArgumentException("span_corruption and bart_noising are two objectives; a model is trained by one of them");
      }
      refuse(other && fillInTheMiddle != null, architecture, "fill_in_the_middle", "a decoder");
      refuse(other && prefixLm, architecture, "prefix_lm", "a decoder");
      refuse(other && multiTokenPrediction > 0, architecture, "multi_token_prediction", "a decoder");
      refuse(other && ngrams != null, architecture, "ngrams", "a decoder");
      refuse(other && induction != null, architecture, "induction", "a decoder");
      refuse(both && activationCheckpointing, architecture, "activation_checkpointing", "a decoder or an encoder");
      if (model != null) {
        refuse(other && model.experts() != null, architecture, "model.experts", "a decoder");
        refuse(other && model.stateSpace() != null, architecture, "model.state_space", "a decoder");
        refuse(other && model.window() != null, architecture, "model.window", "a decoder");
        refuse(other && model.kvHeads() != null, architecture, "model.kv_heads", "a decoder");
      }
    }

    /// What the model learns to do, in a word or two for people.
    String objective() {
      return switch (architecture) {
        case DECODER -> prefixLm ? "prefix LM" : "causal LM";
        case BERT, ROBERTA -> "masked LM";
        case T5, BART -> corruptsSpans() ? "span corruption" : "BART noising";
      };
    }

    /// Whether an encoder-decoder learns T5's objective and not BART's.
    boolean corruptsSpans() {
      return spanCorruption != null || (architecture == Architecture.T5 && bartNoising == null);
    }

    private static void refuse(boolean given, Architecture architecture, String key, String needed) {
      if (given) {
        throw new IllegalArgumentException(key + " is for " + needed + ", not for architecture: " + architecture.key());
      }
    }
  }

  /// What is trained; all but the first as the published family of the name.
  public enum Architecture {
    DECODER,
    BERT,
    ROBERTA,
    T5,
    BART;

    boolean decodesAlone() {
      return this == DECODER;
    }

    String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// @param rate the share of words that is to be predicted
  /// @param masked of those, the share replaced by the mask
  /// @param random the share replaced by a random token; the rest stays as it is
  /// @param wholeWords words are chosen, else tokens
  public record Masking(
      @Default("0.15") double rate,
      @Default("0.8") double masked,
      @Default("0.1") double random,
      @Default("false") boolean wholeWords) {
    public Masking {
      settings(rate, masked, random);
      if (rate == 0) {
        throw new IllegalArgumentException("rate must be more than 0, or nothing is learned");
      }
    }

    MaskedLm.Settings settings() {
      return settings(rate, masked, random);
    }

    private static MaskedLm.Settings settings(double rate, double masked, double random) {
      return new MaskedLm.Settings(rate, masked, random);
    }
  }

  /// @param density the share of tokens that is taken out
  /// @param meanSpan how many in a row, on average
  public record Spans(@Default("0.15") double density, @Default("3") double meanSpan) {
    public Spans {
      if (!(density > 0 && density < 1) || !(meanSpan >= 1)) {
        throw new IllegalArgumentException("density must be between 0 and 1, and mean_span at least 1");
      }
    }

    SpanNoise noise() {
      return new SpanNoise(density, meanSpan);
    }
  }

  /// The shares that each noise reaches, in the order in which they act; those of 0 do not.
  ///
  /// @param sentencePermutation of sentences
  /// @param documentRotation of texts
  /// @param tokenDeletion of tokens
  /// @param tokenMasking of tokens
  /// @param textInfilling of tokens, in spans of `meanSpan` on average
  public record Noising(
      @Default("1.0") double sentencePermutation,
      @Default("0.0") double documentRotation,
      @Default("0.0") double tokenDeletion,
      @Default("0.0") double tokenMasking,
      @Default("0.3") double textInfilling,
      @Default("3") double meanSpan) {
    public Noising {
      if (noises(sentencePermutation, documentRotation, tokenDeletion, tokenMasking, textInfilling, meanSpan).isEmpty()) {
        throw new IllegalArgumentException("bart_noising without any noise: one of its shares must be more than 0");
      }
    }

    List<Noise> noises() {
      return noises(sentencePermutation, documentRotation, tokenDeletion, tokenMasking, textInfilling, meanSpan);
    }

    private static List<Noise> noises(
        double permutation, double rotation, double deletion, double masking, double infilling, double meanSpan) {
      List<Noise> all =
          List.of(
              new Noise.SentencePermutation(permutation),
              new Noise.DocumentRotation(rotation),
              new Noise.TokenDeletion(deletion),
              new Noise.TokenMasking(masking),
              new Noise.TextInfilling(infilling, meanSpan));
      double[] shares = {permutation, rotation, deletion, masking, infilling};
      return IntStream.range(0, all.size()).filter(i -> shares[i] > 0).mapToObj(all::get).toList();
    }
  }

  /// Documents whose middle is moved to their end, so that the model learns to fill in.
  ///
  /// @param rate the share of documents
  /// @param spm of those, the share with the suffix before the prefix
  public record FillIn(@Default("0.5") double rate, @Default("0.5") double spm) {
    public FillIn {
      if (!(rate >= 0 && rate <= 1) || !(spm >= 0 && spm <= 1)) {
        throw new IllegalArgumentException("rate and spm must be between 0 and 1");
      }
    }
  }

  /// @param orders the n of each table
  /// @param rows of each table
  /// @param dim of each row
  public record Ngrams(List<Integer> orders, @Default("131072") int rows, @Default("64") int dim) {
    public Ngrams {
      orders = new NgramEmbedding(orders, rows, dim).orders();
    }

    NgramEmbedding embedding() {
      return new NgramEmbedding(orders, rows, dim);
    }
  }

  /// @param orders how many last tokens, of each look-up
  public record Induction(List<Integer> orders) {
    public Induction {
      orders = new InductionEmbedding(orders).orders();
    }

    InductionEmbedding embedding() {
      return new InductionEmbedding(orders);
    }
  }

  /// MUON has the blocks' matrices, and ADAMW the rest beside it.
  public enum OptimizerName {
    MUON,
    ADAMW,
    ADAM,
    SGD
  }

  public enum ScheduleName {
    WSD,
    COSINE,
    LINEAR,
    CONSTANT
  }

  /// A mixture of experts in place of the feed-forward parts.
  ///
  /// @param intermediateSize of each; 0 shares out the dense part's among the experts that a token goes to
  /// @param shared the intermediate size of what every token goes to
  public record Experts(
      @Default("8") int count,
      @Default("2") int perToken,
      @Default("0") int intermediateSize,
      @Nullable Integer shared,
      @Default("0.01") double balanceLoss,
      @Default("0.001") double zLoss) {
    public Experts {
      if (count < 1 || perToken < 1 || perToken > count || intermediateSize < 0) {
        throw new IllegalArgumentException("a token goes to between 1 and count experts");
      }
    }
  }

  public enum StateSpace {
    MAMBA,
    MAMBA2
  }

  /// @param kvHeads equal to `heads` when not given
  /// @param intermediateSize three times the hidden size when not given
  /// @param window positions that attention sees, all when not given
  /// @param experts in place of the feed-forward parts
  /// @param stateSpace in place of attention
  /// @param attentionEvery with a state space: each so many blocks one attends; none when not given
  public record Model(
      @Default("128") int hiddenSize,
      @Default("2") int layers,
      @Default("4") int heads,
      @Nullable Integer kvHeads,
      @Nullable Integer intermediateSize,
      @Default("true") boolean qkNorm,
      @Default("10000") double ropeTheta,
      @Nullable Integer window,
      @Nullable Experts experts,
      @Nullable StateSpace stateSpace,
      @Nullable Integer attentionEvery) {
    public Model {
      if (heads < 1 || hiddenSize % heads != 0 || (hiddenSize / heads) % 2 != 0) {
        throw new IllegalArgumentException("heads must divide hidden_size into even parts");
      }
      if (kvHeads != null && (kvHeads < 1 || heads % kvHeads != 0)) {
        throw new IllegalArgumentException("kv_heads must divide heads");
      }
      if (layers < 1) {
        throw new IllegalArgumentException("layers must be at least 1");
      }
      if (window != null && window < 1) {
        throw new IllegalArgumentException("window must be at least 1, not " + window);
      }
      if (attentionEvery != null && (stateSpace == null || attentionEvery < 2)) {
        throw new IllegalArgumentException("attention_every goes with state_space and is at least 2");
      }
    }
  }

  /// @param maxPairs mined pairs beyond these are left out, evenly
  public record Sft(
      @Default("2") double epochs,
      @Default("6000") int maxPairs,
      @Default("16") int batchConversations,
      @Default("0.004") double muonLearningRate,
      @Default("0.003") double adamwLearningRate,
      @Default("0.02") double ngramLearningRate) {
    public Sft {
      if (!(epochs > 0) || maxPairs < 1 || batchConversations < 1) {
        throw new IllegalArgumentException("epochs, max_pairs and batch_conversations must be positive");
      }
    }
  }

  /// @param methods generated for the parse rate
  /// @param maxPairs held-out pairs whose loss is measured
  public record Evaluate(
      @Default("50") int methods,
      @Default("10") int documentations,
      @Default("500") int maxPairs,
      @Default("160") int maxNewTokens) {
    public Evaluate {
      if (methods < 0 || documentations < 0 || maxPairs < 1 || maxNewTokens < 1) {
        throw new IllegalArgumentException("methods and documentations must not be negative, the others positive");
      }
    }
  }

  /// What a core costs for an hour, for the report.
  public record Price(double perCoreHour, @Default("USD") String currency) {}

  private static void share(String name, double value) {
    if (!(value > 0 && value < 1)) {
      throw new IllegalArgumentException(name + " must be between 0 and 1, not " + value);
    }
  }
}
