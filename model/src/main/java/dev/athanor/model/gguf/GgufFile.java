package dev.athanor.model.gguf;

import dev.athanor.base.UserException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/// A GGUF file, version 2 or 3 and little-endian, read through a memory map: metadata and named tensors, checked as a whole
/// when it is opened, of which nothing is copied before it is asked for.
public final class GgufFile implements AutoCloseable {
  private final Arena arena;
  private final Path path;
  private final int version;
  private final Map<String, GgufValue> metadata;
  private final Map<String, GgufTensor> tensors;

  private GgufFile(Arena arena, Path path, GgufReader reader) {
    this.arena = arena;
    this.path = path;
    this.version = reader.version();
    this.metadata = reader.metadata();
    this.tensors = reader.tensors();
  }

  /// @throws UserException when it is missing, damaged or of another version; names the file, the key or tensor and what is
  ///     wrong with it
  @SuppressWarnings("MustBeClosedChecker") // the arena is closed by close(), or here on failure
  public static GgufFile open(Path file) {
    Arena arena = Arena.ofShared();
    try {
      GgufReader reader = new GgufReader(file, map(file, arena));
      reader.read();
      return new GgufFile(arena, file, reader);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
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

  public Path path() {
    return path;
  }

  public int version() {
    return version;
  }

  /// In the file's order.
  public Map<String, GgufValue> metadata() {
    return metadata;
  }

  /// In the file's order.
  public Map<String, GgufTensor> tensors() {
    return tensors;
  }

  public Set<String> names() {
    return tensors.keySet();
  }

  public boolean has(String name) {
    return tensors.containsKey(name);
  }

  /// @throws UserException when there is none of this name
  public GgufTensor tensor(String name) {
    GgufTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new UserException(path + " holds no tensor '" + name + "'");
    }
    return tensor;
  }

  /// A tensor's numbers as F32.
  public float[] floats(String name) {
    return tensor(name).floats();
  }

  // Each of these is empty where the key is absent, and a UserException where its value is of another type.

  public Optional<String> text(String key) {
    return switch (metadata.get(key)) {
      case null -> Optional.empty();
      case GgufValue.Text(String value) -> Optional.of(value);
      case GgufValue other -> throw wrongType(key, other, "a text");
    };
  }

  /// A whole number of any width that fits a long.
  public OptionalLong integer(String key) {
    return switch (metadata.get(key)) {
      case null -> OptionalLong.empty();
      case GgufValue.Int(GgufValue.Kind kind, long value) when kind != GgufValue.Kind.U64 || value >= 0 ->
          OptionalLong.of(value);
      case GgufValue other -> throw wrongType(key, other, "a whole number");
    };
  }

  public OptionalDouble real(String key) {
    return switch (metadata.get(key)) {
      case null -> OptionalDouble.empty();
      case GgufValue.Real(GgufValue.Kind kind, double value) -> OptionalDouble.of(value);
      case GgufValue other -> throw wrongType(key, other, "a number with a fraction");
    };
  }

  public Optional<Boolean> flag(String key) {
    return switch (metadata.get(key)) {
      case null -> Optional.empty();
      case GgufValue.Bool(boolean value) -> Optional.of(value);
      case GgufValue other -> throw wrongType(key, other, "true or false");
    };
  }

  public Optional<GgufArray> array(String key) {
    return switch (metadata.get(key)) {
      case null -> Optional.empty();
      case GgufArray array -> Optional.of(array);
      case GgufValue other -> throw wrongType(key, other, "an array");
    };
  }

  /// What to throw where a key that is needed is absent.
  public UserException missing(String key) {
    return new UserException(path + ": the key '" + key + "' is missing");
  }

  private UserException wrongType(String key, GgufValue value, String wanted) {
    return new UserException("%s: '%s' is %s; it should be %s".formatted(path, key, value.kind(), wanted));
  }

  @Override
  public void close() {
    arena.close();
  }
}
