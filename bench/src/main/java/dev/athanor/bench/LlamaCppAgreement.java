package dev.athanor.bench;

import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.cli.model.Checkpoint;
import dev.athanor.cli.model.Conversion;
import dev.athanor.inference.CpuRunner;
import dev.athanor.inference.KvCache;
import dev.athanor.inference.Logits;
import dev.athanor.inference.Slice;
import dev.athanor.model.CheckpointDir;
import dev.athanor.model.DecoderSpec;
import dev.athanor.model.InitialWeights;
import dev.athanor.model.SpecialTokens;
import dev.athanor.model.StoredTensor;
import dev.athanor.model.WeightNames;
import dev.athanor.model.WeightSpec;
import dev.athanor.model.families.Families;
import dev.athanor.model.gguf.GgmlType;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// Whether llama.cpp computes what we do: from GGUF files that we write, and from files that its own functions quantize.
///
/// Models are small, of random weights, with every bias and norm moved away from its neutral value. Both engines read the same ids
/// and go on greedily by themselves. F32 files must give the same tokens and logits within 1e-3; quantized ones logits within the
/// error of llama.cpp's products, which round activations to eight bits too.
@Command(
    name = "LlamaCppAgreement",
    mixinStandardHelpOptions = true,
    description = "Our GGUF files in llama.cpp and its own here: the same logits and greedy tokens. Exit status 1 where they differ.")
final class LlamaCppAgreement implements Callable<Integer> {
  private static final int PROMPT = 24;
  private static final int WRITTEN = 32;
  private static final double EXACT = 1e-3;
  private static final double QUANTIZED = 0.05;

  private static final String SIZES =
      "'vocab_size':512,'hidden_size':256,'num_hidden_layers':4,'num_attention_heads':4,'num_key_value_heads':2,"
          + "'intermediate_size':512,'max_position_embeddings':128,'rms_norm_eps':1e-5,'rope_theta':10000.0,'hidden_act':'silu'";

  private static final Map<String, String> CONFIGS = new LinkedHashMap<>();

  static {
    CONFIGS.put("llama", "{'model_type':'llama'," + SIZES + ",'tie_word_embeddings':false}");
    CONFIGS.put("mistral", "{'model_type':'mistral'," + SIZES + ",'tie_word_embeddings':false,'sliding_window':null}");
    CONFIGS.put("mixtral", "{'model_type':'mixtral'," + SIZES + ",'tie_word_embeddings':false,'num_local_experts':4,'num_experts_per_tok':2}");
    CONFIGS.put("qwen2", "{'model_type':'qwen2'," + SIZES + ",'tie_word_embeddings':true}");
    CONFIGS.put("qwen3", "{'model_type':'qwen3'," + SIZES + ",'head_dim':64,'tie_word_embeddings':true}");
    CONFIGS.put(
        "qwen3_moe",
        "{'model_type':'qwen3_moe'," + SIZES + ",'head_dim':64,'tie_word_embeddings':false,'num_experts':8,'num_experts_per_tok':2,"
            + "'moe_intermediate_size':256,'norm_topk_prob':true}");
    CONFIGS.put(
        "gemma2",
        // Only the published numbers of blocks tell llama.cpp how to scale queries.
        "{'model_type':'gemma2'," + SIZES.replace("'num_hidden_layers':4", "'num_hidden_layers':26") + ",'head_dim':64,'query_pre_attn_scalar':64,'sliding_window':16,"
            + "'hidden_activation':'gelu_pytorch_tanh','attn_logit_softcapping':50.0,'final_logit_softcapping':30.0}");
    CONFIGS.put("gpt2", "{'model_type':'gpt2','vocab_size':512,'n_embd':256,'n_layer':4,'n_head':4,'n_positions':128}");
    CONFIGS.put("mamba", "{'model_type':'mamba','vocab_size':512,'hidden_size':256,'num_hidden_layers':4,'state_size':16}");
    CONFIGS.put(
        "mamba2",
        "{'model_type':'mamba2','vocab_size':512,'hidden_size':256,'num_hidden_layers':4,'state_size':64,'num_heads':8,'head_dim':64,"
            + "'n_groups':1,'chunk_size':32,'expand':2}");
  }

  private static final List<GgmlType> TYPES =
      List.of(GgmlType.Q8_0, GgmlType.Q4_0, GgmlType.Q4_1, GgmlType.Q5_0, GgmlType.Q5_1, GgmlType.Q4_K, GgmlType.Q6_K);

  private static final int SKIPPED = 3;

  @Option(names = "--only", paramLabel = "<family>", description = "this family alone, in this process")
  @Nullable String only;

  private int differing;

  public static void main(String[] args) {
    System.exit(Benchmark.run(new LlamaCppAgreement(), args));
  }

  /// What an engine made of the prompt: the logits after it, and the tokens that it wrote on.
  private record Written(float[] logits, List<Integer> tokens) {}

  /// A process for each family: llama.cpp ends the one that it is in over a model that it half knows.
  @Override
  public Integer call() throws Exception {
    if (only != null) {
      return alone(only);
    }
    List<String> agreeing = new ArrayList<>();
    List<String> differingOnes = new ArrayList<>();
    List<String> skipped = new ArrayList<>();
    for (String family : CONFIGS.keySet()) {
      int status = inProcess(family);
      (status == 0 ? agreeing : status == 1 ? differingOnes : skipped).add(family);
    }
    System.out.println("agree: " + String.join(", ", agreeing));
    System.out.println("differ: " + (differingOnes.isEmpty() ? "none" : String.join(", ", differingOnes)));
    System.out.println("skipped, for this llama.cpp does not run them: " + (skipped.isEmpty() ? "none" : String.join(", ", skipped)));
    return differingOnes.isEmpty() && !agreeing.isEmpty() ? 0 : 1;
  }

