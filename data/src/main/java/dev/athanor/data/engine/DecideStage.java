package dev.athanor.data.engine;

import dev.athanor.base.Progress;
import dev.athanor.base.run.Stage;
import dev.athanor.base.run.StageContext;
import dev.athanor.data.engine.Segment.NamedStep;
import dev.athanor.data.step.StepContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// Looks at the signatures of a whole pass and decides, as a stage of a run.
record DecideStage(DataRecipe recipe, Segment segment, Path folder, Engine engine) implements Stage {
  private static final String DECISIONS = "decisions.bin";

  static Path decisions(Path artifact) {
    return artifact.resolve(DECISIONS);
  }

  @Override
  public String name() {
    return segment.decideName();
  }

  @Override
  public int version() {
    return 1;
  }

  private NamedStep step() {
    return Objects.requireNonNull(segment.sign(), "a stage that decides has what to decide");
  }

  @Override
  public Object configuration() {
    return PassStage.said(step());
  }

  @Override
  public String fingerprint() {
    return step().step().version(context());
  }

  private StepContext context() {
    return new StepContext(folder, recipe.seed(), Progress.silent());
  }

  @Override
  public List<String> inputs() {
    return List.of(segment.passName());
  }

  @Override
  public void run(StageContext context) throws IOException {
    Path work = context.output().resolve("work");
    delete(work);
    Files.createDirectories(work);
    try {
      var signatures = SignatureFiles.of(new Shards(context.input(segment.passName())));
      DocumentPass.corpusStep(step(), context())
          .decide(signatures, decisions(context.output()), engine.workspace(work, recipe, context.progress()));
    } finally {
      delete(work);
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> walk = Files.walk(folder)) {
        for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
