package dev.athanor.cli;

import dev.athanor.base.UserException;
import dev.athanor.cli.model.Amounts;
import dev.athanor.cli.model.ByteSize;
import dev.athanor.inference.EncoderEngine;
import dev.athanor.inference.Generator;
import dev.athanor.inference.PagePool;
import dev.athanor.serve.AthanorServer;
import dev.athanor.serve.ServerOptions;
import dev.athanor.tokenizer.Tokenizers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "serve",
    description = "Serve models over HTTP with OpenAI's API, and a chat page at /.",
    footer = {
      "",
      "Examples:",
      "  athanor serve",
      "  athanor serve runs/quickstart/model --port 0",
      "  athanor serve qwen2.5-0.5b-q4_0.gguf",
      "  athanor serve --weights int8 --kv int8 --max-running 32",
      "  athanor serve models/base --lora sql=adapters/sql --lora poet=adapters/poet",
      "  athanor serve models/a models/b models/c --memory 8GB",
      "  ATHANOR_API_KEY=secret athanor serve --host 0.0.0.0"
    })
final class ServeCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..*",
      paramLabel = "<model>",
      description = "model folders, .gguf files or released models' names (default: the one released last)")
  List<String> models = new ArrayList<>();

  @Option(names = "--model", paramLabel = "<model>", description = "the same")
  List<String> more = new ArrayList<>();

  @Option(
      names = "--port",
      paramLabel = "<n>",
      defaultValue = "" + ServerOptions.DEFAULT_PORT,
      description = "0 takes any free one (default: ${DEFAULT-VALUE})")
  int port;

  @Option(
      names = "--host",
      paramLabel = "<address>",
      defaultValue = "127.0.0.1",
      description = "0.0.0.0 lets other machines in (default: ${DEFAULT-VALUE})")
  String host = "127.0.0.1";

  @Option(
      names = "--api-key",
      paramLabel = "<key>",
      defaultValue = "${env:ATHANOR_API_KEY:-}",
      description = "what clients must send as Bearer token; better in the environment as ATHANOR_API_KEY")
  String apiKey = "";

  @Option(
      names = "--encoder",
      paramLabel = "<model>",
      description = "an encoder's folder, for /v1/embeddings and, with a classifier of one label, /v1/rerank; may be repeated")
  List<String> encoders = new ArrayList<>();

  @Option(
      names = "--lora",
      paramLabel = "<name>=<folder>",
      description = "serve an adapter in the PEFT layout as a model of its own; with several models <name>=<folder>,<model>; may be repeated")
  List<String> loras = new ArrayList<>();

  @Option(
      names = "--allow-lora-updates",
      description = "let clients load adapters from this machine's disk, and unload them: POST /v1/load_lora_adapter")
  boolean loraUpdates;

  @Option(
      names = "--memory",
      paramLabel = "<size>",
      converter = ByteSize.Converter.class,
      description = "open models when they are asked for, and close those idle longest, so that all together take no more, such as 8GB")
  @Nullable ByteSize memory;

  @Mixin EngineFlags engine = new EngineFlags();

  private final ModelOpener opener;
  private final Terminal terminal;

  ServeCommand(ModelOpener opener, Terminal terminal) {
    this.opener = opener;
    this.terminal = terminal;
  }

  /// Serves until the process is told to end or the thread is interrupted.
  @Override
  public Integer call() {
    ServerOptions options =
        ServerOptions.DEFAULTS.withHost(host).withPort(port).withApiKey(apiKey.isBlank() ? null : apiKey).withLoraUpdates(loraUpdates);
    if (options.reachableFromOutside() && options.apiKey() == null) {
      terminal.err().println("warning: " + host + " lets other machines in and there is no API key; set ATHANOR_API_KEY");
    }
    if (loraUpdates && options.apiKey() == null) {
      terminal.err().println("warning: whoever reaches the server may load adapters from this machine's disk; set ATHANOR_API_KEY");
    }
    Map<String, EncoderEngine> embedding = new LinkedHashMap<>();
    try {
      openEncoders(embedding);
      try (ServedSet set = served();
          AthanorServer server = AthanorServer.start(options, set.models(), embedding)) {
        announce(server, set.models(), embedding);
        awaitEnd(server);
      }
    } finally {
      embedding.values().forEach(EncoderEngine::close);
    }
    return 0;
  }

  private void openEncoders(Map<String, EncoderEngine> opened) {
    for (String encoder : encoders) {
      ModelOpener.Place place = opener.place(encoder);
      if (opened.containsKey(place.name())) {
        throw new UserException("two encoders are called '" + place.name() + "'; serve one of them");
      }
      opened.put(place.name(), EncoderEngine.open(place.path(), Tokenizers.open(place.path()), engine.options().runner()));
    }
  }

  private ServedSet served() {
    List<@Nullable String> references = new ArrayList<>(models);
    references.addAll(more);
    if (references.isEmpty()) {
      references.add(null);
    }
    List<LoraOption> adapters = loras.stream().map(LoraOption::parse).toList();
    return memory == null
        ? ServedSet.open(opener, references, adapters, engine.launch())
        : ServedSet.onDemand(opener, references, adapters, engine.launch(), memory.bytes());
  }

  private void announce(AthanorServer server, Map<String, Generator> opened, Map<String, EncoderEngine> embedding) {
    terminal
        .out()
        .println("serving " + String.join(", ", opened.keySet()) + " at " + server.url() + " (chat) and " + server.url() + "/v1");
    if (!embedding.isEmpty()) {
      terminal.out().println("encoders: " + String.join(", ", embedding.keySet()));
    }
    if (memory != null) {
      terminal.out().println("models open when they are asked for, in " + Amounts.bytes(memory.bytes()) + " together");
    }
    opened.forEach(
        (name, generator) ->
            generator
                .statistics()
                .ifPresent(
                    statistics ->
                        terminal.out().println(room(name, generator.spec().contextLength(), (long) statistics.pages() * PagePool.PAGE))));
    if (terminal.interactive()) {
      terminal.out().println("Ctrl-C stops");
    }
    terminal.out().flush();
  }

  private static String room(String name, int context, long tokens) {
    return String.format(
        Locale.ROOT,
        "%s: room for the keys and values of %,d tokens of all requests together, %s",
        name,
        tokens,
        tokens >= context ? String.format(Locale.ROOT, "%,d whole contexts of %,d", tokens / context, context) : "less than one context");
  }

  /// A signal ends the JVM, whose shutdown waits for the running answers.
  private void awaitEnd(AthanorServer server) {
    Thread hook =
        Thread.ofPlatform()
            .unstarted(
                () -> {
                  terminal.err().println("letting running answers finish");
                  server.close();
                });
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Runtime.getRuntime().removeShutdownHook(hook);
    }
  }
}
