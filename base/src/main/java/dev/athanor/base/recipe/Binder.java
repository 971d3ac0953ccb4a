package dev.athanor.base.recipe;

import dev.athanor.base.UserException;
import dev.athanor.base.recipe.Node.Entry;
import dev.athanor.base.recipe.Node.Mapping;
import dev.athanor.base.recipe.Node.Nothing;
import dev.athanor.base.recipe.Node.Scalar;
import dev.athanor.base.recipe.Node.Sequence;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Binds a tree of nodes to records. Whatever does not fit becomes a problem and null, and binding goes on, so that one
/// pass finds all of them; a record is made only when all of its components were bound.
final class Binder {
  private final Problems problems;

  Binder(Problems problems) {
    this.problems = problems;
  }

  /// @param path the node's place among the keys ("model.attention"), empty at the top
  @Nullable Object bind(Node node, Type type, String path) {
    if (type instanceof ParameterizedType generic) {
      return bindGeneric(node, generic, path);
    }
    if (!(type instanceof Class<?> plain)) {
      throw new IllegalStateException("a recipe cannot hold a " + type);
    }
    if (plain.isRecord()) {
      return bindRecord(node, plain, path);
    }
    if (plain.isSealed() && plain.isInterface()) {
      return bindAlternative(node, plain, path);
    }
    if (!Scalars.reads(plain)) {
      throw new IllegalStateException("a recipe cannot hold a " + plain.getName() + " (" + path + ")");
    }
    return bindScalar(node, plain, path);
  }

  private @Nullable Object bindGeneric(Node node, ParameterizedType type, String path) {
    if (type.getRawType() == List.class) {
      return bindList(node, type.getActualTypeArguments()[0], path);
    }
    if (type.getRawType() == Map.class && type.getActualTypeArguments()[0] == String.class) {
      return bindMap(node, type.getActualTypeArguments()[1], path);
    }
    throw new IllegalStateException("a recipe cannot hold a " + type + " (" + path + ")");
  }

  // ---- scalars, lists, maps

  private @Nullable Object bindScalar(Node node, Class<?> type, String path) {
    if (!(node instanceof Scalar scalar)) {
      return wrong(node, expected(type), path);
    }
    try {
      return Scalars.read(scalar.text(), type);
    } catch (Scalars.Unreadable e) {
      problems.add(node.at(), e.getMessage() + in(path));
      return null;
    }
  }

  private @Nullable Object wrong(Node node, String expected, String path) {
    problems.add(node.at(), "expected " + expected + ", found " + node.describe() + in(path));
    return null;
  }

  private static String expected(Class<?> type) {
    return switch (type.getSimpleName()) {
      case "int", "long", "Integer", "Long" -> "an integer";
      case "float", "double", "Float", "Double" -> "a number";
      case "boolean", "Boolean" -> "true or false";
      case "Duration" -> "a duration such as 90s, 10m or 1h30m";
      case "Path" -> "a path";
      case "String" -> "text";
      default -> "one of " + String.join(", ", constants(type));
    };
  }

  private static List<String> constants(Class<?> type) {
    return Arrays.stream(type.getEnumConstants()).map(constant -> Names.of((Enum<?>) constant)).toList();
  }

  private @Nullable Object bindList(Node node, Type element, String path) {
    if (!(node instanceof Sequence sequence)) {
      String hint = node instanceof Scalar scalar ? "; write [" + scalar.text() + "]" : "";
      problems.add(node.at(), "expected a list, found " + node.describe() + in(path) + hint);
      return null;
    }
    List<Object> items = new ArrayList<>();
    for (int i = 0; i < sequence.items().size(); i++) {
      Object item = bindValue(sequence.items().get(i), element, path + "[" + i + "]");
      if (item != null) {
        items.add(item);
      }
    }
    return items.size() == sequence.items().size() ? List.copyOf(items) : null;
  }

