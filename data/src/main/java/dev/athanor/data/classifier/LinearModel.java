package dev.athanor.data.classifier;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;
import tools.jackson.core.JacksonException;

/// Softmax regression over hashed n-grams: `p = softmax(b + Σ_f w_f / √n)` over the n features of a text, each as often as it comes.
///
/// The file, little-endian: magic number, length of the facts, the facts as JSON, biases, weights by feature and label, and CRC-32C of
/// all that.
public final class LinearModel implements TextClassifier {
  static final long MAGIC = 0x31736c636e687461L; // the bytes "athncls1"
  private static final int LONGEST_FACTS = 1 << 20;

  private final Facts facts;
  private final float[] biases;
  private final float[] weights;

  /// @param most units of a text that are looked at
  record Facts(List<String> labels, Features features, int most) {
    Facts {
      labels = List.copyOf(labels);
    }
  }

  LinearModel(Facts facts, float[] biases, float[] weights) {
    this.facts = facts;
    this.biases = biases;
    this.weights = weights;
  }

  @Override
  public List<String> labels() {
    return facts.labels;
  }

  @Override
  public float[] probabilities(CharSequence text) {
    int[] features = facts.features.of(text, facts.most);
    return features.length == 0 ? new float[biases.length] : of(features);
  }

  /// The probabilities of a text with these features, of which there are some.
  float[] of(int[] features) {
    float[] p = new float[biases.length];
    for (int feature : features) {
      int at = feature * p.length;
      for (int label = 0; label < p.length; label++) {
        p[label] += weights[at + label];
      }
    }
    softmax(p, biases, features.length);
    return p;
  }

  /// Sums of weights become probabilities.
  static void softmax(float[] sums, float[] biases, int features) {
    double scale = 1 / Math.sqrt(features);
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < sums.length; i++) {
      sums[i] = (float) (biases[i] + sums[i] * scale);
      most = Math.max(most, sums[i]);
    }
    double total = 0;
    for (int i = 0; i < sums.length; i++) {
      sums[i] = (float) StrictMath.exp(sums[i] - most);
      total += sums[i];
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] = (float) (sums[i] / total);
    }
  }

  public void write(Path file) {
    byte[] json = Json.canonical(facts).getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(
        file,
        out -> {
          CRC32C crc = new CRC32C();
          ByteBuffer head = ByteBuffer.allocate(12 + json.length).order(ByteOrder.LITTLE_ENDIAN);
          head.putLong(MAGIC).putInt(json.length).put(json);
          crc.update(head.array());
          out.write(head.array());
          for (float[] numbers : List.of(biases, weights)) {
            ByteBuffer part = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
            for (float number : numbers) {
              part.putFloat(number);
              if (!part.hasRemaining()) {
                crc.update(part.array());
                out.write(part.array());
                part.clear();
              }
            }
            crc.update(part.array(), 0, part.position());
            out.write(part.array(), 0, part.position());
          }
          out.write(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt((int) crc.getValue()).array());
        });
  }

  /// @throws UserException when it is damaged or cut off
  static LinearModel read(Path file) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UserException("cannot read " + file + ": " + e.getMessage(), e);
    }
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, Math.max(0, bytes.length - 4));
    if (bytes.length < 16 || in.getInt(bytes.length - 4) != (int) crc.getValue()) {
      throw damaged(file);
    }
    int length = in.position(8).getInt();
    if (length < 0 || length > Math.min(LONGEST_FACTS, bytes.length - 16)) {
      throw damaged(file);
    }
    byte[] json = new byte[length];
    in.get(json);
    Facts facts;
    try {
      facts = Json.read(new String(json, StandardCharsets.UTF_8), Facts.class);
    } catch (JacksonException e) {
      throw new UserException(file + ": damaged: " + e.getOriginalMessage(), e);
    }
    int labels = facts.labels.size();
    if (in.remaining() - 4L != 4L * labels * (1L + facts.features.buckets())) {
      throw damaged(file);
    }
    float[] biases = new float[labels];
    float[] weights = new float[labels * facts.features.buckets()];
    in.asFloatBuffer().get(biases).get(weights);
    return new LinearModel(facts, biases, weights);
  }

  private static UserException damaged(Path file) {
    return new UserException(file + ": damaged or cut off; train it again by 'athanor data train-classifier'");
  }
}
