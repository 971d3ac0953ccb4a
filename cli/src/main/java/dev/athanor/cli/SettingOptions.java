package dev.athanor.cli;

import dev.athanor.model.families.Families;
import dev.athanor.model.families.Family;
import dev.athanor.model.families.Setting;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// An option for every [Setting], for commands that are told what a model is like.
final class SettingOptions {
  private SettingOptions() {}

  static CommandLine added(CommandLine line) {
    for (Setting setting : Setting.values()) {
      line.getCommandSpec().addOption(option(setting));
    }
    return line;
  }

  private static OptionSpec option(Setting setting) {
    List<Family> families = setting.families();
    String whose =
        families.size() > Families.ALL.size() / 2
            ? ""
            : families.stream().map(Family::modelType).collect(Collectors.joining(", ", " (", ")"));
    OptionSpec.Builder option = OptionSpec.builder(setting.option()).description(setting.description() + whose);
    return switch (setting.kind()) {
      case COUNT, WHOLE -> option.paramLabel("<n>").type(Integer.class).build();
      case NUMBER -> option.paramLabel("<x>").type(Double.class).build();
      case TEXT -> option.paramLabel("<name>").type(String.class).build();
      case FLAG -> option.type(Boolean.class).arity("0").negatable(true).build();
    };
  }

  /// What was said on the command line.
  static Map<Setting, JsonNode> given(CommandLine line) {
    Map<Setting, JsonNode> values = new EnumMap<>(Setting.class);
    for (Setting setting : Setting.values()) {
      Object value = line.getParseResult().matchedOptionValue(setting.option(), (Object) null);
      if (value != null) {
        values.put(setting, node(value));
      }
    }
    return values;
  }

  private static JsonNode node(Object value) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    return switch (value) {
      case Integer n -> nodes.numberNode(n);
      case Double x -> nodes.numberNode(x);
      case Boolean flag -> nodes.booleanNode(flag);
      default -> nodes.stringNode(value.toString());
    };
  }

  /// The families' names, as candidates of an option.
  static final class FamilyNames implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Families.ALL.stream().map(Family::modelType).iterator();
    }
  }
}
