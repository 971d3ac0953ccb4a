package dev.athanor.model;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.model.families.PublishedWeight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.LongConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A model's folder written anew with rows for further tokens, in the embedding and in the head, its bias too. The row of a new token
/// is the mean of the rows of the tokens that its text was until then, so that the model goes on from what it knows of them (Gee et
/// al., "Fast Vocabulary Transfer for Language Model Compression", https://arxiv.org/abs/2402.09977). Rows of old tokens stay bit for
/// bit, and with them the logits of texts without new tokens.
///
/// A model may have more rows than its tokenizer has tokens, to fill multiples of a size: new tokens take those first. Where rows are
/// left to fill a multiple again they are the mean of all old rows, whose logit lies among those of real tokens.
///
/// @param first the first new id, the size of the old tokenizer
/// @param parts the old ids of each new token
/// @param multiple the rows of the new model are one of it
public record VocabularyGrowth(CheckpointDir from, int first, List<int[]> parts, int multiple, long shardBytes) {
  /// @throws UserException when the model has fewer rows than `first`, is quantized, or reads no tokens
  public VocabularyGrowth {
    parts = List.copyOf(parts);
    int rows = vocabSize(from);
    if (rows < first) {
      throw new UserException(
          "%s has rows for %,d tokens, and the tokenizer %,d: it is another model's".formatted(from.path(), rows, first));
    }
    if (from.isQuantized()) {
      throw new UserException(from.path() + " is quantized; extend the model that it was made of");
    }
    if (multiple < 1) {
      throw new UserException("rows are a multiple of at least 1, not " + multiple);
    }
  }

  private static int vocabSize(CheckpointDir dir) {
    return vocabSize(dir.spec()).orElseThrow(() -> new UserException(dir.path() + " reads no tokens: it is a " + dir.spec().kind()));
  }

  private static OptionalInt vocabSize(ModelSpec spec) {
    return switch (spec) {
      case DecoderSpec decoder -> OptionalInt.of(decoder.vocabSize());
      case EncoderSpec encoder -> OptionalInt.of(encoder.vocabSize());
      case EncoderDecoderSpec both -> OptionalInt.of(both.vocabSize());
      case VisionLanguageSpec both -> OptionalInt.of(both.decoder().vocabSize());
      case VisionSpec _ -> OptionalInt.empty();
    };
  }

  /// The rows of the new model.
  public int rows() {
    return Math.multiplyExact(Math.ceilDiv(Math.max(vocabSize(from), end()), multiple), multiple);
  }

  private int end() {
    return Math.addExact(first, parts.size());
  }

  /// Of all tensors as they will be written.
  public long bytes() {
    return tensors().values().stream().mapToLong(TensorSource::bytes).sum();
  }

  /// Fills a folder, made where it is missing. The tensors stream: none is in memory as a whole.
  ///
  /// @param written is told of the tensors' bytes as they are written; [#bytes] in all
  /// @param others names of files beside the weights that do not go along
  /// @param tokenizer writes the new tokenizer's files into the folder that it is given
  public void fill(Path folder, LongConsumer written, Set<String> others, CheckpointDir.MoreFiles tokenizer) throws IOException {
    Files.createDirectories(folder);
    SequencedMap<String, TensorSource> counted = new LinkedHashMap<>();
    tensors().forEach((name, tensor) -> counted.put(name, tensor.counted(written)));
    JsonNode config = config();
    SafeTensors.writeFolder(folder, counted, shardBytes);
    CheckpointCopy.copyOthers(from.path(), folder, name -> !name.equals(CheckpointDir.CONFIG) && !others.contains(name));
    AtomicFile.writeString(folder.resolve(CheckpointDir.CONFIG), Json.pretty(config));
    tokenizer.writeTo(folder);
    CheckpointWriter.writeChecksums(folder);
  }

  private Map<String, TensorSource> tensors() {
    Set<String> ours = Set.of(WeightNames.embedding(), WeightNames.head(), WeightNames.headBias());
    Set<String> published = new HashSet<>();
    for (PublishedWeight weight : from.family().layout(from.spec())) {
      if (weight.parts().stream().anyMatch(ours::contains)) {
        published.add(weight.name());
      }
    }
    Map<String, TensorSource> tensors = new LinkedHashMap<>();
    for (String name : from.stored().names()) {
      StoredTensor stored = from.stored().tensor(name);
      boolean grows = published.contains(from.layoutName(name)) || (!from.holdsWeights(name) && repeatsVocabulary(stored));
      tensors.put(name, grows ? grown(name, stored) : stored);
    }
    return tensors;
  }

  /// Of what follows from the weights: a tied head, or its bias, stored once more.
  private boolean repeatsVocabulary(StoredTensor stored) {
    long[] shape = stored.shape();
    int rows = vocabSize(from);
    return stored.dtype().holdsWeights()
        && switch (shape.length) {
          case 1 -> shape[0] == rows;
          case 2 -> shape[0] == rows && shape[1] == from.spec().hiddenSize();
          default -> false;
        };
  }

  private TensorSource grown(String name, StoredTensor stored) {
    int old = vocabSize(from);
    boolean asRow = stored.shape().length == 2 && stored.shape()[0] == 1;
    StoredTensor table = asRow ? stored.reshaped(old) : stored;
    List<TensorSource> pieces = new ArrayList<>();
    pieces.add(table.rows(0, first));
    long[] shape = table.shape();
    shape[0] = parts.size();
    pieces.add(TensorSource.rounded(name, table.dtype(), shape, new RowMeans(table, parts)));
    if (old > end()) {
      pieces.add(table.rows(end(), old));
    }
    int padding = rows() - Math.max(old, end());
    if (padding > 0) {
      long[] rest = table.shape();
      rest[0] = padding;
      pieces.add(TensorSource.rounded(name, table.dtype(), rest, RowMeans.ofAll(table.rows(0, first))));
    }
    TensorSource whole = TensorSource.joined(pieces);
    return asRow ? whole.reshaped(1, rows()) : whole;
  }

  private JsonNode config() {
    ObjectNode config = (ObjectNode) from.config().deepCopy();
    if (from.spec() instanceof VisionLanguageSpec && config.get("text_config") instanceof ObjectNode text) {
      text.put("vocab_size", rows());
      if (config.has("vocab_size")) {
        config.put("vocab_size", rows());
      }
    } else {
      config.put("vocab_size", rows());
    }
    if (config.get("spec") instanceof ObjectNode spec && spec.has("vocabSize")) {
      spec.put("vocabSize", rows());
    }
    int said = vocabSize(from.family().spec(config)).orElse(0);
    if (said != rows()) {
      throw new IllegalStateException("the configuration of %s says %d rows, not %d".formatted(from.path(), said, rows()));
    }
    return config;
  }
}
