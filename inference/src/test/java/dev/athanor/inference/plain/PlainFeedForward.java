package dev.athanor.inference.plain;

import dev.athanor.model.Activation;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.FeedForward;
import dev.athanor.model.WeightNames;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Feed-forward parts; a mixture computes every expert for every token.
final class PlainFeedForward {
  private PlainFeedForward() {}

  static boolean isPresent(FeedForward feedForward) {
    return !(feedForward instanceof FeedForward.None);
  }

  static double[][] feed(CheckpointDir checkpoint, WeightNames.Block names, FeedForward feedForward, double[][] x) {
    return switch (feedForward) {
      case FeedForward.Gated gated -> {
        double[][] gate = Plain.linear(checkpoint, names.gatePart(), gated.bias(), x);
        double[][] up = Plain.linear(checkpoint, names.upPart(), gated.bias(), x);
        yield Plain.linear(checkpoint, names.downPart(), gated.bias(), gated(gated.activation(), gate, up));
      }
      case FeedForward.Plain plain -> {
        double[][] up = Plain.linear(checkpoint, names.upPart(), plain.bias(), x);
        for (double[] row : up) {
          for (int i = 0; i < row.length; i++) {
            row[i] = Plain.activate(plain.activation(), row[i]);
          }
        }
        yield Plain.linear(checkpoint, names.downPart(), plain.bias(), up);
      }
      case FeedForward.Experts experts -> mix(checkpoint, names, experts, x);
      case FeedForward.None _ -> throw new IllegalArgumentException("nothing feeds forward");
    };
  }

  private static double[][] gated(Activation activation, double[][] gate, double[][] up) {
    for (int t = 0; t < gate.length; t++) {
      for (int i = 0; i < gate[t].length; i++) {
        gate[t][i] = Plain.activate(activation, gate[t][i]) * up[t][i];
      }
    }
    return gate;
  }

  private static double[][] expert(
      CheckpointDir checkpoint, WeightNames.Expert names, Activation activation, double[][] x) {
    double[][] gate = Plain.times(x, checkpoint.floats(names.gate()));
    double[][] up = Plain.times(x, checkpoint.floats(names.up()));
    return Plain.times(gated(activation, gate, up), checkpoint.floats(names.down()));
  }

  private static double[][] mix(
      CheckpointDir checkpoint, WeightNames.Block names, FeedForward.Experts facts, double[][] x) {
    double[][] scores = Plain.times(x, checkpoint.floats(names.router()));
    List<double[][]> results = new ArrayList<>();
    for (int e = 0; e < facts.numExperts(); e++) {
      results.add(expert(checkpoint, names.expert(e), facts.activation(), x));
    }
    double[][] mixed = new double[x.length][x[0].length];
    for (int t = 0; t < x.length; t++) {
      double[] score = scores[t];
      List<Integer> order = new ArrayList<>();
      double sum = 0;
      for (int e = 0; e < score.length; e++) {
        order.add(e);
        sum += Math.exp(score[e]);
      }
      order.sort(Comparator.comparingDouble(e -> -score[e]));
      List<Integer> chosen = order.subList(0, facts.perToken());
      double share = facts.normalise() ? chosen.stream().mapToDouble(e -> Math.exp(score[e])).sum() : sum;
      for (int e : chosen) {
        for (int i = 0; i < mixed[t].length; i++) {
          mixed[t][i] += Math.exp(score[e]) / share * results.get(e)[t][i];
        }
      }
    }
    if (facts.shared().isPresent()) {
      Plain.add(mixed, expert(checkpoint, names.sharedExpert(), facts.activation(), x));
    }
    return mixed;
  }
}
