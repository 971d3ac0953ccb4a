package dev.athanor.cli;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.inference.grammar.Constraint;
import dev.athanor.inference.grammar.Grammars;
import dev.athanor.inference.grammar.JsonStyle;
import dev.athanor.inference.grammar.OutputFormat;
import dev.athanor.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/// The options that say what an answer must be.
final class SyntaxOptions {
  @ArgGroup(multiplicity = "0..1")
  @Nullable Syntax syntax;

  static final class Syntax {
    @Option(names = "--json-object", description = "the answer is a JSON object")
    boolean jsonObject;

    @Option(
        names = "--json-schema",
        paramLabel = "<file>",
        description = "the answer is JSON that is valid under the schema in this file")
    @Nullable Path jsonSchema;

    @Option(names = "--regex", paramLabel = "<pattern>", description = "the whole answer matches this regular expression")
    @Nullable String regex;

    @Option(names = "--grammar", paramLabel = "<file>", description = "the answer is a 'root' of the GBNF grammar in this file")
    @Nullable Path grammar;
  }

  /// Read before a model is opened; null: any text.
  ///
  /// @throws UserException when a file cannot be read
  @Nullable OutputFormat format() {
    Syntax given = syntax;
    if (given == null) {
      return null;
    }
    if (given.jsonSchema != null) {
      return new OutputFormat.JsonSchema(Json.readFile(given.jsonSchema), JsonStyle.FREE, false);
    }
    if (given.regex != null) {
      return new OutputFormat.Regex(given.regex);
    }
    if (given.grammar != null) {
      return new OutputFormat.Gbnf(text(given.grammar));
    }
    return given.jsonObject ? new OutputFormat.JsonObject(JsonStyle.FREE) : null;
  }

  /// @throws UserException for a format that is not supported
  static @Nullable Constraint compiled(@Nullable OutputFormat format, Tokenizer tokenizer) {
    return format == null ? null : Grammars.compile(format, tokenizer);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new UserException("no such file: " + file, e);
    } catch (IOException e) {
      throw new UserException("cannot read the grammar from " + file + ": " + e.getMessage(), e);
    }
  }
}
