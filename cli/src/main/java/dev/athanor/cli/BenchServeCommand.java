package dev.athanor.cli;

import dev.athanor.base.UserException;
import dev.athanor.cli.bench.BenchReport;
import dev.athanor.cli.bench.EngineTarget;
import dev.athanor.cli.bench.Load;
import dev.athanor.cli.bench.MadeUpTokens;
import dev.athanor.cli.bench.ServeSpeed;
import dev.athanor.cli.bench.Served;
import dev.athanor.cli.bench.ServerTarget;
import dev.athanor.cli.bench.Setting;
import dev.athanor.cli.bench.Stopped;
import dev.athanor.cli.bench.Target;
import dev.athanor.cli.bench.Workload;
import dev.athanor.inference.Engine;
import dev.athanor.inference.EngineOptions;
import dev.athanor.inference.Generator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "serve",
    description = {
      "Measure what clients of a model see: the time to the first token, between tokens and to the end, and the throughput, by how many ask"
          + " at a time. Drives the engine in this process, or any server with OpenAI's API (--url).",
    },
    footer = {
      "",
      "Examples:",
      "  athanor bench serve --shape qwen2.5-0.5b --weights int8 --max-running 16",
      "  athanor bench serve qwen2.5-0.5b-q8_0.gguf --concurrency 1,4,16 --prompt 512 --shared-prefix 448",
      "  athanor bench serve runs/quickstart/model --rate 1,2,4 --requests 100 --json serve.json --html serve.html",
      "  athanor bench serve --url http://127.0.0.1:8080 --concurrency 1,8"
    })
final class BenchServeCommand implements Callable<Integer> {
  @Mixin BenchOptions what = new BenchOptions();

  @Mixin EngineFlags engine = new EngineFlags();

  @Mixin SamplingOptions sampling = new SamplingOptions();

  @Option(names = "--concurrency", split = ",", paramLabel = "<n>", description = "requests at a time, the next when one has ended (default: 1,4,16)")
  List<Integer> concurrency = List.of();

  @Option(names = "--rate", split = ",", paramLabel = "<n>", description = "or requests a second, at random times whether others have ended or not")
  List<Double> rates = List.of();

  @Option(names = "--requests", paramLabel = "<n>", defaultValue = "0", description = "of each load (default: three times the load, 16 at least)")
  int requests;

  @Option(names = "--prompt", paramLabel = "<n>", defaultValue = "64", description = "tokens of each, at random; of a server words (default: ${DEFAULT-VALUE})")
  int prompt;

  @Option(names = "--shared-prefix", paramLabel = "<n>", defaultValue = "0", description = "of these, the same in all requests, like a system prompt (default: ${DEFAULT-VALUE})")
  int shared;

  @Option(
      names = "--tokens",
      paramLabel = "<n>",
      defaultValue = "64",
      description = "written by each on average, half as many to half as many more (default: ${DEFAULT-VALUE})")
  int tokens;

  @Option(names = "--url", paramLabel = "<url>", description = "a running server; --model is then a name that it knows (default: its first)")
  @Nullable String url;

  @Option(
      names = "--api-key",
      paramLabel = "<key>",
      defaultValue = "${env:ATHANOR_API_KEY:-}",
      description = "for the server; better in the environment as ATHANOR_API_KEY")
  String apiKey = "";

  private final ModelOpener opener;
  private final Terminal terminal;

  BenchServeCommand(ModelOpener opener, Terminal terminal) {
    this.opener = opener;
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    what.check();
    Launch launch = engine.launch();
    List<Load> loads = loads();
    BenchOptions.requireWithin("--requests", requests, 0, Integer.MAX_VALUE);
    Workload workload = new Workload(prompt, shared, tokens, 1);
    var _ = sampling.sampling();
    if (url != null && what.shape != null) {
      throw new UserException("--shape is run here and --url is a server's: one of them");
    }
    Stopped stopped = new Stopped();
    try (var _ = CtrlC.does(stopped::now);
        Driven driven = url == null ? here(launch) : there(url)) {
      if (workload.longest() > driven.target().contextLength()) {
        throw new UserException(
            "a prompt of %,d and an answer of up to %,d tokens do not fit the model's context of %,d; say less of --prompt or --tokens"
                .formatted(prompt, workload.longest() - prompt, driven.target().contextLength()));
      }
      List<Served> rows = new ServeSpeed(driven.target(), workload, terminal.progress(), stopped).run(loads, requests);
      what.tell(new BenchReport("serve", driven.setting(), stopped.yet(), List.of(), List.of(), workload, rows), terminal);
      if (!rows.isEmpty() && rows.stream().allMatch(row -> row.requests() == 0)) {
        throw new UserException("every request failed: " + rows.getFirst().failure());
      }
    }
    return stopped.yet() ? Athanor.INTERRUPTED : 0;
  }

  private List<Load> loads() {
    if (!concurrency.isEmpty() && !rates.isEmpty()) {
      throw new UserException("--concurrency or --rate, one of them");
    }
    List<Load> loads = new ArrayList<>();
    rates.forEach(rate -> loads.add(new Load.Rate(rate)));
    (concurrency.isEmpty() && rates.isEmpty() ? List.of(1, 4, 16) : concurrency).forEach(n -> loads.add(new Load.Concurrency(n)));
    return loads;
  }

  private record Driven(Target target, Setting setting) implements AutoCloseable {
    @Override
    public void close() {
      target.close();
    }
  }

  private Driven here(Launch launch) {
    EngineOptions options = launch.engine();
    if (what.shape == null) {
      String reference = what.reference();
      Setting setting;
      try (BenchOptions.Named named = what.open(opener)) {
        setting = BenchOptions.setting(named, options.runner(), Double.NaN);
      }
      return driven(opener.open(reference, launch).generator(), setting);
    }
    try (BenchOptions.Named named = what.open(opener)) {
      Setting setting = BenchOptions.setting(named, options.runner(), Double.NaN);
      MadeUpTokens vocabulary = new MadeUpTokens(named.weights().decoder().vocabSize());
      return driven(new Engine(named.runner(launch), vocabulary, options), setting);
    }
  }

  private Driven driven(Generator generator, Setting setting) {
    return new Driven(new EngineTarget(generator, sampling.sampling()), setting);
  }

  private Driven there(String server) {
    ServerTarget target = new ServerTarget(server, what.reference(), apiKey.isBlank() ? null : apiKey);
    return new Driven(target, BenchOptions.setting(target.model(), server));
  }
}
