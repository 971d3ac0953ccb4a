package dev.athanor.serve;

import dev.athanor.inference.EngineStatistics;
import dev.athanor.inference.GenerationEvent;
import dev.athanor.inference.GenerationEvent.FinishReason;
import dev.athanor.inference.Generator;
import dev.athanor.serve.ServedModels.Served;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/// What `/metrics` shows. The names are those that dashboards and autoscalers already know from vLLM
/// (https://docs.vllm.ai/en/latest/usage/metrics.html); a test holds them, colon included.
final class ServerMetrics {
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final Duration[] TIME_TO_FIRST_TOKEN_BUCKETS =
      seconds(.001, .005, .01, .02, .04, .06, .08, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160);
  private static final Duration[] INTER_TOKEN_BUCKETS =
      seconds(.001, .0025, .005, .01, .025, .05, .075, .1, .15, .2, .3, .4, .5, .75, 1, 2.5, 5, 10);
  private static final Duration[] REQUEST_BUCKETS =
      seconds(.1, .3, .5, .8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960);

  private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  ServerMetrics(ServedModels models) {
    for (Served model : models.all()) {
      // Registered before the first request, so that a dashboard sees zeros rather than nothing.
      new Meters(model);
      if (model.parent().isPresent()) {
        continue; // its requests run in its parent's engine
      }
      Gauge.builder("vllm:num_requests_running", model.generator(), g -> g.load().running())
          .description("Requests that are generating")
          .tags(tags(model))
          .register(registry);
      Gauge.builder("vllm:num_requests_waiting", model.generator(), g -> g.load().waiting())
          .description("Requests that wait for their turn")
          .tags(tags(model))
          .register(registry);
      if (model.generator() instanceof ModelPool.Pooled pooled) {
        pool(model, pooled);
        engine(model);
      } else if (model.generator().statistics().isPresent()) {
        engine(model);
      }
    }
    new JvmMemoryMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
  }

  private void engine(Served model) {
    Gauge.builder("vllm:kv_cache_usage_perc", model.generator(), g -> read(g, s -> (double) s.heldPages() / s.pages()))
        .description("Pages of keys and values that requests hold, of all; 1 is all of them")
        .tags(tags(model))
        .register(registry);
    Gauge.builder("athanor:kv_spilled_pages", model.generator(), g -> read(g, EngineStatistics::spilledPages))
        .description("Pages of requests that wait without memory, in the spill file")
        .tags(tags(model))
        .register(registry);
    count(model, "vllm:prefix_cache_hits_total", "Prompt tokens that an earlier request had computed", EngineStatistics::reusedTokens);
    count(model, "vllm:num_preemptions_total", "Requests that gave their memory back to others", EngineStatistics::preemptions);
    count(model, "vllm:spec_decode_num_draft_tokens_total", "Tokens guessed", EngineStatistics::draftedTokens);
    count(model, "vllm:spec_decode_num_accepted_tokens_total", "Tokens guessed rightly", EngineStatistics::acceptedTokens);
  }

  private void pool(Served model, ModelPool.Pooled pooled) {
    Gauge.builder("athanor:model_loaded", pooled, p -> p.loaded() ? 1 : 0)
        .description("Whether the model is open")
        .tags(tags(model))
        .register(registry);
    FunctionCounter.builder("athanor:model_loads_total", pooled, ModelPool.Pooled::loads)
        .description("How often the model was opened")
        .tags(tags(model))
        .register(registry);
    FunctionCounter.builder("athanor:model_evictions_total", pooled, ModelPool.Pooled::evictions)
        .description("How often the model was closed to make room for another")
        .tags(tags(model))
        .register(registry);
  }

  private void count(Served model, String name, String description, ToDoubleFunction<EngineStatistics> of) {
    FunctionCounter.builder(name, model.generator(), g -> read(g, of))
        .description(description)
        .tags(tags(model))
        .register(registry);
  }

