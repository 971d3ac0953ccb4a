package dev.athanor.train.objective;

import java.util.List;

/// The ways in which BART spoils a text. Lewis et al., https://arxiv.org/abs/1910.13461, section 2.2
public sealed interface Noise {
  /// What the published model was trained with: all sentences out of order, then three tokens in ten infilled.
  List<Noise> BART = List.of(new SentencePermutation(1), new TextInfilling(0.3, 3));

  /// Tokens replaced by the mask.
  ///
  /// @param rate the share of tokens
  record TokenMasking(double rate) implements Noise {
    public TokenMasking {
      Shares.require("the rate of token masking", rate);
    }
  }

  /// Tokens left out without a trace: the model has to find where.
  ///
  /// @param rate the share of tokens
  record TokenDeletion(double rate) implements Noise {
    public TokenDeletion {
      Shares.require("the rate of token deletion", rate);
    }
  }

  /// Spans replaced by one mask each, however long; a span of no tokens inserts a mask. Lengths are Poisson's.
  ///
  /// @param rate the share of tokens that spans take out
  /// @param meanSpan Poisson's λ
  record TextInfilling(double rate, double meanSpan) implements Noise {
    public TextInfilling {
      Shares.require("the rate of text infilling", rate);
      // Below 1 more masks would come in than tokens go out; Poisson's numbers are drawn in about λ steps.
      if (!(meanSpan >= 1 && meanSpan <= 100)) {
        throw new IllegalArgumentException("the mean span must be between 1 and 100, not " + meanSpan);
      }
    }
  }

  /// Sentences that change places with one another.
  ///
  /// @param rate the share of sentences that take part
  record SentencePermutation(double rate) implements Noise {
    public SentencePermutation {
      Shares.require("the rate of sentence permutation", rate);
    }
  }

  /// A text that begins at a random token, goes on to its end and then from its beginning.
  ///
  /// @param rate the share of texts
  record DocumentRotation(double rate) implements Noise {
    public DocumentRotation {
      Shares.require("the rate of document rotation", rate);
    }
  }
}
