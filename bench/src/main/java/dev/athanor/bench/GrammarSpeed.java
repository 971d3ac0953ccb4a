package dev.athanor.bench;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.inference.grammar.Constraint;
import dev.athanor.inference.grammar.Grammars;
import dev.athanor.inference.grammar.JsonStyle;
import dev.athanor.inference.grammar.OutputFormat;
import dev.athanor.tokenizer.Tokenizer;
import dev.athanor.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// What output formats cost: compiling one, and the mask of each token of blindly drawn answers.
@Command(
    name = "GrammarSpeed",
    mixinStandardHelpOptions = true,
    description = "Time to compile output formats and to mask a vocabulary, over blindly drawn answers.")
final class GrammarSpeed implements Callable<Integer> {
  @Option(
      names = "--tokenizer",
      paramLabel = "<folder>",
      description = "a folder with tokenizer.json (default: a made-up byte-level vocabulary of --vocab tokens)")
  @Nullable Path folder;

  @Option(names = "--vocab", paramLabel = "<n>", defaultValue = "151643", description = "default: ${DEFAULT-VALUE}")
  int vocab;

  @Option(names = "--answers", paramLabel = "<n>", defaultValue = "20", description = "default: ${DEFAULT-VALUE}")
  int answers;

  @Option(names = "--tokens", paramLabel = "<n>", defaultValue = "300", description = "of an answer, at most (default: ${DEFAULT-VALUE})")
  int tokens;

  public static void main(String[] args) {
    System.exit(Benchmark.run(new GrammarSpeed(), args));
  }

  @Override
  public Integer call() {
    if (vocab < 300 || answers < 1 || tokens < 1) {
      throw new UserException("--vocab must be at least 300, the other counts at least 1");
    }
    Path given = folder;
    Tokenizer tokenizer = given == null ? MadeUpVocabulary.of(vocab) : Tokenizers.load(given);
    long begin = System.nanoTime();
    Grammars.compile(new OutputFormat.Regex("a"), tokenizer);
    System.out.printf(
        Locale.ROOT, "%,d tokens; the vocabulary's tree: %.0f ms%n", tokenizer.vocabSize(), (System.nanoTime() - begin) / 1e6);
    System.out.println("format           states  rules  compile ms  first mask ms | masks     mean µs  median µs   99 % µs    max µs | again: mean µs");
    formats().forEach((name, format) -> measure(name, format, tokenizer));
    return 0;
  }

  private static Map<String, OutputFormat> formats() {
    Map<String, OutputFormat> all = new LinkedHashMap<>();
    all.put("any JSON object", new OutputFormat.JsonObject(JsonStyle.FREE));
    all.put("person schema", schema(
        """
        {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0, "maximum": 150},
         "email": {"type": "string", "format": "email"}, "tags": {"type": "array", "items": {"enum": ["red", "green", "blue"]}},
         "address": {"type": "object", "properties": {"street": {"type": "string", "maxLength": 200}, "zip": {"type": "string",
         "pattern": "^[0-9]{5}$"}}, "required": ["street", "zip"], "additionalProperties": false}},
         "required": ["name", "age", "address"], "additionalProperties": false}"""));
    all.put("tree schema", schema(
        """
        {"$defs": {"node": {"type": "object", "properties": {"label": {"type": "string"}, "children": {"type": "array", "items":
         {"$ref": "#/$defs/node"}}}, "required": ["label", "children"], "additionalProperties": false}}, "$ref": "#/$defs/node"}"""));
    all.put("string ≤ 2000", schema("{\"type\": \"string\", \"minLength\": 1000, \"maxLength\": 2000}"));
    all.put("regex", new OutputFormat.Regex("(\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2} (INFO|WARN|ERROR) [^\\n]{1,80}\\n){3,9}"));
    all.put("gbnf", new OutputFormat.Gbnf(
        """
        root   ::= (sum "\\n")+
        sum    ::= factor (" + " factor)*
        factor ::= value (" * " value)*
        value  ::= [0-9]+ | [a-z]+ | "(" sum ")"
        """));
    return all;
  }

  private static OutputFormat schema(String text) {
    return new OutputFormat.JsonSchema(Json.tree(text), JsonStyle.FREE, false);
  }

  private void measure(String name, OutputFormat format, Tokenizer tokenizer) {
    Grammars grammars = new Grammars(tokenizer);
    grammars.compile(new OutputFormat.Regex("a"));
    long begin = System.nanoTime();
    Constraint constraint = grammars.compile(format);
    double both = (System.nanoTime() - begin) / 1e6;
    double compile = constraint.cost().compiling().toNanos() / 1e6;
    double[] fresh = walk(constraint, tokenizer);
    double[] again = walk(constraint, tokenizer);
    System.out.printf(
        Locale.ROOT, "%-15s %,7d %6d %11.1f %14.1f | %,5d %11.1f %10.1f %9.1f %9.1f | %.1f%n",
        name, constraint.cost().states(), constraint.cost().rules(), compile, both - compile, fresh.length,
        Arrays.stream(fresh).average().orElse(0), at(fresh, 0.5), at(fresh, 0.99), at(fresh, 1),
        Arrays.stream(again).average().orElse(0));
  }

  private static double at(double[] sorted, double share) {
    return sorted[(int) Math.min(sorted.length - 1, share * sorted.length)];
  }

  /// Microseconds of every mask of all answers, sorted.
  private double[] walk(Constraint constraint, Tokenizer tokenizer) {
    double[] times = new double[answers * tokens];
    int n = 0;
    for (int answer = 0; answer < answers; answer++) {
      Random random = new Random(answer);
      Constraint.State state = constraint.start(tokenizer.endOfText());
      for (int i = 0; i < tokens && !state.mustEnd(); i++) {
        long begin = System.nanoTime();
        long[] mask = state.mask();
        times[n++] = (System.nanoTime() - begin) / 1e3;
        state.accept(pick(mask, random, tokenizer));
      }
    }
    double[] sorted = Arrays.copyOf(times, n);
    Arrays.sort(sorted);
    return sorted;
  }

  /// One in four tokens closes something where that is allowed.
  private static int pick(long[] mask, Random random, Tokenizer tokenizer) {
    int[] ids = BitSet.valueOf(mask).stream().filter(id -> id != tokenizer.endOfText()).toArray();
    if (ids.length == 0) {
      return tokenizer.endOfText();
    }
    if (random.nextInt(4) == 0) {
      for (int id : ids) {
        byte[] bytes = tokenizer.bytes(id);
        if (bytes.length == 1 && (bytes[0] == '"' || bytes[0] == '}' || bytes[0] == ']')) {
          return id;
        }
      }
    }
    return ids[random.nextInt(ids.length)];
  }
}