  private @Nullable Object bindMap(Node node, Type element, String path) {
    boolean alternatives = element instanceof Class<?> plain && plain.isSealed();
    if (alternatives && node instanceof Sequence sequence) {
      return bindNamedByKind(sequence, element, path);
    }
    if (!(node instanceof Mapping mapping)) {
      return wrong(node, alternatives ? "a list, or a mapping by names" : "a mapping", path);
    }
    Map<String, Object> values = new LinkedHashMap<>();
    for (Entry entry : mapping.entries()) {
      Object value = bindValue(entry.value(), element, child(path, entry.key()));
      if (value != null) {
        values.put(entry.key(), value);
      }
    }
    return values.size() == mapping.entries().size() ? Collections.unmodifiableMap(values) : null;
  }

  /// Alternatives in a list, where names for them are wanted: each has that of its kind, "jsonl", with a number from the second
  /// one of a kind on, "jsonl-2".
  private @Nullable Object bindNamedByKind(Sequence sequence, Type sealed, String path) {
    Map<String, Object> values = new LinkedHashMap<>();
    Map<String, Integer> uses = new HashMap<>();
    for (int i = 0; i < sequence.items().size(); i++) {
      Object value = bindValue(sequence.items().get(i), sealed, path + "[" + i + "]");
      if (value != null) {
        String kind = Recipes.alternative((Record) value).replace('_', '-');
        int use = uses.merge(kind, 1, Integer::sum);
        values.put(use == 1 ? kind : kind + "-" + use, value);
      }
    }
    return values.size() == sequence.items().size() ? Collections.unmodifiableMap(values) : null;
  }

  /// An element, which unlike a component can never be left out.
  private @Nullable Object bindValue(Node node, Type type, String path) {
    return node instanceof Nothing && !allowsNothing(type) ? wrong(node, "a value", path) : bind(node, type, path);
  }

  private static boolean allowsNothing(Type type) {
    return type instanceof Class<?> plain && plain.isRecord();
  }

  // ---- alternatives

  /// The alternatives of a sealed interface are written `maven: {coordinates: […], offline: true}`, `maven: […]` (the
  /// first component's value), `maven` (all defaults), or with the other components beside it:
  /// `maven: […]` and `offline: true` in one mapping.
  private @Nullable Object bindAlternative(Node node, Class<?> sealed, String path) {
    Map<String, Class<?>> alternatives = Names.alternatives(sealed);
    if (node instanceof Scalar scalar) {
      Class<?> named = alternatives.get(Names.normal(scalar.text()));
      return named == null
          ? unknownAlternative(node.at(), scalar.text(), alternatives, path)
          : bindRecord(new Mapping(node.at(), List.of()), named, path);
    }
    if (!(node instanceof Mapping mapping) || mapping.entries().isEmpty()) {
      return wrong(node, "one of " + String.join(", ", alternatives.keySet()), path);
    }
    Optional<Entry> choice =
        mapping.entries().stream().filter(entry -> alternatives.containsKey(Names.normal(entry.key()))).findFirst();
    if (choice.isEmpty()) {
      Entry first = mapping.entries().getFirst();
      return unknownAlternative(first.keyAt(), first.key(), alternatives, path);
    }
    Class<?> named = alternatives.get(Names.normal(choice.get().key()));
    return named == null ? null : bindChosen(mapping, choice.get(), named, path);
  }

  private @Nullable Object unknownAlternative(
      Position at, String name, Map<String, Class<?>> alternatives, String path) {
    problems.add(at, "unknown kind '" + name + "'" + in(path) + Names.suggestion(name, alternatives.keySet()));
    return null;
  }

  private @Nullable Object bindChosen(Mapping mapping, Entry choice, Class<?> type, String path) {
    List<Entry> beside = mapping.entries().stream().filter(entry -> !entry.key().equals(choice.key())).toList();
    List<Entry> within =
        switch (choice.value()) {
          case Mapping fields -> fields.entries();
          case Nothing nothing -> List.of();
          case Scalar scalar -> firstComponent(choice, type);
          case Sequence sequence -> firstComponent(choice, type);
        };
    List<Entry> all = Stream.concat(within.stream(), beside.stream()).toList();
    return bindRecord(new Mapping(choice.keyAt(), all), type, child(path, choice.key()));
  }

  private static List<Entry> firstComponent(Entry choice, Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    String key = components.length == 0 ? choice.key() : Names.of(components[0]);
    return List.of(new Entry(choice.keyAt(), key, choice.value()));
  }

  // ---- records

