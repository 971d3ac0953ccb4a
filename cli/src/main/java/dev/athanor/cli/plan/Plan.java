package dev.athanor.cli.plan;

import dev.athanor.model.ModelSpec;
import dev.athanor.model.VisionSpec;
import dev.athanor.model.memory.Device;
import dev.athanor.model.memory.InferenceRun;
import dev.athanor.model.memory.InferenceSearch;
import dev.athanor.model.memory.MemorySum;
import dev.athanor.model.memory.TrainingRun;
import dev.athanor.model.memory.TrainingSearch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a model takes on a device, to serve and to train. Its JSON is what `athanor plan --json` prints.
///
/// @param training empty where it was not asked for, or the model predicts nothing
public record Plan(
    Model model, Device device, Optional<Answer<InferenceRun>> inference, Optional<Answer<TrainingRun>> training) {

  public record Model(String name, String kind, long parameters) {}

  /// @param bytes of the parts and the program together
  /// @param nearest what fits, where `wanted` does not
  /// @param most of what fits by the size of the other: of serving, the longest context by sequences at a time; of training, the most
  ///     sequences of a micro-batch by their length
  public record Answer<R>(
      R wanted, List<MemorySum.Part> parts, long bytes, boolean fits, Optional<Nearest<R>> nearest, Map<Integer, Integer> most) {}

  public record Nearest<R>(R run, List<MemorySum.Part> parts, long bytes) {}

  public static Plan of(
      String name, ModelSpec spec, Device device, Optional<InferenceRun> inference, Optional<TrainingRun> training) {
    boolean trains = !(spec instanceof VisionSpec);
    return new Plan(
        new Model(name, spec.kind(), spec.parameters()),
        device,
        inference.map(run -> serving(spec, device, run)),
        training.filter(_ -> trains).map(run -> training(spec, device, run)));
  }

  private static Answer<InferenceRun> serving(ModelSpec spec, Device device, InferenceRun wanted) {
    InferenceSearch search = new InferenceSearch(spec, device);
    boolean fits = search.fits(wanted);
    Optional<Nearest<InferenceRun>> nearest =
        fits ? Optional.empty() : search.nearest(wanted).map(run -> nearest(run, search.memory(run), device));
    InferenceRun base = nearest.map(Nearest::run).orElse(wanted);
    Map<Integer, Integer> most = new LinkedHashMap<>();
    for (int sequences = 1; sequences <= 256; sequences *= 2) {
      int context = search.longestContext(base.withSequences(sequences));
      if (context > 0) {
        most.put(sequences, context);
      }
    }
    MemorySum sum = search.memory(wanted);
    return new Answer<>(wanted, sum.parts(), sum.bytes() + device.program(), fits, nearest, most);
  }

  private static Answer<TrainingRun> training(ModelSpec spec, Device device, TrainingRun wanted) {
    TrainingSearch search = new TrainingSearch(spec, device);
    boolean fits = search.fits(wanted);
    Optional<Nearest<TrainingRun>> nearest =
        fits ? Optional.empty() : search.nearest(wanted).map(run -> nearest(run, search.memory(run), device));
    TrainingRun base = nearest.map(Nearest::run).orElse(wanted);
    Map<Integer, Integer> most = new LinkedHashMap<>();
    for (int length : lengths(spec, base)) {
      int sequences = search.mostSequences(base.withLength(length));
      if (sequences > 0) {
        most.put(length, sequences);
      }
    }
    MemorySum sum = search.memory(wanted);
    return new Answer<>(wanted, sum.parts(), sum.bytes() + device.program(), fits, nearest, most);
  }

  private static List<Integer> lengths(ModelSpec spec, TrainingRun run) {
    List<Integer> lengths = new ArrayList<>();
    for (int length = 512; length <= Math.min(spec.contextLength(), 32_768); length *= 2) {
      lengths.add(length);
    }
    if (lengths.isEmpty()) {
      lengths.add(run.length());
    }
    return lengths;
  }

  private static <R> Nearest<R> nearest(R run, MemorySum sum, Device device) {
    return new Nearest<>(run, sum.parts(), sum.bytes() + device.program());
  }
}
