package dev.athanor.cli;

import dev.athanor.base.UserException;
import dev.athanor.inference.GenerationEvent.Finished;
import dev.athanor.inference.GenerationEvent.FinishReason;
import dev.athanor.inference.GenerationRequest;
import dev.athanor.inference.Generator;
import dev.athanor.inference.grammar.Constraint;
import dev.athanor.inference.grammar.OutputFormat;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "chat",
    description = "Talk with a model in the terminal.",
    footer = {
      "",
      "While it runs: /reset forgets the conversation, /system <text> sets the instruction, /exit ends;",
      "Ctrl-C stops an answer. Lines can be piped in: echo '你好' | athanor chat",
      "",
      "Examples:",
      "  athanor chat qwen2.5-0.5b-q8_0.gguf",
      "  athanor chat runs/quickstart/model --temperature 0.7 --min-p 0.05 --repetition-penalty 1.1",
      "  athanor chat models/base --lora adapters/poet",
      "  echo 'Yes or no?' | athanor chat --regex 'yes|no'"
    })
final class ChatCommand implements Callable<Integer> {
  private static final String HELP = "/reset  /system <text>  /exit; Ctrl-C stops an answer";

  @Parameters(
      arity = "0..1",
      paramLabel = "<model>",
      description = "a model folder, a .gguf file or a released model's name (default: the one released last)")
  @Nullable String named;

  @Option(names = "--model", paramLabel = "<model>", description = "the same")
  @Nullable String model;

  @Mixin SamplingOptions sampling = new SamplingOptions();

  @Mixin EngineFlags engine = new EngineFlags();

  @Mixin SyntaxOptions syntax = new SyntaxOptions();

  @Option(names = "--lora", paramLabel = "<folder>", description = "an adapter in the PEFT layout over the model")
  @Nullable Path lora;

  @Option(
      names = "--max-tokens",
      paramLabel = "<n>",
      defaultValue = "512",
      description = "end an answer after so many tokens (default: ${DEFAULT-VALUE})")
  int maxTokens;

  @Option(names = "--system", paramLabel = "<text>", description = "the instruction before the conversation")
  @Nullable String system;

  /// What every answer must be; null: anything.
  private @Nullable Constraint constraint;

  private final ModelOpener opener;
  private final Terminal terminal;

  ChatCommand(ModelOpener opener, Terminal terminal) {
    this.opener = opener;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (maxTokens < 1) {
      throw new UserException("--max-tokens must be at least 1, not " + maxTokens);
    }
    // checked before the model is opened
    var _ = sampling.sampling();
    OutputFormat format = syntax.format();
    try (ModelOpener.Opened opened = opener.open(model == null ? named : model, engine.launch())) {
      if (terminal.interactive()) {
        terminal.out().println(opened.name() + " · " + HELP);
      }
      Generator generator = opened.under(lora).generator();
      Conversation conversation =
          new Conversation(generator.tokenizer().chatTemplate(), generator.spec().contextLength(), maxTokens, system);
      constraint = SyntaxOptions.compiled(format, generator.tokenizer());
      BufferedReader in = new BufferedReader(new InputStreamReader(terminal.in(), StandardCharsets.UTF_8));
      for (String line = ask(in); line != null && !line.strip().equals("/exit"); line = ask(in)) {
        obey(line.strip(), conversation, generator);
      }
    }
    return 0;
  }

  private @Nullable String ask(BufferedReader in) {
    if (terminal.interactive()) {
      terminal.out().print("› ");
      terminal.out().flush();
    }
    try {
      return in.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read what is typed", e);
    }
  }

  private void obey(String line, Conversation conversation, Generator generator) {
    if (line.isEmpty()) {
      return;
    }
    if (line.equals("/reset")) {
      conversation.reset();
      note("forgotten");
    } else if (line.startsWith("/system")) {
      conversation.instruct(line.substring("/system".length()).strip());
      note("instruction set");
    } else if (line.equals("/help")) {
      note(HELP);
    } else if (line.startsWith("/")) {
      note("unknown command " + line + "; there is " + HELP);
    } else {
      answer(line, conversation, generator);
    }
  }

  /// A line that the model cannot take is said and forgotten; the conversation goes on.
  private void answer(String line, Conversation conversation, Generator generator) {
    try {
      Conversation.Turn turn = conversation.ask(line);
      if (turn.dropped() > 0) {
        note("the conversation has outgrown the context: the " + turn.dropped() + " oldest messages are forgotten");
      }
      conversation.answered(generate(generator, turn.promptIds()));
    } catch (UserException e) {
      conversation.withdraw();
      note(String.valueOf(e.getMessage()));
    }
  }

  private String generate(Generator generator, int[] promptIds) {
    PrintStream out = terminal.out();
    int[] stopIds = generator.tokenizer().chatTemplate().stopIds();
    var request = new GenerationRequest(promptIds, maxTokens, sampling.sampling(), stopIds, List.of(), -1).constrainedBy(constraint);
    StringBuilder answer = new StringBuilder();
    Finished finished =
        Generating.run(
            generator,
            request,
            text -> {
              answer.append(text.text());
              out.print(text.text());
              out.flush();
            });
    out.println(finished.reason() == FinishReason.CANCELLED ? " ⏹" : "");
    return answer.toString();
  }

  private void note(String text) {
    terminal.err().println("[" + text + "]");
  }
}
