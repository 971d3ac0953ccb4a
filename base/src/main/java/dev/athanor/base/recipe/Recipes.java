package dev.athanor.base.recipe;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/// Reads recipes into records and writes them back.
///
/// A record is a mapping whose keys are its components in snake case (`warm-up` and `warm_up` are the same key). A
/// component is required unless it has a `@Default` or is `@Nullable`. Its type is one of: `String`, `boolean`, `int`,
/// `long` ("4M", "2.5k", "4_000"), `float`, `double`, an enum ("cosine-decay"), `Duration` ("1h30m"), `Path`,
/// `List<T>`, `Map<String, T>`, a record, or a sealed interface of records, chosen by a key (`maven: […]`). A map of such may be
/// written as a list; each is then named by its kind ("maven", "maven-2").
/// What a compact constructor refuses by `IllegalArgumentException` is told like any other problem; when its message
/// begins with a component's name, at that component's value.
public final class Recipes {
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
          .disable(YAMLWriteFeature.SPLIT_LINES)
          .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
          .enable(YAMLWriteFeature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
          .enable(YAMLWriteFeature.INDENT_ARRAYS_WITH_INDICATOR)
          .build();

  private Recipes() {}

  public static <T> T read(Path file, Class<T> type) {
    return read(file, type, List.of());
  }

  /// @param overrides values over those of the file, each "key.key=YAML"
  /// @throws UserException with one line, `file:line:col: what and what would work`, for every problem
  public static <T> T read(Path file, Class<T> type, List<String> overrides) {
    return parse(file.toString(), text(file), type, overrides);
  }

  /// Like `read`, of text in hand; `source` names it in messages.
  public static <T> T parse(String source, String text, Class<T> type, List<String> overrides) {
    Problems problems = new Problems();
    Node root = YamlReader.read(text, (line, column) -> new Position(source, line, column), problems);
    if (root == null) {
      problems.throwIfAny();
      throw new IllegalStateException("a tree is missing only with a problem");
    }
    Node whole = new Overrides(problems).apply(root, overrides);
    Object bound = new Binder(problems).bind(whole, type, "");
    problems.throwIfAny();
    return type.cast(Objects.requireNonNull(bound, "what did not bind is a problem"));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new UserException("no such recipe: " + file, e);
    } catch (CharacterCodingException e) {
      throw new UserException(file + ": not UTF-8 text; a recipe is a YAML file in UTF-8", e);
    } catch (IOException e) {
      throw new UserException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /// The record as a recipe that says everything, defaults included; reading it gives an equal record.
  public static String toYaml(Object record) {
    return YAML.writeValueAsString(toTree(record));
  }

  /// The key by which a recipe chooses this record among the alternatives of its sealed interface: "maven" of a `MavenSource`.
  public static String alternative(Record record) {
    return Names.alternativeName(record.getClass())
        .orElseThrow(() -> new IllegalArgumentException(record.getClass() + " is no alternative of a sealed interface"));
  }

  /// The value as maps, lists, texts, numbers and booleans, named as in a recipe. A null component is left out.
  public static Object toTree(Object value) {
    return toTree(value, value.getClass());
  }

  private static Object toTree(Object value, Type declared) {
    return switch (value) {
      case Record record -> recordTree(record, declared);
      case List<?> list -> list.stream().map(item -> toTree(item, argument(declared, 0))).toList();
      case Map<?, ?> map -> mapTree(map, argument(declared, 1));
      case Enum<?> constant -> Names.of(constant);
      case Duration duration -> Scalars.write(duration);
      case Path path -> path.toString();
      case String text -> text;
      case Number number -> number;
      case Boolean truth -> truth;
      default -> Json.tree(Json.write(value));
    };
  }

  private static Type argument(Type declared, int index) {
    return declared instanceof ParameterizedType generic ? generic.getActualTypeArguments()[index] : Object.class;
  }

  private static Object recordTree(Record record, Type declared) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      Object value = component(record, component);
      if (value != null) {
        fields.put(Names.of(component), toTree(value, component.getGenericType()));
      }
    }
    // Where the type alone does not say which record this is, its name as an alternative does.
    Optional<String> name =
        record.getClass() == declared ? Optional.empty() : Names.alternativeName(record.getClass());
    return name.<Object>map(chosen -> Map.of(chosen, fields)).orElse(fields);
  }

  private static Object mapTree(Map<?, ?> map, Type declared) {
    Map<String, Object> tree = new LinkedHashMap<>();
    map.forEach((key, value) -> tree.put(String.valueOf(key), toTree(value, declared)));
    return tree;
  }

  private static @Nullable Object component(Record record, RecordComponent component) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(record);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("cannot read " + component, e);
    }
  }
}
