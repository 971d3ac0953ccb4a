package dev.athanor.data.ngram;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Progress;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Writes a model as ARPA text: an n-gram a line, log10 of its probability, its words, and log10 of its backoff where it is not of
/// the highest order. Each order is collected in a file of its own before.
final class ArpaWriter implements Smoothing.Sink {
  private final WordModel model;
  private final List<String> words;
  private final Path folder;
  private final Progress.Task task;
  private final List<BufferedWriter> sections = new ArrayList<>();

  ArpaWriter(WordModel model, List<String> words, Path folder, Progress.Task task) throws IOException {
    this.model = model;
    this.words = words;
    this.folder = folder;
    this.task = task;
    for (int k = 1; k <= model.order(); k++) {
      sections.add(Files.newBufferedWriter(section(k)));
    }
  }

  private Path section(int k) {
    return folder.resolve("arpa-" + k);
  }

  @Override
  public void gram(int word, int[] context, int length, double probability) throws IOException {
    StringBuilder line = new StringBuilder();
    line.append(number((float) Math.log10(probability))).append('\t');
    for (int d = length - 1; d >= 0; d--) {
      line.append(words.get(context[d])).append(' ');
    }
    line.append(words.get(word));
    if (length + 1 < model.order()) {
      line.append('\t').append(number(model.backoff(word, context, length)));
    }
    sections.get(length).append(line).append('\n');
    task.advance(1);
  }

  @Override
  public void backoff(int[] gram, int length, double gamma) {
    // It stands in the model already.
  }

  private static String number(float log10) {
    return log10 == 0 ? "0" : Float.toString(log10);
  }

  void finish(Path file, long[] counts) throws IOException {
    for (BufferedWriter section : sections) {
      section.close();
    }
    AtomicFile.write(
        file,
        out -> {
          StringBuilder head = new StringBuilder("\\data\\\n");
          for (int k = 1; k <= model.order(); k++) {
            head.append("ngram ").append(k).append('=').append(counts[k]).append('\n');
          }
          out.write(head.toString().getBytes(StandardCharsets.UTF_8));
          for (int k = 1; k <= model.order(); k++) {
            out.write(("\n\\" + k + "-grams:\n").getBytes(StandardCharsets.UTF_8));
            Files.copy(section(k), out);
          }
          out.write("\n\\end\\\n".getBytes(StandardCharsets.UTF_8));
        });
  }
}
