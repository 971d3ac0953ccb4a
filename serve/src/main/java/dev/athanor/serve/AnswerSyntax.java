package dev.athanor.serve;

import dev.athanor.base.UserException;
import dev.athanor.inference.grammar.Constraint;
import dev.athanor.inference.grammar.Grammars;
import dev.athanor.inference.grammar.JsonStyle;
import dev.athanor.inference.grammar.OutputFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What a request wants its answer to be: OpenAI's `response_format`, or one of vLLM's `guided_json`, `guided_regex`,
/// `guided_grammar`, `guided_choice`.
///
/// @param param the field to blame
record AnswerSyntax(String param, OutputFormat format) {
  /// @return empty: any text
  /// @throws ApiException for what is wrong with it, two of them at once too
  static Optional<AnswerSyntax> read(Fields fields) {
    List<AnswerSyntax> all = new ArrayList<>();
    fields.object("response_format").flatMap(AnswerSyntax::responseFormat).ifPresent(all::add);
    JsonNode json = fields.value("guided_json");
    if (json != null) {
      all.add(new AnswerSyntax("guided_json", new OutputFormat.JsonSchema(json, JsonStyle.FREE, false)));
    }
    fields.text("guided_regex").ifPresent(regex -> all.add(new AnswerSyntax("guided_regex", new OutputFormat.Regex(regex))));
    fields.text("guided_grammar").ifPresent(text -> all.add(new AnswerSyntax("guided_grammar", new OutputFormat.Gbnf(text))));
    List<String> choices = fields.textOrTexts("guided_choice");
    if (!choices.isEmpty()) {
      all.add(new AnswerSyntax("guided_choice", new OutputFormat.Choice(choices)));
    }
    if (all.size() > 1) {
      throw ApiException.invalid(
          all.getLast().param, "'" + all.getFirst().param + "' and '" + all.getLast().param + "' exclude each other; give one");
    }
    return all.stream().findFirst();
  }

  private static Optional<AnswerSyntax> responseFormat(Fields format) {
    String type = format.text("type").orElseThrow(() -> ApiException.invalid("response_format", "'response_format' needs a 'type'"));
    return switch (type) {
      case "text" -> Optional.empty();
      case "json_object" -> Optional.of(new AnswerSyntax("response_format", new OutputFormat.JsonObject(JsonStyle.FREE)));
      case "json_schema" -> Optional.of(new AnswerSyntax("response_format", jsonSchema(format)));
      default ->
          throw ApiException.invalid(
              "response_format", "'response_format.type' must be text, json_object or json_schema, not '" + type + "'");
    };
  }

  private static OutputFormat jsonSchema(Fields format) {
    Fields inside =
        format
            .object("json_schema")
            .orElseThrow(
                () ->
                    ApiException.invalid(
                        "response_format", "'response_format.json_schema' is missing: an object with 'name' and 'schema'"));
    JsonNode schema = inside.value("schema");
    if (schema == null) {
      throw ApiException.invalid("response_format", "'response_format.json_schema.schema' is missing");
    }
    // Strict schemas of OpenAI's list all that there is.
    return new OutputFormat.JsonSchema(schema, JsonStyle.FREE, inside.flag("strict", false));
  }

  /// Takes up to a few seconds for the largest; for one that was asked for before no time.
  ///
  /// @throws ApiException 400 for what is not supported
  Constraint compile(Grammars grammars) {
    try {
      return grammars.compile(format);
    } catch (UserException e) {
      throw ApiException.invalid(param, "'" + param + "': " + e.getMessage());
    }
  }
}
