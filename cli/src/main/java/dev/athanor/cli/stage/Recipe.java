package dev.athanor.cli.stage;

import dev.athanor.base.recipe.Default;
import dev.athanor.data.source.Source;
import dev.athanor.model.InductionEmbedding;
import dev.athanor.model.NgramEmbedding;
import dev.athanor.tensor.Precision;
import java.time.Duration;
import java.util.List;
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
  }

  public record Collect(List<Source> sources) {
    public Collect {
      if (sources.isEmpty()) {
        throw new IllegalArgumentException("sources must name at least one source");
      }
    }
  }

  /// @param minBytes shorter files are dropped as near-empty, as are those with fewer than `minLines` lines of code
  /// @param nearDuplicate files at least so similar (Jaccard) stay in one split
  public record Curate(
      @Default("200") int minBytes,
      @Default("5") int minLines,
      @Default("0.7") double nearDuplicate,
      @Default("0.04") double validationShare,
      @Default("0.04") double testShare) {
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
  /// @param budget time for training; size and tokens are chosen for it from the measured speed
  /// @param tokens to train on, with the given `model`
  /// @param ngrams tables of n-grams beside the token embedding; without them and `induction` the model is of a published family
  /// @param induction what followed the last tokens earlier in the sequence, beside the token embedding
  /// @param prefixLm a random prefix of each sequence sees itself as a whole, and the rest is learned
  /// @param contextLength in tokens, of training and of the finished model
  /// @param batchTokens a step
  /// @param replicas threads that train side by side; 0 takes one a core
  public record Pretrain(
      @Nullable Duration budget,
      @Nullable Long tokens,
      @Nullable Model model,
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
