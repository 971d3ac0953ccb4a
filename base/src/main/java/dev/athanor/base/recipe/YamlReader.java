package dev.athanor.base.recipe;

import dev.athanor.base.recipe.Node.Entry;
import dev.athanor.base.recipe.Node.Mapping;
import dev.athanor.base.recipe.Node.Nothing;
import dev.athanor.base.recipe.Node.Scalar;
import dev.athanor.base.recipe.Node.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/// YAML text as a tree of nodes with places. Aliases of mappings and lists are followed (Jackson's parser hides
/// the anchors of scalars).
final class YamlReader {
  private static final YAMLFactory FACTORY = new YAMLFactory();
  private static final Pattern PLACE = Pattern.compile("line (\\d+), column (\\d+)");

  private final YAMLParser parser;
  private final BiFunction<Integer, Integer, Position> places;
  private final Problems problems;
  private final Map<String, Node> anchors = new HashMap<>();

  private YamlReader(YAMLParser parser, BiFunction<Integer, Integer, Position> places, Problems problems) {
    this.parser = parser;
    this.places = places;
    this.problems = problems;
  }

  /// The text's tree; an empty text is `Nothing`. Text that is no YAML becomes a problem and null.
  ///
  /// @param places makes a position of line and column
  static @Nullable Node read(String text, BiFunction<Integer, Integer, Position> places, Problems problems) {
    try (YAMLParser parser = (YAMLParser) FACTORY.createParser(ObjectReadContext.empty(), text)) {
      return new YamlReader(parser, places, problems).document();
    } catch (JacksonException e) {
      problems.add(place(e, places), "not valid YAML: " + sentence(e.getOriginalMessage()));
      return null;
    }
  }

  private Node document() {
    if (parser.nextToken() == null) {
      return new Nothing(places.apply(1, 1));
    }
    Node root = node();
    if (parser.nextToken() != null) {
      problems.add(here(), "a second document begins here; only one is read");
    }
    return root;
  }

  private Position here() {
    var at = parser.currentTokenLocation();
    return places.apply(at.getLineNr(), at.getColumnNr());
  }

  private Node node() {
    Position at = here();
    String anchor = parser.getObjectId();
    Node node =
        switch (parser.currentToken()) {
          case START_OBJECT -> mapping(at);
          case START_ARRAY -> sequence(at);
          case VALUE_NULL -> new Nothing(at);
          default -> parser.isCurrentAlias() ? alias(at) : new Scalar(at, parser.getString());
        };
    if (anchor != null) {
      anchors.put(anchor, node);
    }
    return node;
  }

  private Node alias(Position at) {
    Node node = anchors.get(parser.getString());
    if (node == null) {
      problems.add(at, "no mapping or list with the anchor '&" + parser.getString() + "' stands before this");
      return new Nothing(at);
    }
    return node;
  }

  private Node mapping(Position at) {
    List<Entry> entries = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      Position keyAt = here();
      String key = parser.currentName();
      parser.nextToken();
      Node value = node();
      entries.stream()
          .filter(entry -> entry.key().equals(key))
          .findFirst()
          .ifPresentOrElse(
              first ->
                  problems.add(
                      keyAt, "duplicate key '%s'; it stands on line %d already".formatted(key, first.keyAt().line())),
              () -> entries.add(new Entry(keyAt, key, value)));
    }
    return new Mapping(at, List.copyOf(entries));
  }

  private Node sequence(Position at) {
    List<Node> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(node());
    }
    return new Sequence(at, List.copyOf(items));
  }

  /// The scanner's message names the exact place last; the exception's own location can be that of a token before.
  private static Position place(JacksonException e, BiFunction<Integer, Integer, Position> places) {
    Matcher matcher = PLACE.matcher(e.getOriginalMessage());
    int line = 0;
    int column = 0;
    while (matcher.find()) {
      line = Integer.parseInt(matcher.group(1));
      column = Integer.parseInt(matcher.group(2));
    }
    if (line == 0 && e.getLocation() != null) {
      line = e.getLocation().getLineNr();
      column = e.getLocation().getColumnNr();
    }
    return places.apply(line, column);
  }

  /// Drops the quoted source lines and places from a scanner's message of many lines.
  private static String sentence(String message) {
    return message
        .lines()
        .filter(line -> !line.isBlank() && !line.startsWith(" "))
        .map(line -> line.replaceAll("(, but got)? :?$", ""))
        .reduce((context, problem) -> context + ": " + problem)
        .orElse(message);
  }
}
