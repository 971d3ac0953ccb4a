package dev.athanor.data.ngram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.Json;
import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class WordModelTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/kenlm");
  private static final long SMALL = 1;

  @TempDir Path folder;

  private WordModel train(List<String> texts, int order, List<Integer> prune, int threads) {
    Path file = folder.resolve("model-" + order + "-" + threads + ".bin");
    var options = new NgramTrainer.Options(order, prune, SMALL, threads, folder);
    new NgramTrainer(options, new WhitespaceWords()).train(texts.iterator(), file, null, Progress.silent());
    return WordModel.open(file);
  }

  private static List<String> lines(String name) throws IOException {
    return Files.readAllLines(GOLDEN.resolve(name));
  }

  private static List<String> words(String sentence) {
    return Arrays.stream(sentence.split(" ", -1)).filter(word -> !word.isEmpty()).toList();
  }

  private static void assertScores(WordModel model, List<String> sentences, JsonNode golden) {
    assertThat(golden.size()).isEqualTo(sentences.size());
    int compared = 0;
    for (int s = 0; s < sentences.size(); s++) {
      float[] scores = model.sentence(words(sentences.get(s)));
      assertThat(golden.get(s).size()).isEqualTo(scores.length);
      for (int i = 0; i < scores.length; i++) {
        assertThat((double) scores[i]).as("word %d of '%s'", i, sentences.get(s)).isCloseTo(golden.get(s).get(i).asDouble(), within(2e-5));
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(10);
  }

  @ParameterizedTest
  @CsvSource({"order 3, 3, ''", "order 5, 5, ''", "order 3 pruned, 3, '0 0 1'", "order 4 pruned, 4, '0 1 2'"})
  void train_goldenCorpus_givesTheProbabilitiesOfLmplz(String name, int order, String prune) throws IOException {
    List<Integer> thresholds = words(prune).stream().map(Integer::valueOf).toList();
    WordModel model = train(lines("corpus.txt"), order, thresholds, 2);
    JsonNode golden = Json.readFile(GOLDEN.resolve("scores.json")).path(name);
    assertThat(model.counts()).isEqualTo(golden.path("counts").valueStream().map(JsonNode::asLong).toList());
    assertScores(model, lines("sentences.txt"), golden.path("scores"));
  }

  @Test
  void convert_arpaOfLmplz_scoresAsKenlmDoes() throws IOException {
    Path file = folder.resolve("small.bin");
    ArpaFile.convert(GOLDEN.resolve("small.arpa"), new WhitespaceWords(), file, Progress.silent());
    assertScores(WordModel.open(file), lines("sentences.txt"), Json.readFile(GOLDEN.resolve("scores.json")).path("small.arpa").path("scores"));
  }

  @Test
  void convert_suffixesMissing_scoresAsKenlmDoes() throws IOException {
    Path file = folder.resolve("gaps.bin");
    ArpaFile.convert(GOLDEN.resolve("gaps.arpa"), new WhitespaceWords(), file, Progress.silent());
    List<String> sentences = lines("sentences.txt");
    assertScores(
        WordModel.open(file), sentences.subList(sentences.size() - 4, sentences.size()),
        Json.readFile(GOLDEN.resolve("scores.json")).path("gaps.arpa").path("scores"));
  }

  @Test
  void train_arpaWrittenAndRead_isTheSameModel() throws IOException {
    Path direct = folder.resolve("direct.bin");
    Path arpa = folder.resolve("m.arpa");
    Path again = folder.resolve("again.bin");
    var options = new NgramTrainer.Options(4, List.of(0, 1), SMALL, 1, folder);
    new NgramTrainer(options, new WhitespaceWords()).train(lines("corpus.txt").iterator(), direct, arpa, Progress.silent());
    ArpaFile.convert(arpa, new WhitespaceWords(), again, Progress.silent());
    for (String sentence : lines("sentences.txt")) {
      assertThat(WordModel.open(again).sentence(words(sentence))).isEqualTo(WordModel.open(direct).sentence(words(sentence)));
    }
  }

  /// A bigram model by hand. Corpus: "a b", "a b", "a c". Bigram counts: <s>a 3, ab 2, ac 1, b</s> 2, c</s> 1: n1 = 2, n2 = 2, n3 = 1,
  /// n4 = 0, so one discount Y = 2/(2+2·2) = 1/3 for all. Unigram counts are left neighbours: a 1, b 1, c 1, </s> 2: n1 = 3, n2 = 1,
  /// n3 = 0: Y = 3/5.
  @Test
  void train_threeSentences_isAsByHand() {
    WordModel model = train(List.of("a b\na b\na c\n"), 2, List.of(), 1);
    double gamma1 = 4 * 0.6 / 5;
    double unigramB = (1 - 0.6) / 5 + gamma1 / 5;
    double gammaA = 2 * (1 / 3.0) / 3;
    double pBafterA = (2 - 1 / 3.0) / 3 + gammaA * unigramB;
    float[] scores = model.sentence(List.of("a", "b"));
    assertThat(Math.pow(10, scores[1])).isCloseTo(pBafterA, within(1e-6));
    double unknownAfterA = gammaA * gamma1 / 5;
    assertThat(Math.pow(10, model.sentence(List.of("a", "zzz"))[1])).isCloseTo(unknownAfterA, within(1e-6));
  }

  @ParameterizedTest
  @CsvSource({"1, ''", "2, ''", "3, ''", "5, ''", "3, '0 0 1'", "4, '0 1 1 3'"})
  void score_afterAnyContext_sumsToOne(int order, String prune) throws IOException {
    List<String> corpus = lines("corpus.txt").subList(0, 300);
    WordModel model = train(corpus, order, words(prune).stream().map(Integer::valueOf).toList(), 1);
    List<String> vocabulary = corpus.stream().flatMap(line -> words(line).stream()).distinct().toList();
    Random random = new Random(order);
    for (int trial = 0; trial < 20; trial++) {
      List<String> context = words(corpus.get(random.nextInt(corpus.size())));
      List<String> past = context.subList(0, random.nextInt(context.size()));
      WordModel.State state = after(model, past);
      double sum = Math.pow(10, model.score(state, WordHash.UNKNOWN, model.unknownPast())) + Math.pow(10, model.score(state, WordHash.END, model.unknownPast()));
      for (String word : vocabulary) {
        sum += Math.pow(10, model.score(state, model.word(word), model.unknownPast()));
      }
      assertThat(sum).as("after %s", past).isCloseTo(1, within(1e-4));
    }
  }

  private static WordModel.State after(WordModel model, List<String> words) {
    WordModel.State state = model.begin();
    for (String word : words) {
      WordModel.State next = model.unknownPast();
      model.score(state, model.word(word), next);
      state = next;
    }
    return state;
  }

  /// Chunks of the smallest size and several runs against one thread.
  @Test
  void train_anyThreadsAndMemory_givesTheSameBytes() throws IOException {
    Random random = new Random(7);
    List<String> texts =
        Stream.generate(() -> (random.nextInt(50) * random.nextInt(50)) + " " + random.nextInt(30) + " w" + random.nextInt(9) + "\n").limit(200_000).toList();
    Path one = folder.resolve("one.bin");
    Path many = folder.resolve("many.bin");
    Path large = folder.resolve("large.bin");
    train(texts, one, 1, 1);
    train(texts, many, 1, 4);
    train(texts, large, 1L << 30, 2);
    assertThat(Files.mismatch(one, many)).isEqualTo(-1);
    assertThat(Files.mismatch(one, large)).isEqualTo(-1);
    assertThat(folder).isDirectoryNotContaining(path -> path.getFileName().toString().startsWith(".ngrams-"));
  }

  private void train(List<String> texts, Path file, long memory, int threads) {
    new NgramTrainer(new NgramTrainer.Options(3, List.of(), memory, threads, folder), new WordsAndHan())
        .train(texts.iterator(), file, null, Progress.silent());
  }

  @Test
  void open_damagedOrCutOff_saysSo() throws IOException {
    train(List.of("a b c"), 2, List.of(), 1);
    Path file = folder.resolve("model-2-1.bin");
    byte[] bytes = Files.readAllBytes(file);
    for (int at : new int[] {3, bytes.length / 3, bytes.length - 40, bytes.length - 3}) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 1;
      Path broken = Files.write(folder.resolve("broken.bin"), damaged);
      assertThatThrownBy(() -> WordModel.open(broken)).isInstanceOf(UserException.class).hasMessageContaining("broken.bin");
    }
    Path cut = Files.write(folder.resolve("cut.bin"), Arrays.copyOf(bytes, bytes.length - 100));
    assertThatThrownBy(() -> WordModel.open(cut)).isInstanceOf(UserException.class);
    assertThatThrownBy(() -> WordModel.open(folder.resolve("none.bin"))).isInstanceOf(UserException.class).hasMessageContaining("no such file");
  }

  @ParameterizedTest
  @CsvSource({
    "'\\1-grams:\n-1.0 a -1 c d\n', more than",
    "'\\1-grams:\n-x\ta\n', no number",
    "'\\1-grams:\n1\ta\n', not above 0",
    "'\\2-grams:\n', expected \\1-grams:",
    "'\\1-grams:\n', ends too early"
  })
  void convert_notAsTheFormatHasIt_namesTheLine(String rest, String complaint) throws IOException {
    Path arpa = Files.writeString(folder.resolve("bad.arpa"), "\\data\\\nngram 1=1\n\n" + rest);
    assertThatThrownBy(() -> ArpaFile.convert(arpa, new WhitespaceWords(), folder.resolve("bad.bin"), Progress.silent()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("bad.arpa:")
        .hasMessageContaining(complaint);
    assertThat(folder.resolve("bad.bin")).doesNotExist();
  }

  @Test
  void train_noWords_isRefused() {
    assertThatThrownBy(() -> train(List.of(" \n\t\n"), 3, List.of(), 1)).isInstanceOf(UserException.class).hasMessageContaining("no words");
  }

  @Test
  void options_thresholdsThatFall_areRefused() {
    assertThatThrownBy(() -> new NgramTrainer.Options(3, List.of(0, 2, 1), 1, 1, folder)).hasMessageStartingWith("prune must");
    assertThatThrownBy(() -> new NgramTrainer.Options(3, List.of(1), 1, 1, folder)).hasMessageStartingWith("prune must");
    assertThatThrownBy(() -> new NgramTrainer.Options(13, List.of(), 1, 1, folder)).hasMessageStartingWith("order must");
  }

  @Test
  void train_lineOfManyWords_isCutAndTrained() {
    WordModel model = train(List.of("a b ".repeat(200_000)), 3, List.of(), 2);
    assertThat(model.counts().getFirst()).isEqualTo(5);
    assertThat(model.sentence(List.of("a", "b", "a", "b"))[2]).isGreaterThan(-0.01f);
  }
}
