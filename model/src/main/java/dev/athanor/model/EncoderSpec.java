package dev.athanor.model;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/// An encoder: every position sees the whole sequence.
///
/// @param contextLength the longest sequence in tokens
public record EncoderSpec(int vocabSize, int contextLength, Embedding embedding, Stack stack, Top top) implements ModelSpec {
  public EncoderSpec {
    Facts.require(vocabSize > 0, "vocabSize must be positive");
    Facts.require(contextLength > 0, "contextLength must be positive");
    Facts.require(!stack.causal() && stack.cross().isEmpty(), "an encoder's blocks see the whole sequence");
  }

  @Override
  public int hiddenSize() {
    return stack.hiddenSize();
  }

  /// The same encoder under another top: a pre-trained one becomes a classifier.
  public EncoderSpec with(Top other) {
    return new EncoderSpec(vocabSize, contextLength, embedding, stack, other);
  }

  /// What stands on the hidden states.
  @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "type")
  public sealed interface Top {
    /// Nothing: hidden states are the result, to be pooled by whoever embeds with them.
    record Hidden() implements Top {}

    /// `tanh(dense(first token))`, one vector a sequence.
    record Pooled() implements Top {}

    /// `norm(act(dense(x)))`, then the tied embedding and a bias: logits over the vocabulary. Devlin et al.,
    /// https://arxiv.org/abs/1810.04805
    record MaskedLm(Activation activation) implements Top {}

    /// A linear layer over [Pooled]: a score for each label.
    record Classifier(int labels) implements Top {
      public Classifier {
        Facts.require(labels > 0, "a classifier needs at least one label");
      }
    }

    /// A linear layer over every hidden state: a score for each label of each token, as for names of people and places.
    ///
    /// @param labels in the order of their scores, such as `O`, `B-PER`, `I-PER`
    record TokenClassifier(List<String> labels) implements Top {
      public TokenClassifier {
        labels = List.copyOf(labels);
        Facts.require(!labels.isEmpty(), "a classifier of tokens needs at least one label");
        Facts.require(labels.stream().distinct().count() == labels.size(), "a classifier's labels differ from each other");
      }
    }
  }
}