  private static int inProcess(String family) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), LlamaCppAgreement.class.getName(), "--only", family));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("GGML_NO_BACKTRACE", "1");
    // What native code says of its end is not our message; a status is.
    Process process = builder.redirectOutput(ProcessBuilder.Redirect.INHERIT).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    return process.waitFor();
  }

  private int alone(String family) throws Exception {
    String config = CONFIGS.get(family);
    if (config == null) {
      throw new UserException("no family '" + family + "' here; there are " + String.join(", ", CONFIGS.keySet()));
    }
    boolean[] taken = {false};
    Benchmark.inTemporaryFolder(folder -> taken[0] = compare(folder, family, Json.tree(config.replace('\'', '"'))));
    return !taken[0] ? SKIPPED : differing == 0 ? 0 : 1;
  }

  /// @return whether llama.cpp took the file that we wrote
  private boolean compare(Path folder, String name, JsonNode config) throws Exception {
    LlamaCppLibrary library = LlamaCppLibrary.load(folder);
    LlamaCpp llama = new LlamaCpp(library);
    DecoderSpec spec = (DecoderSpec) Families.of(config).spec(config);
    Path model = folder.resolve(name);
    write(model, spec);
    Path gguf = folder.resolve(name + ".gguf");
    try (Checkpoint checkpoint = Checkpoint.open(model)) {
      new Conversion.ToGguf(GgmlType.F32, false).write(checkpoint, gguf, Progress.silent());
    }
    if (!judge(name + ", our F32 file", ours(model), llama.open(gguf, spec.contextLength()), EXACT, spec)) {
      System.out.println(name + " is skipped: " + llama.complaint());
      return false;
    }
    for (GgmlType type : name.equals("llama") ? TYPES : List.<GgmlType>of()) {
      Path quantized = folder.resolve(name + "-" + type + ".gguf");
      new GgmlQuantizer(library).quantize(gguf, quantized, type);
      Path back = folder.resolve(name + "-" + type);
      try (Checkpoint checkpoint = Checkpoint.open(quantized)) {
        new Conversion.ToFolder(Optional.empty(), CheckpointDir.SHARD_BYTES, false).write(checkpoint, back, Progress.silent());
      }
      judge(name + ", its " + type + " file", ours(back), llama.open(quantized, spec.contextLength()), QUANTIZED, spec);
    }
    return true;
  }

  /// @return whether llama.cpp took the file
  private boolean judge(String what, Written ours, Optional<LlamaCpp.Loaded> opened, double tolerance, DecoderSpec spec) {
    if (opened.isEmpty()) {
      return false;
    }
    Written theirs;
    try (LlamaCpp.Loaded loaded = opened.get()) {
      theirs = theirs(loaded, spec);
    }
    double off = 0;
    double size = 0;
    for (int i = 0; i < ours.logits.length; i++) {
      double difference = ours.logits[i] - theirs.logits[i];
      off += difference * difference;
      size += (double) ours.logits[i] * ours.logits[i];
    }
    double relative = Math.sqrt(off / size);
    int same = 0;
    while (same < WRITTEN && ours.tokens.get(same).equals(theirs.tokens.get(same))) {
      same++;
    }
    boolean agrees = relative <= tolerance && (same == WRITTEN || tolerance == QUANTIZED);
    differing += agrees ? 0 : 1;
    System.out.printf(
        Locale.ROOT, "%-28s logits differ by %.2g of their size (at most %.2g); the first %d of %d greedy tokens are the same: %s%n",
        what, relative, tolerance, same, WRITTEN, agrees ? "agrees" : "DIFFERS");
    return true;
  }

  private static int[] prompt(DecoderSpec spec) {
    return new Random(7).ints(PROMPT, 0, spec.vocabSize()).toArray();
  }

  private static Written ours(Path model) {
    try (CpuRunner runner = CpuRunner.open(model, 2)) {
      KvCache cache = runner.newCache();
      int[] next = prompt(runner.spec());
      float[] first = {};
      List<Integer> tokens = new ArrayList<>();
      for (int i = 0; i < WRITTEN; i++) {
        Logits logits = runner.forward(List.of(new Slice(cache, next, 0, next.length, 1)));
        float[] row = logits.copy(0);
        first = i == 0 ? row : first;
        tokens.add(likeliest(row));
        next = new int[] {tokens.getLast()};
      }
      return new Written(first, tokens);
    }
  }

  private static Written theirs(LlamaCpp.Loaded loaded, DecoderSpec spec) {
    float[] first = loaded.next(prompt(spec));
    List<Integer> tokens = new ArrayList<>(List.of(likeliest(first)));
    while (tokens.size() < WRITTEN) {
      tokens.add(likeliest(loaded.next(tokens.getLast())));
    }
    return new Written(first, tokens);
  }

  private static int likeliest(float[] logits) {
    int best = 0;
    for (int id = 1; id < logits.length; id++) {
      best = logits[id] > logits[best] ? id : best;
    }
    return best;
  }

  private static void write(Path folder, DecoderSpec spec) {
    Map<String, StoredTensor> weights = new LinkedHashMap<>();
    for (WeightSpec weight : WeightNames.weights(spec)) {
      float[] values = InitialWeights.of(weight, 3);
      Random random = new Random(weight.name().hashCode());
      boolean vector = weight.role() == WeightSpec.Role.VECTOR;
      for (int i = 0; i < values.length; i++) {
        values[i] = vector ? values[i] + (float) (0.05 * random.nextGaussian()) : 2 * values[i];
      }
      weights.put(weight.name(), StoredTensor.of(values, weight.shape()));
    }
    CheckpointDir.write(folder, spec, SpecialTokens.NONE, weights, _ -> {});
  }
}
