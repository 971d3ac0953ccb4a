package dev.athanor.inference.plain;

import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.Mixer;
import dev.athanor.model.WeightNames;

/// The decoder as its formulas stand, in double precision, without a cache, without SIMD: what the fast one is held against.
public final class PlainDecoder {
  private PlainDecoder() {}

  /// The logits after every token.
  public static double[][] logits(CheckpointDir checkpoint, int[] ids) {
    DecoderSpec spec = checkpoint.decoder();
    double eps = spec.norm().eps();
    float[] embedding = checkpoint.floats(WeightNames.embedding());
    int hidden = spec.hiddenSize();
    double[][] x = new double[ids.length][hidden];
    for (int t = 0; t < ids.length; t++) {
      for (int i = 0; i < hidden; i++) {
        x[t][i] = embedding[ids[t] * hidden + i];
      }
    }
    for (int layer = 0; layer < spec.numLayers(); layer++) {
      WeightNames.Block names = WeightNames.block(layer);
      double[][] mixed = attention(checkpoint, names, norm(x, checkpoint.floats(names.inputNorm()), eps));
      add(x, times(mixed, checkpoint.floats(names.o())));
      double[][] normed = norm(x, checkpoint.floats(names.postNorm()), eps);
      double[][] gate = times(normed, checkpoint.floats(names.gate()));
      double[][] up = times(normed, checkpoint.floats(names.up()));
      for (int t = 0; t < gate.length; t++) {
        for (int i = 0; i < gate[t].length; i++) {
          gate[t][i] *= up[t][i] / (1 + Math.exp(-gate[t][i]));
        }
      }
      add(x, times(gate, checkpoint.floats(names.down())));
    }
    double[][] last = norm(x, checkpoint.floats(WeightNames.finalNorm()), eps);
    return times(last, spec.tiedHead() ? embedding : checkpoint.floats(WeightNames.head()));
  }

  private static double[][] attention(CheckpointDir checkpoint, WeightNames.Block names, double[][] x) {
    Mixer.Attention a = checkpoint.decoder().attention();
    double[][] q = times(x, checkpoint.floats(names.q()));
    double[][] k = times(x, checkpoint.floats(names.k()));
    double[][] v = times(x, checkpoint.floats(names.v()));
    if (a.qkvBias()) {
      bias(q, checkpoint.floats(names.qBias()));
      bias(k, checkpoint.floats(names.kBias()));
      bias(v, checkpoint.floats(names.vBias()));
    }
    if (a.qkNorm()) {
      normHeads(q, checkpoint.floats(names.qNorm()), checkpoint.decoder().norm().eps());
      normHeads(k, checkpoint.floats(names.kNorm()), checkpoint.decoder().norm().eps());
    }
    rotate(q, a);
    rotate(k, a);
    int dim = a.headDim();
    double[][] out = new double[x.length][a.numHeads() * dim];
    for (int t = 0; t < x.length; t++) {
      for (int h = 0; h < a.numHeads(); h++) {
        int kv = h / (a.numHeads() / a.numKvHeads());
        double[] p = new double[t + 1];
        double sum = 0;
        for (int s = 0; s <= t; s++) {
          double score = 0;
          for (int d = 0; d < dim; d++) {
            score += q[t][h * dim + d] * k[s][kv * dim + d];
          }
          p[s] = Math.exp(score / Math.sqrt(dim));
          sum += p[s];
        }
        for (int s = 0; s <= t; s++) {
          for (int d = 0; d < dim; d++) {
            out[t][h * dim + d] += p[s] / sum * v[s][kv * dim + d];
          }
        }
      }
    }
    return out;
  }

  private static void rotate(double[][] x, Mixer.Attention a) {
    int half = a.headDim() / 2;
    for (int t = 0; t < x.length; t++) {
      for (int at = 0; at < x[t].length; at += 2 * half) {
        for (int i = 0; i < half; i++) {
          double angle = t * Math.pow(a.rope().orElseThrow().theta(), -2.0 * i / a.headDim());
          double re = x[t][at + i];
          double im = x[t][at + half + i];
          x[t][at + i] = re * Math.cos(angle) - im * Math.sin(angle);
          x[t][at + half + i] = im * Math.cos(angle) + re * Math.sin(angle);
        }
      }
    }
  }

  private static double[][] norm(double[][] x, float[] weight, double eps) {
    double[][] normed = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      normed[t] = x[t].clone();
    }
    normHeads(normed, weight, eps);
    return normed;
  }

  /// Each part of the weight's length by itself, in place.
  private static void normHeads(double[][] x, float[] weight, double eps) {
    for (double[] row : x) {
      for (int at = 0; at < row.length; at += weight.length) {
        double squares = 0;
        for (int i = 0; i < weight.length; i++) {
          squares += row[at + i] * row[at + i];
        }
        double scale = 1 / Math.sqrt(squares / weight.length + eps);
        for (int i = 0; i < weight.length; i++) {
          row[at + i] *= scale * weight[i];
        }
      }
    }
  }

  private static double[][] times(double[][] x, float[] w) {
    int in = x[0].length;
    double[][] y = new double[x.length][w.length / in];
    for (int t = 0; t < x.length; t++) {
      for (int o = 0; o < y[t].length; o++) {
        for (int i = 0; i < in; i++) {
          y[t][o] += x[t][i] * w[o * in + i];
        }
      }
    }
    return y;
  }

  private static void add(double[][] x, double[][] y) {
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < x[t].length; i++) {
        x[t][i] += y[t][i];
      }
    }
  }

  private static void bias(double[][] x, float[] b) {
    for (double[] row : x) {
      for (int i = 0; i < b.length; i++) {
        row[i] += b[i];
      }
    }
  }
}
