package dev.athanor.eval;

import dev.athanor.base.Progress;
import dev.athanor.data.Document;
import dev.athanor.data.ngram.Mixture;
import dev.athanor.data.ngram.NgramModel;
import dev.athanor.data.pairs.InstructionPair;
import dev.athanor.model.LanguageModel;
import dev.athanor.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Measures a model and its baselines on the same held-out bytes.
public final class Evaluator {
  private final Tokenizer tokenizer;
  private final Options options;
  private final Progress progress;

  public Evaluator(Tokenizer tokenizer, Options options, Progress progress) {
    this.tokenizer = tokenizer;
    this.options = options;
    this.progress = progress;
  }

  /// @param batch sequences in one call of a model
  /// @param mixtureTokens of validation text, at most, to tune the mixture on
  /// @param methods generated for the parse rate
  /// @param documentations generated as samples only
  public record Options(int batch, long mixtureTokens, int methods, int documentations) {
    public static final Options DEFAULT = new Options(16, 100_000, 50, 10);
  }

  /// What is measured on what.
  ///
  /// @param base the pre-trained model, for bits per byte
  /// @param ngram trained on the train split in the form of [HeldOut]: `endOfText` and the document's tokens
  /// @param chat the fine-tuned model, for the loss on pairs
  /// @param answerer the fine-tuned model behind its generation engine
  /// @param validation tunes the mixture; may be empty
  /// @param pairs mined from held-out documents; may be empty
  public record Subject(
      LanguageModel base,
      NgramModel ngram,
      LanguageModel chat,
      Samples.Answerer answerer,
      List<Document> test,
      List<Document> validation,
      List<InstructionPair> pairs) {}

  public Evaluation evaluate(Subject subject) {
    Language language = language(subject.test(), subject.validation(), subject.base(), subject.ngram());
    Optional<PairLoss> pairLoss =
        subject.pairs().isEmpty() ? Optional.empty() : Optional.of(pairLoss(subject.pairs(), subject.chat()));
    Samples samples = samples(subject.pairs(), subject.answerer());
    return new Evaluation(language.bitsPerByte(), language.mixtureWeight(), pairLoss, parseRate(samples), samples);
  }

  /// The figures in bits per byte, as in [Evaluation].
  public record Language(Map<String, BitsPerByte> bitsPerByte, Optional<Double> mixtureWeight) {}

  public Language language(
      List<Document> test, List<Document> validation, LanguageModel base, NgramModel ngram) {
    HeldOut heldOut = HeldOut.of(test, tokenizer);
    List<float[]> model = modelScores("bits per byte", heldOut, base);
    List<float[]> grams = ngramScores(heldOut, ngram);
    Map<String, BitsPerByte> figures = new LinkedHashMap<>();
    figures.put("model", BitsPerByte.of(heldOut, model));
    figures.put("ngram" + ngram.order(), BitsPerByte.of(heldOut, grams));
    Optional<Mixture> mixture = mixture(validation, base, ngram);
    mixture.ifPresent(m -> figures.put("mixture", BitsPerByte.of(heldOut, mixed(m, model, grams))));
    figures.put("xz", XzBaseline.measure(heldOut));
    return new Language(figures, mixture.map(Mixture::weight));
  }

  public PairLoss pairLoss(List<InstructionPair> pairs, LanguageModel chat) {
    return PairLoss.measure(pairs, tokenizer.chatTemplate(), chat, options.batch(), progress);
  }

  /// Asks for methods first, then for documentations.
  public Samples samples(List<InstructionPair> pairs, Samples.Answerer answerer) {
    List<InstructionPair> asked = new ArrayList<>();
    asked.addAll(Samples.spread(pairs, InstructionPair.Kind.DOC_TO_METHOD, options.methods()));
    asked.addAll(Samples.spread(pairs, InstructionPair.Kind.METHOD_TO_DOC, options.documentations()));
    List<Samples.Sample> samples = new ArrayList<>();
    try (Progress.Task task = progress.start("samples", asked.size(), "answer")) {
      for (InstructionPair pair : asked) {
        samples.add(Samples.sample(pair, answerer));
        task.advance(1);
      }
    }
    return new Samples(samples);
  }

  /// Over all samples that were to be methods; nothing where there are none.
  public static Optional<ParseRate> parseRate(Samples samples) {
    List<GeneratedMethod> methods =
        samples.samples().stream()
            .filter(sample -> sample.kind() == InstructionPair.Kind.DOC_TO_METHOD)
            .map(sample -> GeneratedMethod.of(sample.answer()))
            .toList();
    return methods.isEmpty() ? Optional.empty() : Optional.of(ParseRate.of(methods));
  }

  private List<float[]> modelScores(String name, HeldOut heldOut, LanguageModel model) {
    try (Progress.Task task = progress.start(name, heldOut.tokens(), "tok")) {
      return new WindowedScores(model, options.batch()).score(heldOut.sequences(), task);
    }
  }

  /// Without the score of the leading `endOfText`, which no model is asked for.
  private static List<float[]> ngramScores(HeldOut heldOut, NgramModel ngram) {
    return heldOut.sequences().parallelStream()
        .map(ngram::score)
        .map(scores -> Arrays.copyOfRange(scores, 1, scores.length))
        .toList();
  }

  private Optional<Mixture> mixture(List<Document> validation, LanguageModel base, NgramModel ngram) {
    if (validation.stream().allMatch(document -> document.text().isEmpty())) {
      return Optional.empty();
    }
    HeldOut tuning = HeldOut.of(validation, tokenizer).upTo(options.mixtureTokens());
    return Optional.of(Mixture.tune(modelScores("mixture", tuning, base), ngramScores(tuning, ngram)));
  }

  private static List<float[]> mixed(Mixture mixture, List<float[]> model, List<float[]> grams) {
    List<float[]> mixed = new ArrayList<>();
    for (int i = 0; i < model.size(); i++) {
      mixed.add(mixture.mix(model.get(i), grams.get(i)));
    }
    return mixed;
  }
}
