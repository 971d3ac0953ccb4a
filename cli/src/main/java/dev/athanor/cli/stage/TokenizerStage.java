package dev.athanor.cli.stage;

import dev.athanor.base.AtomicFile;
import dev.athanor.base.Json;
import dev.athanor.base.Sha256;
import dev.athanor.base.run.Stage;
import dev.athanor.base.run.StageContext;
import dev.athanor.data.CommentSyntax;
import dev.athanor.data.Document;
import dev.athanor.data.DocumentFile;
import dev.athanor.data.TokenFile;
import dev.athanor.data.shard.TrainingShards;
import dev.athanor.data.split.Part;
import dev.athanor.tokenizer.BpeTokenizer;
import dev.athanor.tokenizer.BpeTrainer;
import dev.athanor.tokenizer.Tokenizers;
import dev.athanor.tokenizer.TokenizerStats;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The train split → a byte-level BPE tokenizer in the published files, and the splits as token files. Where training shards are given,
/// their tokenizer is taken, and the train split is not tokenised: the shards stand in its place.
///
/// @param shards null where the train split is trained on
public record TokenizerStage(Recipe.Tokenizer recipe, int contextLength, ControlTokens control, @Nullable Path shards) implements Stage {
  static final String NAME = "tokenizer";
  static final String FOLDER = "tokenizer";
  static final String STATISTICS = "statistics.json";
  static final String TRAIN = "train.tokens";
  static final String VALIDATION = "validation.tokens";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public Object configuration() {
    return Map.of("tokenizer", recipe, "context_length", contextLength, "control", control);
  }

  /// What the shards hold and in which order.
  @Override
  public String fingerprint() {
    return shards == null ? "" : Sha256.of(Json.canonical(TrainingShards.describe(shards)));
  }

  @Override
  public List<String> inputs() {
    return List.of(SplitStage.NAME);
  }

  @Override
  public void run(StageContext context) {
    Path splits = context.input(SplitStage.NAME);
    Path given = shards;
    BpeTokenizer learned = given == null ? train(splits, context) : Tokenizers.load(given.resolve(TrainingShards.TOKENIZER));
    BpeTokenizer tokenizer = learned.withMaxLength(contextLength).withRoles(control.roles());
    Tokenizers.save(tokenizer, context.output().resolve(FOLDER));
    if (given == null) {
      tokenise(splits.resolve(Part.TRAIN.file()), context.output().resolve(TRAIN), tokenizer, context);
    }
    tokenise(splits.resolve(Part.VALIDATION.file()), context.output().resolve(VALIDATION), tokenizer, context);
    TokenizerStats statistics = TokenizerStats.measure(tokenizer, textsByKind(splits.resolve(Part.TEST.file())));
    AtomicFile.writeString(context.output().resolve(STATISTICS), Json.pretty(bytesPerToken(statistics)));
    context.metric("vocab_size", tokenizer.vocabSize());
  }

  private BpeTokenizer train(Path splits, StageContext context) {
    BpeTrainer.Options options = BpeTrainer.Options.of(recipe.vocabSize());
    BpeTrainer trainer =
        new BpeTrainer(
            new BpeTrainer.Options(
                options.vocabSize(),
                recipe.minFrequency(),
                control.all(),
                control.first(),
                options.pattern(),
                options.threads()));
    try (Stream<Document> documents = DocumentFile.read(splits.resolve(Part.TRAIN.file()))) {
      return trainer.train(documents.map(Document::text).iterator(), context.progress());
    }
  }

  static void tokenise(Path documents, Path tokens, BpeTokenizer tokenizer, StageContext context) {
    try (Stream<Document> stream = DocumentFile.read(documents)) {
      TokenFile.write(tokens, tokenizer, stream.iterator(), tokenizer.vocabSize(), context.progress());
    }
  }

  /// Held-out text by kind: comments in Chinese, comments in English, and the code without its comments.
  private static Map<String, List<String>> textsByKind(Path test) {
    Map<String, List<String>> texts = new LinkedHashMap<>();
    List.of("chinese", "english", "code").forEach(kind -> texts.put(kind, new ArrayList<>()));
    try (Stream<Document> documents = DocumentFile.read(test)) {
      documents.forEach(
          document -> {
            CommentSyntax syntax = CommentSyntax.of(document.language());
            String text = document.text();
            String comments =
                syntax.comments(text).stream().map(comment -> comment.text(text)).collect(Collectors.joining("\n"));
            String kind = "zh".equals(document.metadata().get("docLanguage")) ? "chinese" : "english";
            texts.computeIfAbsent(kind, _ -> new ArrayList<>()).add(comments);
            texts.computeIfAbsent("code", _ -> new ArrayList<>()).add(syntax.withoutComments(text));
          });
    }
    return texts;
  }

  private static Map<String, Double> bytesPerToken(TokenizerStats statistics) {
    Map<String, Double> ratios = new LinkedHashMap<>();
    statistics.byKind().forEach((kind, count) -> ratios.put(kind, count.bytesPerToken()));
    return ratios;
  }
}
