package dev.athanor.inference.plain;

import dev.athanor.model.CheckpointDir;
import dev.athanor.model.Mixer;
import dev.athanor.model.RelativeBias;
import dev.athanor.model.Rope;
import dev.athanor.model.WeightNames;
import java.util.Optional;

/// Attention, pair by pair.
final class PlainAttention {
  private PlainAttention() {}

  static double[][] mix(CheckpointDir checkpoint, WeightNames.Block block, Mixer.Attention a, double[][] x) {
    WeightNames.Attention names = block.selfAttention();
    double[][] q = Plain.linear(checkpoint, names.q(), a.qkvBias(), x);
    double[][] k = Plain.linear(checkpoint, names.k(), a.qkvBias(), x);
    double[][] v = Plain.linear(checkpoint, names.v(), a.qkvBias(), x);
    if (a.qkNorm()) {
      double eps = checkpoint.decoder().norm().eps();
      Plain.rms(q, checkpoint.floats(names.qNorm()), 0, eps);
      Plain.rms(k, checkpoint.floats(names.kNorm()), 0, eps);
    }
    a.rope()
        .ifPresent(
            rope -> {
              rotate(q, rope, a.headDim());
              rotate(k, rope, a.headDim());
            });
    Optional<RelativeBias> relative = checkpoint.decoder().stack().relativeBias();
    float[] bias =
        relative.isPresent() ? checkpoint.floats(WeightNames.relativeBias(WeightNames.MODEL)) : new float[0];
    int dim = a.headDim();
    double[][] out = new double[x.length][a.numHeads() * dim];
    for (int t = 0; t < x.length; t++) {
      int first = Math.max(0, t - a.window().orElse(Integer.MAX_VALUE) + 1);
      for (int h = 0; h < a.numHeads(); h++) {
        int kv = h / (a.numHeads() / a.numKvHeads());
        double[] p = new double[t + 1];
        double sum = 0;
        for (int s = first; s <= t; s++) {
          double score = 0;
          for (int d = 0; d < dim; d++) {
            score += q[t][h * dim + d] * k[s][kv * dim + d];
          }
          score *= a.scale();
          if (a.softcap().isPresent()) {
            score = Plain.capped(score, a.softcap().getAsDouble());
          }
          if (relative.isPresent()) {
            score += bias[relative.get().bucket(s - t, false) * a.numHeads() + h];
          }
          p[s] = Math.exp(score);
          sum += p[s];
        }
        for (int s = first; s <= t; s++) {
          for (int d = 0; d < dim; d++) {
            out[t][h * dim + d] += p[s] / sum * v[s][kv * dim + d];
          }
        }
      }
    }
    return Plain.linear(checkpoint, names.o(), a.outputBias(), out);
  }

  private static void rotate(double[][] x, Rope rope, int headDim) {
    int half = headDim / 2;
    double[] frequencies = rope.frequencies(headDim, x.length);
    for (int t = 0; t < x.length; t++) {
      for (int at = 0; at < x[t].length; at += headDim) {
        for (int i = 0; i < half; i++) {
          double cos = rope.magnitude() * Math.cos(t * frequencies[i]);
          double sin = rope.magnitude() * Math.sin(t * frequencies[i]);
          double re = x[t][at + i];
          double im = x[t][at + half + i];
          x[t][at + i] = re * cos - im * sin;
          x[t][at + half + i] = im * cos + re * sin;
        }
      }
    }
  }
}
