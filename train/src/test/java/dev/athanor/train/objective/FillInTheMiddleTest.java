package dev.athanor.train.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.athanor.base.Progress;
import dev.athanor.base.UserException;
import dev.athanor.data.Rows;
import dev.athanor.tokenizer.BpeTokenizer;
import dev.athanor.tokenizer.BpeTrainer;
import dev.athanor.tokenizer.PreTokenizerPattern;
import dev.athanor.train.LabelledBatch;
import dev.athanor.train.TinyModels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FillInTheMiddleTest {
  private static final int PRE = 257;
  private static final int SUF = 258;
  private static final int MID = 259;
  private static final MiddleTokens TOKENS = new MiddleTokens(PRE, SUF, MID);
  private static final MiddleCut TOKENWISE = new MiddleCut.BetweenTokens();

  private static FillInTheMiddle source(Rows rows, double rate, double spm, long seed) {
    return new FillInTheMiddle(
        rows, Bytes.END, new FillInTheMiddle.Settings(rate, spm), TOKENS, TOKENWISE, seed);
  }

  private static int[] row(Rows rows, long index) {
    int[] tokens = new int[rows.length() + 1];
    rows.row(index, tokens, new int[rows.length()]);
    return tokens;
  }

  /// A row's documents, end-of-text left out; the last may be empty.
  private static List<int[]> documents(int[] row, int end) {
    List<int[]> documents = new ArrayList<>();
    int begin = 0;
    for (int i = 0; i <= row.length; i++) {
      if (i == row.length || row[i] == end) {
        documents.add(Arrays.copyOfRange(row, begin, i));
        begin = i + 1;
      }
    }
    return documents;
  }

  private static int indexOf(int[] tokens, int id) {
    return IntStream.range(0, tokens.length).filter(i -> tokens[i] == id).findFirst().orElse(-1);
  }

  /// A document put back in order; SPM is PSM with an empty prefix, so one rule undoes both.
  private static int[] reassembled(int[] document, MiddleTokens tokens) {
    int suffix = indexOf(document, tokens.suffix());
    int middle = indexOf(document, tokens.middle());
    if (document.length == 0 || document[0] != tokens.prefix()) {
      assertThat(suffix).isEqualTo(-1);
      assertThat(middle).isEqualTo(-1);
      return document;
    }
    assertThat(suffix).isBetween(1, middle - 1);
    return concat(
        Arrays.copyOfRange(document, 1, suffix),
        Arrays.copyOfRange(document, middle + 1, document.length),
        Arrays.copyOfRange(document, suffix + 1, middle));
  }

  private static int[] concat(int[]... parts) {
    return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
  }

  /// Documents stay whole and in order; the last of a row is the beginning of what stands there in the plain row.
  @Test
  void row_anyRates_reassemblesToThePlainRowLessItsEnd() {
    ListedRows rows = ListedRows.random(50, 60, 0, 40, 3);
    for (double rate : new double[] {0, 0.5, 1}) {
      FillInTheMiddle middle = source(rows, rate, 0.5, 7);
      int lost = 0;
      for (long index = 0; index < 200; index++) {
        List<int[]> plain = documents(row(rows, index), Bytes.END);
        List<int[]> laidOut = documents(row(middle, index), Bytes.END);
        assertThat(laidOut.size()).isLessThanOrEqualTo(plain.size());
        for (int d = 0; d + 1 < laidOut.size(); d++) {
          assertThat(reassembled(laidOut.get(d), TOKENS)).isEqualTo(plain.get(d));
        }
        int[] last = reassembled(laidOut.getLast(), TOKENS);
        int[] whole = plain.get(laidOut.size() - 1);
        assertThat(last).isEqualTo(Arrays.copyOf(whole, last.length));
        lost += whole.length - last.length;
      }
      if (rate == 0) {
        assertThat(lost).isZero();
      } else {
        assertThat(lost).isPositive();
      }
    }
  }

  @Test
  void row_psmAndSpm_areThePublishedLayouts() {
    ListedRows rows = ListedRows.of(12, new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8});
    for (long index = 0; index < 40; index += 10) {
      // Rows 0, 10, 20, … begin with the document: the stream repeats every ten tokens.
      int[] psm = Arrays.copyOf(row(source(rows, 1, 0, 1), index), 12);
      int suffix = indexOf(psm, SUF);
      int middle = indexOf(psm, MID);
      assertThat(psm[0]).isEqualTo(PRE);
      int[] prefix = Arrays.copyOfRange(psm, 1, suffix);
      int[] end = Arrays.copyOfRange(psm, suffix + 1, middle);
      int[] between = Arrays.copyOfRange(psm, middle + 1, 12);
      assertThat(concat(prefix, between, end)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8);
      // The same chance cuts at the same places, and only the layout is another.
      int[] spm = Arrays.copyOf(row(source(rows, 1, 1, 1), index), 12);
      assertThat(spm).isEqualTo(concat(new int[] {PRE, SUF}, end, new int[] {MID}, prefix, between));
      assertThat(row(source(rows, 1, 1, 1), index)[12]).isEqualTo(Bytes.END);
    }
  }

  /// 20 000 documents of nine tokens: σ of the share that is laid out is 0.0035, of SPM among them 0.005.
  @Test
  void row_manyDocuments_followsTheRatesAndCutsEverywhereAlike() {
    FillInTheMiddle half = source(ListedRows.of(12, new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8}), 0.5, 0.3, 5);
    int chosen = 0;
    int spm = 0;
    int[][] cuts = new int[10][10];
    for (long i = 0; i < 20_000; i++) {
      int[] row = Arrays.copyOf(row(half, i * 10), 12);
      if (row[0] != PRE) {
        assertThat(row[0]).isZero();
        continue;
      }
      chosen++;
      int suffix = indexOf(row, SUF);
      int middle = indexOf(row, MID);
      int endLength = middle - suffix - 1;
      if (suffix == 1) {
        spm++;
      } else {
        cuts[suffix - 1][9 - endLength]++;
      }
    }
    assertThat(chosen / 20_000.0).isCloseTo(0.5, within(0.018));
    // An empty prefix, 19 pairs in 100, looks like SPM.
    assertThat((double) spm / chosen).isCloseTo(0.3 + 0.7 * 0.19, within(0.025));
    double psm = chosen - spm;
    double chiSquare = 0;
    for (int first = 1; first <= 9; first++) {
      for (int second = first; second <= 9; second++) {
        double expected = psm * (first == second ? 1 : 2) / 81;
        chiSquare += Math.pow(cuts[first][second] - expected, 2) / expected;
      }
    }
    // Of the hundred pairs of places 81 leave a prefix, in 45 kinds; χ² of 44 degrees of freedom is below 78.7 with probability 0.999.
    assertThat(chiSquare).isLessThan(78.7);
  }

  @Test
  void row_rateOfNothing_isThePlainRow() {
    ListedRows rows = ListedRows.random(30, 20, 0, 20, 4);
    for (long index = 0; index < 30; index++) {
      int[] segments = new int[30];
      int[] plainSegments = new int[30];
      int[] row = new int[31];
      int[] plain = new int[31];
      source(rows, 0, 0.5, 1).row(index, row, segments);
      rows.row(index, plain, plainSegments);
      assertThat(row).isEqualTo(plain);
      assertThat(segments).isEqualTo(plainSegments);
    }
  }

  @Test
  void row_paddedRows_haveRoomForTheTokens() {
    ListedRows plain = ListedRows.random(40, 20, 2, 6, 4);
    PaddedRows rows = new PaddedRows(plain, 19, Bytes.END);
    for (long index = 0; index < 30; index++) {
      int[] row = new int[41];
      int[] segments = new int[40];
      source(rows, 1, 0.5, 1).row(index, row, segments);
      int[] before = new int[41];
      int[] plainSegments = new int[40];
      rows.row(index, before, plainSegments);
      List<int[]> documents = documents(Arrays.copyOf(before, 20), Bytes.END);
      int used = Rows.used(segments);
      List<int[]> after = documents(Arrays.copyOf(row, used + 1), Bytes.END);
      assertThat(after).hasSameSizeAs(documents);
      for (int i = 0; i < documents.size(); i++) {
        int[] document = after.get(i);
        assertThat(document.length == 0 ? document : reassembled(document, TOKENS)).containsExactly(documents.get(i));
      }
      assertThat(row[used]).isEqualTo(Bytes.END);
      for (int i = used + 1; i <= 40; i++) {
        assertThat(row[i]).isEqualTo(Bytes.END);
      }
    }
  }

  @Test
  void row_shortDocumentsAndRows_areLaidOutWhereThereIsRoom() {
    FillInTheMiddle ones = source(ListedRows.of(9, new int[] {7}), 1, 0.5, 1);
    for (long index = 0; index < 20; index++) {
      List<int[]> documents = documents(row(ones, 2 * index), Bytes.END);
      assertThat(documents.getFirst()).hasSize(4).contains(PRE, SUF, MID, 7);
      assertThat(reassembled(documents.get(1), TOKENS)).containsExactly(7);
    }
    // A row of three has no room for a document and three tokens.
    assertThat(row(source(ListedRows.of(2, new int[] {7, 8, 9}), 1, 0.5, 1), 0)).containsExactly(7, 8, 9);
    assertThat(row(source(ListedRows.of(2, new int[0]), 1, 0.5, 1), 0)).containsOnly(Bytes.END);
  }

  @Test
  void row_sameSeedAndNumber_isTheSameAndAnotherInEveryEpoch() {
    ListedRows rows = ListedRows.of(20, IntStream.range(0, 19).toArray());
    assertThat(row(source(rows, 1, 0.5, 3), 4)).isEqualTo(row(source(rows, 1, 0.5, 3), 4));
    assertThat(row(source(rows, 1, 0.5, 4), 4)).isNotEqualTo(row(source(rows, 1, 0.5, 3), 4));
    assertThat(IntStream.range(0, 20).mapToObj(i -> Arrays.toString(row(source(rows, 1, 0.5, 3), i))).distinct().count())
        .isGreaterThan(15);
  }

  @Test
  void causalLm_overTheseRows_predictsTheMiddleAndThenTheEnd() {
    ListedRows rows = ListedRows.of(12, new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8});
    LabelledBatch batch = new CausalLm(source(rows, 1, 0.5, 3), 1, Bytes.END).microBatch(0);
    assertThat(TinyModels.tokens(batch).ids()).hasSize(12).contains(PRE, SUF, MID);
    assertThat(batch.targets()[11]).isEqualTo(Bytes.END);
    assertThat(batch.learned()).isEqualTo(12);
  }

  private static final String TEXT = "while the reader is reading 读者在读书，return value;\n".repeat(8);
  private static final BpeTokenizer TOKENIZER =
      new BpeTrainer(
              new BpeTrainer.Options(
                  400, 2, List.of("<end>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>"), PreTokenizerPattern.QWEN2, 1))
          .train(List.of(TEXT), Progress.silent());

  /// Rows of a text that is one long document: what is put back is the text's tokens' text, less what made room.
  @Test
  void row_cutBetweenCharacters_reassemblesTheText() {
    MiddleTokens tokens = MiddleTokens.of(TOKENIZER);
    int[] ids = TOKENIZER.encode(TEXT);
    int end = TOKENIZER.endOfText();
    List<int[]> documents = List.of(TOKENIZER.encode("the return"), ids, TOKENIZER.encode("读者"), TOKENIZER.encode("reading;"));
    int[] stream = documents.stream().flatMapToInt(d -> IntStream.concat(Arrays.stream(d), IntStream.of(end))).toArray();
    int insideTokens = 0;
    for (int length : new int[] {7, 20, 50}) {
      Rows rows = new Stream(length, stream);
      FillInTheMiddle middle =
          new FillInTheMiddle(
              rows, end, new FillInTheMiddle.Settings(1, 0.5), tokens, new MiddleCut.BetweenCharacters(TOKENIZER), 5);
      for (long index = 0; index < 100; index++) {
        List<int[]> plain = documents(row(rows, index), end);
        List<int[]> laidOut = documents(row(middle, index), end);
        for (int d = 0; d < laidOut.size(); d++) {
          byte[] put = bytes(reassembled(laidOut.get(d), tokens));
          byte[] whole = bytes(plain.get(d));
          assertThat(put).isEqualTo(d + 1 < laidOut.size() ? whole : Arrays.copyOf(whole, put.length));
          int[] sorted = reassembled(laidOut.get(d), tokens);
          insideTokens += Arrays.equals(sorted, Arrays.copyOf(plain.get(d), sorted.length)) ? 0 : 1;
        }
      }
    }
    assertThat(insideTokens).isGreaterThan(100);
  }

  private static byte[] bytes(int[] ids) {
    var bytes = new java.io.ByteArrayOutputStream();
    for (int id : ids) {
      bytes.writeBytes(TOKENIZER.bytes(id));
    }
    return bytes.toByteArray();
  }

  /// A stream of tokens, over and over.
  private record Stream(int length, int[] stream) implements Rows {
    @Override
    public void row(long row, int[] tokens, int[] segments) {
      for (int i = 0; i <= length; i++) {
        tokens[i] = stream[(int) ((row * length + i) % stream.length)];
      }
    }
  }

  /// Each place between the characters of "reading" is a cut as often as any other, though the word is one token.
  @Test
  void parts_cutBetweenCharacters_cutsEverywhereAlike() {
    int[] document = TOKENIZER.encode(" reading");
    assertThat(document).hasSize(1);
    int[] counts = new int[9];
    Chance chance = Chance.of(1, 1);
    for (int i = 0; i < 9000; i++) {
      MiddleParts parts = MiddleParts.of(document, new MiddleCut.BetweenCharacters(TOKENIZER), chance);
      counts[bytes(parts.prefix()).length]++;
    }
    // The lower of two places out of nine: k has (17 − 2k) / 81.
    for (int k = 0; k < 9; k++) {
      double expected = 9000 * (17 - 2 * k) / 81.0;
      assertThat((double) counts[k]).isCloseTo(expected, within(5 * Math.sqrt(expected)));
    }
  }

  @Test
  void parts_documentThatCannotBeEncodedAnew_isCutBetweenTokens() {
    Chance chance = Chance.of(1, 1);
    byte[] character = "读".getBytes(StandardCharsets.UTF_8);
    int[] broken = {TOKENIZER.encode("a")[0], byteToken(character[1]), byteToken(character[2])};
    int[] special = {TOKENIZER.endOfText(), TOKENIZER.encode(" reading")[0], TOKENIZER.encode(" reading")[0]};
    // Encoded anew it would have fewer tokens, and a row would not be filled.
    byte[] word = " reading reading".getBytes(StandardCharsets.UTF_8);
    int[] unmerged = IntStream.range(0, word.length).map(i -> byteToken(word[i])).toArray();
    for (int[] document : List.of(broken, special, unmerged)) {
      for (int i = 0; i < 30; i++) {
        MiddleParts parts = MiddleParts.of(document, new MiddleCut.BetweenCharacters(TOKENIZER), chance);
        assertThat(concat(parts.prefix(), parts.middle(), parts.suffix())).isEqualTo(document);
      }
    }
  }

  private static int byteToken(byte value) {
    return IntStream.range(0, 256).filter(id -> TOKENIZER.bytes(id)[0] == value).findFirst().orElseThrow();
  }

  @Test
  void of_tokenizer_findsItsTokensOrSaysWhatWouldWork() {
    MiddleTokens tokens = MiddleTokens.of(TOKENIZER);
    assertThat(TOKENIZER.decode(new int[] {tokens.prefix(), tokens.suffix(), tokens.middle()}, false))
        .isEqualTo("<|fim_prefix|><|fim_suffix|><|fim_middle|>");
    assertThatThrownBy(() -> MiddleTokens.of(new Bytes(300)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("<|fim_middle|>");
    assertThatThrownBy(() -> new MiddleTokens(1, 2, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new FillInTheMiddle.Settings(0.5, 1.5)).hasMessageContaining("spm");
  }
}
