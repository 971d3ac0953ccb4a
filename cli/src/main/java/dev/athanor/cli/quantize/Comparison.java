package dev.athanor.cli.quantize;

import dev.athanor.base.Progress;
import dev.athanor.eval.report.QuantizationReport.Variant;
import dev.athanor.inference.CpuOptions;
import dev.athanor.inference.CpuRunner;
import dev.athanor.inference.KvFormat;
import dev.athanor.inference.WeightFormat;
import dev.athanor.inference.WeightFormats;
import dev.athanor.model.DecoderWeights;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Variants of a model held against it on one text, by the engine that serves them.
public final class Comparison implements AutoCloseable {
  private final DecoderWeights model;
  private final Texts texts;
  private final int threads;
  private final Progress progress;
  private final CpuRunner original;
  private final List<Variant> variants = new ArrayList<>();

  public Comparison(DecoderWeights model, Texts texts, int threads, Progress progress) {
    this.model = model;
    this.texts = texts;
    this.threads = threads;
    this.progress = progress;
    original = CpuRunner.of(model, CpuOptions.of(threads).withWeights(WeightFormats.of(WeightFormat.F32)));
  }

  /// The model itself.
  public void addOriginal() {
    Speed speed = Speed.of(original);
    WeightBytes bytes = WeightBytes.of(model);
    try (Progress.Task task = progress.start("evaluate f32", texts.tokens(), "tok")) {
      Divergence self = Divergence.between(original, original, texts.ids(), task);
      // In F32, whatever it is stored as.
      long memory = 4 * model.decoder().parameters();
      variants.add(
          new Variant("f32", self.perplexity(), 0, self.kl(), self.agreement(), bytes.disk(), memory, speed.prefill(), speed.decode()));
    }
  }

  /// @param name for people
  public void add(String name, DecoderWeights variant) {
    add(name, variant, CpuOptions.of(threads));
  }

  /// The model with keys and values kept otherwise.
  public void add(KvFormat kv) {
    String name = "f32, keys and values " + kv.name().toLowerCase(Locale.ROOT);
    add(name, model, CpuOptions.of(threads).withWeights(WeightFormats.of(WeightFormat.F32)).withKv(kv));
  }

  private void add(String name, DecoderWeights variant, CpuOptions options) {
    try (CpuRunner runner = CpuRunner.of(variant, options);
        Progress.Task task = progress.start("evaluate " + name, texts.tokens(), "tok")) {
      Divergence off = Divergence.between(original, runner, texts.ids(), task);
      Speed speed = Speed.of(runner);
      WeightBytes bytes = WeightBytes.of(variant);
      boolean isModel = variant.equals(model);
      variants.add(
          new Variant(
              name,
              off.perplexity(),
              off.perplexityRise(),
              off.kl(),
              off.agreement(),
              bytes.disk(),
              isModel ? 4 * model.decoder().parameters() : bytes.memory(),
              speed.prefill(),
              speed.decode()));
    }
  }

  public List<Variant> variants() {
    return List.copyOf(variants);
  }

  @Override
  public void close() {
    original.close();
  }
}
