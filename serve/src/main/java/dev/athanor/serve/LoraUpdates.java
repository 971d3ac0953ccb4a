package dev.athanor.serve;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `POST /v1/load_lora_adapter` and `POST /v1/unload_lora_adapter`, as vLLM has them
/// (https://docs.vllm.ai/en/latest/features/lora.html). A path is read from the server's disk: so they are closed unless the server
/// was started with them open.
final class LoraUpdates implements HttpService {
  private static final Logger log = LoggerFactory.getLogger(LoraUpdates.class);

  private final boolean allowed;
  private final Function<Fields, String> update;

  private LoraUpdates(boolean allowed, Function<Fields, String> update) {
    this.allowed = allowed;
    this.update = update;
  }

  static LoraUpdates loading(ServedModels models, boolean allowed) {
    return new LoraUpdates(
        allowed,
        fields -> {
          String name = required(fields, "lora_name");
          models.load(name, path(required(fields, "lora_path")), fields.text("base_model_name"));
          return "Success: LoRA adapter '" + name + "' added successfully.";
        });
  }

  static LoraUpdates unloading(ServedModels models, boolean allowed) {
    return new LoraUpdates(
        allowed,
        fields -> {
          String name = required(fields, "lora_name");
          models.unload(name);
          return "Success: LoRA adapter '" + name + "' removed successfully.";
        });
  }

  @Override
  public HttpResponse serve(ServiceRequestContext ctx, HttpRequest request) {
    if (!allowed) {
      throw ApiException.ofStatus(
          HttpStatus.FORBIDDEN, "adapters do not come and go on this server; start it with --allow-lora-updates to let them");
    }
    return HttpResponse.of(
        request.aggregate().thenApplyAsync(whole -> answer(ctx, whole), ctx.blockingTaskExecutor()));
  }

  private HttpResponse answer(ServiceRequestContext ctx, AggregatedHttpRequest request) {
    ctx.clearRequestTimeout();
    GenerationService.requireJson(request);
    String done = update.apply(Fields.parse(request.content()));
    log.info("{}", done);
    return HttpResponse.of(HttpStatus.OK, MediaType.PLAIN_TEXT_UTF_8, done);
  }

  private static String required(Fields fields, String name) {
    return fields
        .text(name)
        .filter(text -> !text.isBlank())
        .orElseThrow(() -> ApiException.invalid(name, "'" + name + "' is missing"));
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw ApiException.invalid("lora_path", "'lora_path' is no path: " + e.getReason());
    }
  }
}
