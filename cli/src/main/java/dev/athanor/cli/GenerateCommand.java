package dev.athanor.cli;

import dev.athanor.base.Json;
import dev.athanor.base.UserException;
import dev.athanor.inference.Beams;
import dev.athanor.inference.GenerationEvent.Finished;
import dev.athanor.inference.GenerationEvent.Token;
import dev.athanor.inference.GenerationRequest;
import dev.athanor.inference.Generator;
import dev.athanor.inference.Sampling;
import dev.athanor.inference.grammar.Constraint;
import dev.athanor.inference.grammar.OutputFormat;
import dev.athanor.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "generate",
    description = "Go on from a prompt and print what comes.",
    footer = {
      "",
      "Examples:",
      "  athanor generate --prompt 'public static int ' --max-tokens 60",
      "  athanor generate --model runs/quickstart/model --prompt-file Half.java --greedy",
      "  athanor generate --prompt 'int x = ' --weights int8",
      "  athanor generate --prompt 'int x = ' --n 3 --temperature 1",
      "  athanor generate --prompt 'int x = ' --beams 4 --max-tokens 30",
      "  athanor generate --prompt-file Half.java --model big --draft-model small",
      "  athanor generate --model qwen2.5-0.5b-q8_0.gguf --prompt 'int x = '",
      "  athanor generate --model models/base --lora adapters/sql --prompt 'select '",
      "  echo '/** 计算' | athanor generate --prompt-file - --json",
      "  athanor generate --prompt 'Born on ' --regex '\\d{4}-\\d{2}-\\d{2}' --min-p 0.05",
      "  athanor generate --prompt-file letter.txt --json-schema address.schema.json --max-tokens 500"
    })
