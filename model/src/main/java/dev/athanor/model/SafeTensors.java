package dev.athanor.model;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Named tensors in the published safetensors format, read through a memory map: nothing is copied before it is asked for.
///
/// The file is a u64 (little-endian) header length, a JSON header `{name: {dtype, shape, data_offsets}}`, then the data that
/// the offsets point into, without gap or overlap. https://github.com/huggingface/safetensors#format
public final class SafeTensors implements AutoCloseable {
  public static final String FILE = "model.safetensors";
  public static final String INDEX = "model.safetensors.index.json";

  private static final long MAX_HEADER = 100_000_000;
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final JsonMapper STRICT =
      Json.MAPPER.rebuild().enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY).build();

  private final Arena arena;
  private final Path source;
  private final Map<String, StoredTensor> tensors;
  private final List<Path> files;

  private SafeTensors(Arena arena, Path source, Map<String, StoredTensor> tensors, List<Path> files) {
    this.arena = arena;
    this.source = source;
    this.tensors = tensors;
    this.files = files;
  }

  /// Opens a file, or a folder that holds `model.safetensors` or the shards that `model.safetensors.index.json` names.
  ///
  /// @throws UserException when it is missing or damaged: names the file and what is wrong in it
  public static SafeTensors open(Path dirOrFile) {
    if (!Files.isDirectory(dirOrFile)) {
      return openFiles(dirOrFile, List.of(dirOrFile));
    }
    Path single = dirOrFile.resolve(FILE);
    if (Files.exists(single)) {
      return openFiles(single, List.of(single));
    }
    Path index = dirOrFile.resolve(INDEX);
    if (Files.exists(index)) {
      return openShards(index);
    }
    throw new UserException("no weights in " + dirOrFile + ": it holds neither " + FILE + " nor " + INDEX);
  }

  /// The names in the file's order.
  public Set<String> names() {
    return tensors.keySet();
  }

  public boolean has(String name) {
    return tensors.containsKey(name);
  }

  /// A view into the mapped file.
  ///
  /// @throws UserException when there is none of this name
  public StoredTensor tensor(String name) {
    StoredTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new UserException(source + " holds no tensor '" + name + "'");
    }
    return tensor;
  }

  /// A tensor's numbers as F32.
  public float[] floats(String name) {
    return tensor(name).floats();
  }

  /// The files that the weights lie in.
  public List<Path> files() {
    return files;
  }

  @Override
  public void close() {
    arena.close();
  }

  /// Writes tensors so that equal tensors give equal bytes: wider numbers first (so that each stays aligned), then by name.
  public static void write(Path file, Map<String, ? extends TensorSource> tensors) {
    List<Map.Entry<String, TensorSource>> order = new ArrayList<>();
    tensors.forEach((name, tensor) -> order.add(Map.entry(name, tensor)));
    order.sort(
        Comparator.<Map.Entry<String, TensorSource>>comparingInt(e -> -e.getValue().dtype().bytes())
            .thenComparing(Map.Entry::getKey));
    byte[] header = header(order);
    AtomicFile.write(
        file,
        out -> {
          out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).array());
          out.write(header);
          for (var entry : order) {
            entry.getValue().writeTo(out);
          }
        });
  }

  /// Writes `model.safetensors`, or shards and their index where the tensors take more than `shardBytes`.
  public static void writeFolder(Path dir, Map<String, ? extends TensorSource> tensors, long shardBytes) {
    List<Map<String, TensorSource>> shards = new ArrayList<>();
    long filled = Long.MAX_VALUE;
    long total = 0;
    for (var entry : tensors.entrySet()) {
      long bytes = entry.getValue().bytes();
      if (filled > shardBytes - bytes) {
        shards.add(new LinkedHashMap<>());
        filled = 0;
      }
      shards.getLast().put(entry.getKey(), entry.getValue());
      filled += bytes;
      total += bytes;
    }
    if (shards.size() <= 1) {
      write(dir.resolve(FILE), tensors);
      return;
    }
    Map<String, String> files = new TreeMap<>();
    for (int i = 0; i < shards.size(); i++) {
      String file = "model-%05d-of-%05d.safetensors".formatted(i + 1, shards.size());
      write(dir.resolve(file), shards.get(i));
      shards.get(i).keySet().forEach(name -> files.put(name, file));
    }
    Map<String, Object> index = new LinkedHashMap<>();
    index.put("metadata", Map.of("total_size", total));
    index.put("weight_map", files);
    AtomicFile.writeString(dir.resolve(INDEX), Json.pretty(index));
  }

  private static byte[] header(List<Map.Entry<String, TensorSource>> order) {
    Map<String, Object> header = new LinkedHashMap<>();
    header.put("__metadata__", Map.of("format", "pt"));
    long at = 0;
    for (var entry : order) {
      TensorSource tensor = entry.getValue();
      long end = at + tensor.bytes();
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("dtype", tensor.dtype().name());
      facts.put("shape", tensor.shape());
      facts.put("data_offsets", new long[] {at, end});
      header.put(entry.getKey(), facts);
      at = end;
    }
    byte[] json = Json.write(header).getBytes(StandardCharsets.UTF_8);
    byte[] padded = Arrays.copyOf(json, (json.length + 7) / 8 * 8);
    Arrays.fill(padded, json.length, padded.length, (byte) ' ');
    return padded;
  }

  private static SafeTensors openShards(Path index) {
    JsonNode weightMap = Json.readFile(index).path("weight_map");
    if (!weightMap.isObject() || weightMap.isEmpty()) {
      throw new UserException(index + ": 'weight_map' must map tensor names to files");
    }
    Path dir = index.toAbsolutePath().resolveSibling("");
    Map<String, Path> shards = new TreeMap<>();
    for (var entry : weightMap.properties()) {
      String file = entry.getValue().asString("");
      if (!file.matches("[\\w.-]+") || file.startsWith(".")) {
        throw new UserException(index + ": '" + file + "' is no file name (of '" + entry.getKey() + "')");
      }
      shards.put(file, dir.resolve(file));
    }
    SafeTensors all = openFiles(index, List.copyOf(shards.values()));
    for (var entry : weightMap.properties()) {
      if (!all.has(entry.getKey())) {
        all.close();
        throw new UserException(
            index + ": '" + entry.getKey() + "' is not in " + entry.getValue().asString("") + " nor in another shard");
      }
    }
    return all;
  }

  @SuppressWarnings("MustBeClosedChecker") // the arena is closed by close(), or here on failure
  private static SafeTensors openFiles(Path source, List<Path> files) {
    Arena arena = Arena.ofShared();
    try {
      Map<String, StoredTensor> tensors = new LinkedHashMap<>();
      for (Path file : files) {
        readInto(file, arena, tensors);
      }
      return new SafeTensors(arena, source, tensors, files);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  private static void readInto(Path file, Arena arena, Map<String, StoredTensor> tensors) {
    MemorySegment mapped = map(file, arena);
    long size = mapped.byteSize();
    if (size < 8) {
      throw damaged(file, "it is only " + size + " bytes long");
    }
    long length = mapped.get(U64, 0);
    if (length < 0 || length > MAX_HEADER) {
      throw damaged(
          file, "its header would be " + Long.toUnsignedString(length) + " bytes long; at most " + MAX_HEADER + " are allowed");
    }
    if (8 + length > size) {
      throw damaged(file, "its header of " + length + " bytes does not fit into the file of " + size + " bytes");
    }
    JsonNode header = parse(file, mapped.asSlice(8, length).toArray(ValueLayout.JAVA_BYTE));
    MemorySegment data = mapped.asSlice(8 + length);
    List<Entry> entries = new ArrayList<>();
    for (var property : header.properties()) {
      if (!property.getKey().equals("__metadata__")) {
        entries.add(entry(file, property.getKey(), property.getValue()));
      }
    }
    checkOffsets(file, entries, data.byteSize());
    for (Entry e : entries) {
      var tensor = new StoredTensor(e.dtype, e.shape, data.asSlice(e.begin, e.end - e.begin));
      if (tensors.put(e.name, tensor) != null) {
        throw damaged(file, "'" + e.name + "' is in another shard too");
      }
    }
  }

  private static MemorySegment map(Path file, Arena arena) {
    if (!Files.isRegularFile(file)) {
      throw new UserException("no such file: " + file);
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private static JsonNode parse(Path file, byte[] json) {
    if (json.length == 0 || json[0] != '{') {
      throw damaged(file, "its header does not begin with '{'");
    }
    try {
      JsonNode header = STRICT.readTree(json);
      if (!header.isObject()) {
        throw damaged(file, "its header is no JSON object");
      }
      return header;
    } catch (JacksonException e) {
      throw new UserException(file + " is damaged: its header is not valid JSON: " + e.getOriginalMessage(), e);
    }
  }

  private record Entry(String name, DType dtype, long[] shape, long begin, long end) {}

  private static Entry entry(Path file, String name, JsonNode facts) {
    String dtypeName = facts.path("dtype").asString("");
    DType dtype =
        DType.named(dtypeName)
            .orElseThrow(
                () ->
                    new UserException(
                        "%s: '%s' has dtype '%s'; supported are %s"
                            .formatted(file, name, dtypeName, Arrays.toString(DType.values()))));
    long[] shape = naturals(file, name, "shape", facts.path("shape"));
    long[] offsets = naturals(file, name, "data_offsets", facts.path("data_offsets"));
    if (offsets.length != 2 || offsets[0] > offsets[1]) {
      throw damaged(file, "'" + name + "' has data_offsets " + Arrays.toString(offsets));
    }
    long bytes = bytes(file, name, dtype, shape);
    if (bytes != offsets[1] - offsets[0]) {
      throw damaged(
          file,
          "'%s' is %s %s, %d bytes, but its data_offsets %s hold %d"
              .formatted(
                  name, dtype, Arrays.toString(shape), bytes, Arrays.toString(offsets), offsets[1] - offsets[0]));
    }
    return new Entry(name, dtype, shape, offsets[0], offsets[1]);
  }

  private static long bytes(Path file, String name, DType dtype, long[] shape) {
    try {
      return Math.multiplyExact(StoredTensor.elements(shape), (long) dtype.bytes());
    } catch (ArithmeticException e) {
      throw damaged(file, "'" + name + "' has the impossible shape " + Arrays.toString(shape));
    }
  }

  private static long[] naturals(Path file, String name, String key, JsonNode node) {
    if (!node.isArray()) {
      throw damaged(file, "'" + name + "' has no " + key);
    }
    long[] values = new long[node.size()];
    for (int i = 0; i < values.length; i++) {
      JsonNode value = node.get(i);
      if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < 0) {
        throw damaged(file, "'" + name + "' has " + key + " " + node);
      }
      values[i] = value.asLong();
    }
    return values;
  }

  private static void checkOffsets(Path file, List<Entry> entries, long size) {
    List<Entry> byPlace = new ArrayList<>(entries);
    byPlace.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long at = 0;
    for (Entry e : byPlace) {
      if (e.begin < at) {
        throw damaged(file, "'" + e.name + "' at byte " + e.begin + " overlaps the tensor before it, which ends at " + at);
      }
      if (e.begin > at) {
        throw damaged(file, "bytes " + at + " to " + e.begin + " before '" + e.name + "' belong to no tensor");
      }
      if (e.end > size) {
        throw damaged(file, "'" + e.name + "' ends at byte " + e.end + " but the file holds " + size + " bytes of data");
      }
      at = e.end;
    }
    if (at != size) {
      throw damaged(file, "the last " + (size - at) + " bytes belong to no tensor");
    }
  }

  private static UserException damaged(Path file, String why) {
    return new UserException(file + " is damaged: " + why);
  }
}
