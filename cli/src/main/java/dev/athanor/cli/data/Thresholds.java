package dev.athanor.cli.data;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.data.Document;
import dev.athanor.data.engine.DataFolder;
import dev.athanor.data.engine.DataRecipe;
import dev.athanor.data.engine.DocumentPass;
import dev.athanor.data.flow.Bound;
import dev.athanor.data.step.StepContext;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Thresholds tried on the measures that documents carry.
///
/// @param bytes of text in all documents
/// @param measures documents by value, for each measure that some document carries
/// @param outsideAny documents outside of at least one bound
public record Thresholds(
    List<Bound> bounds, long documents, long bytes, SortedMap<String, SortedMap<Double, Long>> measures, List<Tried> tried, long outsideAny, long bytesOutsideAny) {

  /// @param outside documents outside of the bound
  /// @param outsideAlone those among them that are outside of no other
  public record Tried(Bound bound, Histogram values, long outside, long outsideAlone) {}

  /// The bounds of the recipe's filters, taggers included.
  public static List<Bound> ofRecipe(DataRecipe recipe, Path folder) {
    var context = new StepContext(folder, recipe.seed(), Progress.silent());
    return recipe.steps().stream().flatMap(step -> step.bounds(context).stream()).toList();
  }

  /// "gopher.words=20..", "gopher.mean_word_length=3..12".
  public static Bound parse(String text) {
    int equals = text.indexOf('=');
    int dots = text.indexOf("..", equals + 1);
    if (equals < 1 || dots < 0) {
      throw new UserException("'" + text + "' is no threshold such as gopher.words=50..100000 or gopher.words=50..");
    }
    return new Bound(
        text.substring(0, equals),
        side(text, text.substring(equals + 1, dots), Double.NEGATIVE_INFINITY),
        side(text, text.substring(dots + 2), Double.POSITIVE_INFINITY),
        "tried");
  }

  private static double side(String whole, String text, double open) {
    try {
      return text.isBlank() ? open : Double.parseDouble(text.strip());
    } catch (NumberFormatException e) {
      throw new UserException("'" + text + "' in '" + whole + "' is no number", e);
    }
  }

  public static Thresholds over(DataFolder data, List<Bound> bounds, @Nullable String source, @Nullable String language, Progress progress) {
    var count = new Count(bounds);
    try (Stream<Document> documents = data.kept(); Progress.Task task = progress.start("read measures", data.report().after().total().documents(), "doc")) {
      for (Iterator<Document> each = documents.iterator(); each.hasNext(); ) {
        Document document = each.next();
        task.advance(1);
        boolean wanted =
            (source == null || source.equals(document.metadata().get(DocumentPass.SOURCE)))
                && (language == null || language.equals(document.metadata().getOrDefault("language", document.language())));
        if (wanted) {
          count.add(document);
        }
      }
    }
    return count.result();
  }

  private static final class Count {
    private final List<Bound> bounds;
    private final long[] outside;
    private final long[] alone;
    private final SortedMap<String, SortedMap<Double, Long>> measures = new TreeMap<>();
    private long documents;
    private long bytes;
    private long outsideAny;
    private long bytesOutsideAny;

    Count(List<Bound> bounds) {
      this.bounds = bounds;
      outside = new long[bounds.size()];
      alone = new long[bounds.size()];
    }

    void add(Document document) {
      documents++;
      long length = document.text().getBytes(StandardCharsets.UTF_8).length;
      bytes += length;
      document.metadata().forEach(this::count);
      int broken = -1;
      int times = 0;
      for (int i = 0; i < bounds.size(); i++) {
        Double value = number(document.metadata().get(bounds.get(i).measure()));
        if (value != null && !bounds.get(i).allows(value)) {
          outside[i]++;
          broken = i;
          times++;
        }
      }
      if (times > 0) {
        outsideAny++;
        bytesOutsideAny += length;
      }
      if (times == 1) {
        alone[broken]++;
      }
    }

    private void count(String name, String text) {
      Double value = name.indexOf('.') > 0 ? number(text) : null;
      if (value != null) {
        measures.computeIfAbsent(name, key -> new TreeMap<>()).merge(rounded(value), 1L, Long::sum);
      }
    }

    /// To three significant digits, so that few values are held however many documents there are; bounds are tried on the exact ones.
    private static double rounded(double value) {
      return value == 0 || !Double.isFinite(value) ? value : new BigDecimal(value).round(new MathContext(3)).doubleValue();
    }

    private static @Nullable Double number(@Nullable String text) {
      try {
        return text == null ? null : Double.valueOf(text);
      } catch (NumberFormatException e) {
        // A text: no measure.
        return null;
      }
    }

    Thresholds result() {
      List<Tried> tried = new ArrayList<>();
      for (int i = 0; i < bounds.size(); i++) {
        SortedMap<Double, Long> values = measures.get(bounds.get(i).measure());
        if (values != null) {
          tried.add(new Tried(bounds.get(i), new Histogram(values), outside[i], alone[i]));
        }
      }
      return new Thresholds(bounds, documents, bytes, measures, List.copyOf(tried), outsideAny, bytesOutsideAny);
    }
  }
}