final class GenerateCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      paramLabel = "<model>",
      description = "a model folder, a .gguf file or a released model's name (default: the one released last)")
  @Nullable String model;

  @ArgGroup(multiplicity = "1")
  Prompt prompt = new Prompt();

  static final class Prompt {
    @Option(names = "--prompt", paramLabel = "<text>", description = "the text to go on from")
    @Nullable String text;

    @Option(names = "--prompt-file", paramLabel = "<file>", description = "the same from a file; - for standard input")
    @Nullable String file;
  }

  @Mixin SamplingOptions sampling = new SamplingOptions();

  @Mixin EngineFlags engine = new EngineFlags();

  @Mixin SyntaxOptions syntax = new SyntaxOptions();

  @Option(names = "--lora", paramLabel = "<folder>", description = "an adapter in the PEFT layout over the model")
  @Nullable Path lora;

  @Option(
      names = "--max-tokens",
      paramLabel = "<n>",
      defaultValue = "256",
      description = "end after so many tokens (default: ${DEFAULT-VALUE})")
  int maxTokens;

  @Option(names = "--n", paramLabel = "<n>", description = "so many texts of the prompt (default: 1)")
  int choices = 1;

  @Option(
      names = "--beams",
      paramLabel = "<n>",
      description = "search for the most likely texts with so many beams, instead of drawing one")
  @Nullable Integer beams;

  @Option(
      names = "--length-penalty",
      paramLabel = "<x>",
      description = "of the search: a text's score is its log-probability by its length to this power; above 1 favours longer ones (default: 1)")
  @Nullable Double lengthPenalty;

  @Option(names = "--timeout", paramLabel = "<seconds>", description = "end after this time, wherever the text is")
  @Nullable Double timeout;

  @Option(names = "--stop", paramLabel = "<text>", description = "end before this text; may be repeated")
  List<String> stop = new ArrayList<>();

  @Option(names = "--ids", description = "print the generated token ids instead of the text")
  boolean ids;

  @Option(names = "--json", description = "print a JSON object with text, ids and counts, one a line for each text")
  boolean json;

  private final ModelOpener opener;
  private final Terminal terminal;

  GenerateCommand(ModelOpener opener, Terminal terminal) {
    this.opener = opener;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    String text = promptText();
    if (maxTokens < 1) {
      throw new UserException("--max-tokens must be at least 1, not " + maxTokens);
    }
    if (choices < 1 || choices > Beams.MOST) {
      throw new UserException("--n is between 1 and " + Beams.MOST + ", not " + choices);
    }
    if (timeout != null && !(timeout > 0 && timeout <= 1e9)) {
      throw new UserException("--timeout is a number of seconds above 0, not " + timeout);
    }
    Beams search = beams();
    Sampling checked = sampling.sampling();
    OutputFormat format = syntax.format();
    try (ModelOpener.Opened opened = opener.open(model, engine.launch())) {
      Generator generator = opened.under(lora).generator();
      Constraint constraint = SyntaxOptions.compiled(format, generator.tokenizer());
      GenerationRequest request =
          request(text, checked, generator.tokenizer())
              .constrainedBy(constraint)
              .searchedBy(search)
              .within(timeout == null ? null : Duration.ofNanos((long) (timeout * 1e9)));
      return json ? printJson(opened.name(), generator, request) : print(generator, request);
    }
  }

  private @Nullable Beams beams() {
    if (beams == null) {
      if (lengthPenalty != null) {
        throw new UserException("--length-penalty needs --beams");
      }
      return null;
    }
    if (beams < choices) {
      throw new UserException("--beams " + beams + " cannot give --n " + choices + " texts");
    }
    return new Beams(beams, lengthPenalty == null ? 1 : lengthPenalty, false);
  }

  private GenerationRequest request(String text, Sampling checked, Tokenizer tokenizer) {
    int end = tokenizer.endOfText();
    // Without a text the model begins a document, which is what follows the end of another.
    int[] promptIds = text.isEmpty() ? new int[] {end} : tokenizer.encode(text);
    return new GenerationRequest(promptIds, maxTokens, checked, new int[] {end}, stop, -1);
  }

  /// One text as it comes; of several each when all are whole, with its number above it.
  private int print(Generator generator, GenerationRequest request) {
    PrintStream out = terminal.out();
    if (choices > 1) {
      List<Whole> texts = whole(generator, request);
      for (int i = 0; i < texts.size(); i++) {
        out.println("--- " + (i + 1));
        out.println(ids ? texts.get(i).ids().stream().map(String::valueOf).collect(Collectors.joining(" ")) : texts.get(i).text());
      }
      return exitCode(texts);
    }
    boolean[] first = {true};
    Finished finished =
        Generating.run(
            generator,
            request,
            text -> {
              if (!ids) {
                out.print(text.text());
              }
              for (Token token : ids ? text.tokens() : List.<Token>of()) {
                out.print((first[0] ? "" : " ") + token.id());
                first[0] = false;
              }
              out.flush();
            });
    out.println();
    return Athanor.exitCode(finished.reason());
  }

  private record Whole(String text, List<Integer> ids, Finished finished) {}

  private List<Whole> whole(Generator generator, GenerationRequest request) {
    List<StringBuilder> texts = new ArrayList<>();
    List<List<Integer>> generated = new ArrayList<>();
    for (int i = 0; i < choices; i++) {
      texts.add(new StringBuilder());
      generated.add(new ArrayList<>());
    }
    List<Finished> finished =
        Generating.run(
            generator,
            request,
            choices,
            (choice, more) -> {
              texts.get(choice).append(more.text());
              more.tokens().forEach(token -> generated.get(choice).add(token.id()));
            });
    List<Whole> whole = new ArrayList<>();
    for (int i = 0; i < choices; i++) {
      whole.add(new Whole(texts.get(i).toString(), generated.get(i), finished.get(i)));
    }
    return whole;
  }

  private static int exitCode(List<Whole> texts) {
    return texts.stream().mapToInt(text -> Athanor.exitCode(text.finished().reason())).max().orElseThrow();
  }

  /// What `--json` prints, a line for each text.
  record Answer(
      String model, String text, List<Integer> ids, String finishReason, int promptTokens, int completionTokens) {}

  private int printJson(String name, Generator generator, GenerationRequest request) {
    List<Whole> texts = whole(generator, request);
    for (Whole text : texts) {
      Finished finished = text.finished();
      String reason = finished.reason().name().toLowerCase(Locale.ROOT);
      Answer answer =
          new Answer(name, text.text(), text.ids(), reason, finished.promptTokens(), finished.completionTokens());
      terminal.out().println(Json.write(answer));
    }
    return exitCode(texts);
  }

  private String promptText() {
    if (prompt.text != null) {
      return prompt.text;
    }
    String file = prompt.file == null ? "-" : prompt.file;
    try {
      byte[] bytes = file.equals("-") ? terminal.in().readAllBytes() : Files.readAllBytes(Path.of(file));
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw new UserException("no such file: " + file, e);
    } catch (IOException e) {
      throw new UserException("cannot read the prompt from " + file + ": " + e.getMessage(), e);
    }
  }
}