  private static double read(Generator generator, ToDoubleFunction<EngineStatistics> of) {
    return generator.statistics().map(of::applyAsDouble).orElse(0.0);
  }

  String scrape() {
    return registry.scrape();
  }

  /// Measures one text of a request from now on by listening in on its events.
  ///
  /// @param first of the request: the prompt is counted with it
  Consumer<GenerationEvent> watch(Served model, boolean first, Consumer<GenerationEvent> listener) {
    Watch watch = new Watch(new Meters(model), first);
    return event -> {
      watch.accept(event);
      listener.accept(event);
    };
  }

  private static Tags tags(Served model) {
    return Tags.of("model_name", model.id());
  }

  private static Duration[] seconds(double... bounds) {
    return DoubleStream.of(bounds).mapToObj(s -> Duration.ofNanos(Math.round(s * 1e9))).toArray(Duration[]::new);
  }

  /// The meters of a model; the registry gives the same ones each time.
  private final class Meters {
    private final Served model;
    private final Counter promptTokens;
    private final Counter generationTokens;
    private final Timer timeToFirstToken;
    private final Timer interTokenLatency;
    private final Timer requestLatency;

    Meters(Served model) {
      this.model = model;
      this.promptTokens = counter("vllm:prompt_tokens_total", "Prompt tokens processed");
      this.generationTokens = counter("vllm:generation_tokens_total", "Tokens generated");
      this.timeToFirstToken =
          timer("vllm:time_to_first_token_seconds", "From request to first text", TIME_TO_FIRST_TOKEN_BUCKETS);
      this.interTokenLatency =
          timer("vllm:inter_token_latency_seconds", "Between one token and the next", INTER_TOKEN_BUCKETS);
      this.requestLatency = timer("vllm:e2e_request_latency_seconds", "From request to end", REQUEST_BUCKETS);
    }

    void finished(String reason) {
      Counter.builder("vllm:request_success_total")
          .description("Requests by how they ended")
          .tags(tags(model).and("finished_reason", reason))
          .register(registry)
          .increment();
    }

    private Counter counter(String name, String description) {
      return Counter.builder(name).description(description).tags(tags(model)).register(registry);
    }

    private Timer timer(String name, String description, Duration[] buckets) {
      return Timer.builder(name)
          .description(description)
          .tags(tags(model))
          .serviceLevelObjectives(buckets)
          .register(registry);
    }
  }

  /// One request; events come one after another.
  private static final class Watch implements Consumer<GenerationEvent> {
    private final Meters meters;
    private final long start = System.nanoTime();
    private long last = start;
    private final boolean first;
    private int tokens;

    Watch(Meters meters, boolean first) {
      this.meters = meters;
      this.first = first;
    }

    @Override
    public void accept(GenerationEvent event) {
      switch (event) {
        case GenerationEvent.Text text -> text(text.tokens().size());
        case GenerationEvent.Finished finished -> {
          meters.promptTokens.increment(first ? finished.promptTokens() : 0);
          // Tokens that were held back or that ended the answer have had no text of their own.
          meters.generationTokens.increment(Math.max(0, finished.completionTokens() - tokens));
          meters.requestLatency.record(Duration.ofNanos(System.nanoTime() - start));
          meters.finished(name(finished.reason()));
        }
        case GenerationEvent.Failed failed -> meters.finished("error");
      }
    }

    private void text(int count) {
      long now = System.nanoTime();
      if (tokens == 0) {
        meters.timeToFirstToken.record(Duration.ofNanos(now - start));
      } else {
        Duration each = Duration.ofNanos((now - last) / Math.max(1, count));
        for (int i = 0; i < count; i++) {
          meters.interTokenLatency.record(each);
        }
      }
      last = now;
      tokens += count;
      meters.generationTokens.increment(count);
    }

    private static String name(FinishReason reason) {
      return switch (reason) {
        case STOP, LENGTH, TIMEOUT -> reason.name().toLowerCase(Locale.ROOT);
        case CANCELLED -> "abort";
      };
    }
  }
}
