package dev.athanor.eval.report;

import dev.athanor.tokenizer.Tokenizer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Everything that a run has to tell. A part is null when the recipe leaves its stage out; a figure is NaN when it was
/// not measured. Fractions lie in 0…1, times are seconds, sizes are bytes, losses are nats per token.
public record RunReport(
    Header header,
    List<Stage> stages,
    @Nullable Collect collect,
    @Nullable Curate curate,
    @Nullable Vocabulary tokenizer,
    @Nullable Pretrain pretrain,
    @Nullable Sft sft,
    @Nullable Evaluate evaluate,
    @Nullable Recovery recovery,
    List<Sample> samples,
    @Nullable Release release) {

  /// Of a decoder, whose objective needs no part of its own.
  public RunReport(
      Header header,
      List<Stage> stages,
      @Nullable Collect collect,
      @Nullable Curate curate,
      @Nullable Vocabulary tokenizer,
      @Nullable Pretrain pretrain,
      @Nullable Sft sft,
      @Nullable Evaluate evaluate,
      List<Sample> samples,
      @Nullable Release release) {
    this(header, stages, collect, curate, tokenizer, pretrain, sft, evaluate, null, samples, release);
  }

  public RunReport {
    stages = List.copyOf(stages);
    samples = List.copyOf(samples);
  }

  /// `totalSeconds` is the wall time of this run alone; reused stages cost it nothing. `date` is shown in UTC.
  public record Header(
      String recipe,
      String runId,
      Instant date,
      Machine machine,
      double totalSeconds,
      String codeVersion,
      @Nullable Price price) {}

  public record Machine(String cpu, int cores, long memoryBytes, String blas, String jdk, String os) {}

  /// What a core costs for an hour, as the recipe states it.
  public record Price(double perCoreHour, String currency) {}

  public enum Status {
    COMPUTED,
    RESUMED,
    REUSED
  }

  /// `seconds` is what the stage's artifact took to make, in this run or, when it is reused, in the run that made it.
  /// The first facts are shown in the diagram.
  public record Stage(String name, double seconds, Status status, List<Fact> facts) {
    public Stage {
      facts = List.copyOf(facts);
    }

    double coreHours(int cores) {
      return seconds * cores / 3600;
    }
  }

  public record Collect(List<Source> sources) {
    public Collect {
      sources = List.copyOf(sources);
    }
  }

  /// `language` is the language of the documentation.
  public record Source(
      String origin, long files, long bytes, @Nullable String licence, String language, String sha256) {}

  /// `leakShare`: the part of the held-out bytes that stands word for word in train. `movedByNearDuplicate`: files that
  /// left their own split to be with their near-duplicates.
  public record Curate(
      long keptFiles,
      long keptBytes,
      List<Step> steps,
      List<Split> splits,
      double leakShare,
      long movedByNearDuplicate) {
    public Curate {
      steps = List.copyOf(steps);
      splits = List.copyOf(splits);
    }
  }

  /// `files` that came to the step, and of those kept the `changed` ones.
  public record Step(String name, long files, long changed, List<Dropped> dropped) {
    public Step {
      dropped = List.copyOf(dropped);
    }

    long droppedFiles() {
      return dropped.stream().mapToLong(Dropped::files).sum();
    }
  }

  public record Dropped(String reason, long files, long bytes) {}

  public record Split(String name, List<LanguageShare> languages) {
    public Split {
      languages = List.copyOf(languages);
    }

    long files() {
      return languages.stream().mapToLong(LanguageShare::files).sum();
    }

    long bytes() {
      return languages.stream().mapToLong(LanguageShare::bytes).sum();
    }
  }

  public record LanguageShare(String language, long files, long bytes) {}

  public record Vocabulary(
      int size,
      double bytesPerTokenChinese,
      double bytesPerTokenEnglish,
      double bytesPerTokenCode,
      List<TokenizedText> samples) {
    public Vocabulary {
      samples = List.copyOf(samples);
    }
  }

  /// A text cut into its tokens; together the tokens are the text, except that a token which holds only a part of a
  /// character is written as its bytes, ‹e4 b8›.
  public record TokenizedText(String label, List<String> tokens) {
    public TokenizedText {
      tokens = List.copyOf(tokens);
    }

    public static TokenizedText of(String label, Tokenizer tokenizer, String text) {
      List<String> tokens = new ArrayList<>();
      for (int id : tokenizer.encode(text)) {
        tokens.add(readable(tokenizer.bytes(id)));
      }
      return new TokenizedText(label, tokens);
    }

    private static String readable(byte[] bytes) {
      try {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      } catch (CharacterCodingException partOfCharacter) {
        return "‹" + HexFormat.ofDelimiter(" ").formatHex(bytes) + "›";
      }
    }
  }

  /// `mfu` is the achieved share of `peakGflops`, the sgemm peak that the program measured on this machine.
  public record Pretrain(
      Plan plan,
      long parameters,
      String optimizer,
      long steps,
      long tokens,
      double tokensPerSecond,
      double mfu,
      double peakGflops,
      TrainingCurves curves,
      List<String> notes) {
    public Pretrain {
      notes = List.copyOf(notes);
    }
  }

  /// What was chosen before training began. `size`: the architecture's facts (width, layers, heads, context…). `budget` as the
  /// recipe states it; `reason` says why this size and so many tokens, such as the speed that was measured.
  public record Plan(List<Fact> size, long tokens, @Nullable String budget, String reason) {
    public Plan {
      size = List.copyOf(size);
    }
  }

  /// Empty lists where nothing was recorded.
  public record TrainingCurves(
      List<Point> trainLoss,
      List<Point> validationLoss,
      List<Point> learningRate,
      List<Point> gradientNorm,
      List<Point> tokensPerSecond) {
    public TrainingCurves {
      trainLoss = List.copyOf(trainLoss);
      validationLoss = List.copyOf(validationLoss);
      learningRate = List.copyOf(learningRate);
      gradientNorm = List.copyOf(gradientNorm);
      tokensPerSecond = List.copyOf(tokensPerSecond);
    }
  }

  /// `lossBefore`, `lossAfter`: on the same held-out pairs, over the assistant's tokens.
  public record Sft(
      List<PairCount> pairs,
      long steps,
      long tokens,
      double lossBefore,
      double lossAfter,
      TrainingCurves curves,
      List<String> notes) {
    public Sft {
      pairs = List.copyOf(pairs);
      notes = List.copyOf(notes);
    }
  }

  /// `kind` such as "documentation → method".
  public record PairCount(String kind, String language, long train, long heldOut) {}

  /// `bitsPerByte` is over all `heldOutBytes`. `pairLoss` is the final model's on held-out instruction pairs.
  public record Evaluate(
      long heldOutBytes,
      BitsPerByte bitsPerByte,
      List<Score> byDuplicatedShare,
      List<Score> byLanguage,
      List<Score> byOrigin,
      double pairLoss,
      long methodsAccepted,
      long methodsGenerated) {
    public Evaluate {
      byDuplicatedShare = List.copyOf(byDuplicatedShare);
      byLanguage = List.copyOf(byLanguage);
      byOrigin = List.copyOf(byOrigin);
    }

    /// The share of generated methods that the JDK's parser accepts; NaN when none was generated.
    public double parseRate() {
      return methodsGenerated == 0 ? Double.NaN : (double) methodsAccepted / methodsGenerated;
    }
  }

  /// What an encoder, or an encoder-decoder, makes good of held-out files that its objective has spoilt. `tokens` were to be
  /// predicted; `accuracy` is the share of them that the model held for the likeliest.
  public record Recovery(String objective, long files, long tokens, double loss, double perplexity, double accuracy) {}

  /// `mixture` is the model mixed with the 5-gram model.
  public record BitsPerByte(double model, double ngram5, double mixture, double xz) {}

  public record Score(String group, long bytes, BitsPerByte bitsPerByte) {}

  public enum Parse {
    ACCEPTED,
    REJECTED,
    NOT_CODE
  }

  /// `language` of the prompt ("zh", "en"); `problem` is what the parser said when it rejected the answer.
  public record Sample(String prompt, String answer, String language, Parse parse, @Nullable String problem) {}

  /// `name` and `version` are null when the model was not entered in a registry.
  public record Release(
      String modelPath,
      String sha256,
      @Nullable String name,
      @Nullable String version,
      List<Artifact> lineage,
      List<Command> commands) {
    public Release {
      lineage = List.copyOf(lineage);
      commands = List.copyOf(commands);
    }
  }

  public record Artifact(String stage, String digest) {}

  /// `purpose` in a few words; `line` as typed in a shell.
  public record Command(String purpose, String line) {}
}