  private @Nullable Object bindRecord(Node node, Class<?> type, String path) {
    RecordComponent[] components = type.getRecordComponents();
    if (node instanceof Nothing) {
      return bindRecord(new Mapping(node.at(), List.of()), type, path);
    }
    if (!(node instanceof Mapping mapping)) {
      return wrong(node, "a mapping with keys of " + String.join(", ", Names.of(components)), path);
    }
    int before = problems.count();
    Map<String, Entry> entries = entries(mapping, Names.of(components), path);
    @Nullable Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      values[i] = bindComponent(mapping, entries.get(Names.of(components[i])), components[i], path);
    }
    return problems.count() == before ? construct(mapping, entries, type, components, values, path) : null;
  }

  private Map<String, Entry> entries(Mapping mapping, List<String> valid, String path) {
    Map<String, Entry> entries = new HashMap<>();
    for (Entry entry : mapping.entries()) {
      String key = Names.normal(entry.key());
      if (!valid.contains(key)) {
        String where = path.isEmpty() ? "" : " in " + path;
        problems.add(entry.keyAt(), "unknown key '" + entry.key() + "'" + where + Names.suggestion(key, valid));
      } else if (entries.putIfAbsent(key, entry) != null) {
        problems.add(entry.keyAt(), "duplicate key '" + entry.key() + "'" + (path.isEmpty() ? "" : " in " + path));
      }
    }
    return entries;
  }

  private @Nullable Object bindComponent(
      Mapping mapping, @Nullable Entry entry, RecordComponent component, String path) {
    Default fallback = component.getAnnotation(Default.class);
    boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    String key = Names.of(component);
    if (entry == null) {
      if (fallback == null && !nullable) {
        problems.add(mapping.at(), "missing key '" + key + "'" + (path.isEmpty() ? "" : " in " + path));
      }
      return fallback == null ? null : defaultValue(fallback.value(), component);
    }
    if (entry.value() instanceof Nothing && !allowsNothing(component.getType())) {
      if (!nullable) {
        String hint = fallback == null ? "" : "; leave the key out for its default (" + fallback.value() + ")";
        problems.add(entry.keyAt(), "key '" + key + "' has no value" + hint);
      }
      return null;
    }
    return bind(entry.value(), component.getGenericType(), child(path, key));
  }

  /// @throws IllegalStateException when the default does not fit its component, which is a bug
  private static @Nullable Object defaultValue(String text, RecordComponent component) {
    if (text.isEmpty() && component.getType() == String.class) {
      return "";
    }
    Position at = Position.of("default of " + component.getDeclaringRecord().getSimpleName() + "." + component.getName());
    Problems bugs = new Problems();
    Node node = YamlReader.read(text, (line, column) -> at, bugs);
    Object value = node == null ? null : new Binder(bugs).bind(node, component.getGenericType(), Names.of(component));
    try {
      bugs.throwIfAny();
    } catch (UserException e) {
      throw new IllegalStateException(e);
    }
    return value;
  }

  private @Nullable Object construct(
      Mapping mapping,
      Map<String, Entry> entries,
      Class<?> type,
      RecordComponent[] components,
      @Nullable Object[] values,
      String path) {
    try {
      Class<?>[] types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException || e.getCause() instanceof UserException) {
        String message = String.valueOf(e.getCause().getMessage());
        problems.add(blamed(mapping, entries, components, message), message + in(path));
        return null;
      }
      throw new IllegalStateException("cannot make a " + type.getName(), e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot make a " + type.getName(), e);
    }
  }

  /// Where a constructor's refusal is shown: at the value of the component that its message begins with, else at the
  /// record.
  private static Position blamed(
      Mapping mapping, Map<String, Entry> entries, RecordComponent[] components, String message) {
    String firstWord = message.split("[^A-Za-z0-9_-]", 2)[0];
    for (RecordComponent component : components) {
      Entry entry = entries.get(Names.of(component));
      if (entry != null
          && (firstWord.equals(component.getName()) || Names.normal(firstWord).equals(Names.of(component)))) {
        return entry.value().at();
      }
    }
    return mapping.at();
  }

  private static String child(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private static String in(String path) {
    return path.isEmpty() ? "" : " (" + path + ")";
  }
}
