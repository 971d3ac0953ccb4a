package dev.athanor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.base.Json;
import dev.athanor.tokenizer.BpeTokenizer;
import dev.athanor.tokenizer.Tokenizer;
import dev.athanor.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class TokenizerCommandsTest {
  private static final String TEXT = "the cat sat on the mat\n  and the 1234 hats, 中文文本 中文\n";

  @TempDir Path dir;
  private final Program program = new Program();

  @BeforeEach
  void corpus() throws IOException {
    Files.writeString(dir.resolve("a.txt"), TEXT.repeat(20));
    Files.writeString(dir.resolve("b.jsonl"), "{\"text\":\"the hat on the cat\"}\n{\"text\":\"the 文本\"}\n");
  }

  private Path train(String name, String... more) {
    return train(name, 280, more);
  }

  private Path train(String name, int vocabSize, String... more) {
    Path folder = dir.resolve(name);
    String[] all = {"tokenizer", "train", "--corpus", dir + "/*.{txt,jsonl}", "--vocab-size", "" + vocabSize, "--output", folder.toString()};
    String[] joined = Arrays.copyOf(all, all.length + more.length);
    System.arraycopy(more, 0, joined, all.length, more.length);
    assertThat(program.run(joined)).as(program.err()).isZero();
    return folder;
  }

  private static String ids(int[] ids) {
    return Arrays.stream(ids).mapToObj(String::valueOf).collect(Collectors.joining(" "));
  }

  @Test
  void train_anyThreads_writesTheSameBytesAndReplacesNothingUnasked() throws IOException {
    Path one = train("one", "--threads", "1", "--preset", "llama3");
    Path three = train("three", "--threads", "3", "--preset", "llama3");
    assertThat(one.resolve(Tokenizers.FILE)).hasSameTextualContentAs(three.resolve(Tokenizers.FILE));
    BpeTokenizer tokenizer = Tokenizers.load(one);
    assertThat(tokenizer.vocabSize()).isEqualTo(280);
    assertThat(tokenizer.encode(" the")).hasSize(1);
    assertThat(program.run("tokenizer", "train", "--corpus", dir + "/a.txt", "--vocab-size", "300", "--output", one.toString())).isEqualTo(2);
    assertThat(program.err()).contains("--force");
  }

  @Test
  void train_alphabet_coversItsCharacters() throws IOException {
    Path file = Files.writeString(dir.resolve("letters"), "龙\n鹅 𠮷");
    BpeTokenizer tokenizer = Tokenizers.load(train("covered", "--alphabet", file.toString()));
    assertThat(tokenizer.encode("龙鹅𠮷")).hasSize(3);
  }

  @Test
  void train_mistakes_areToldBeforeAnyWork() {
    String out = dir.resolve("out").toString();
    assertThat(program.run("tokenizer", "train", "--corpus", dir + "/a.txt", "--vocab-size", "100", "--output", out)).isEqualTo(2);
    assertThat(program.err()).contains("too small");
    assertThat(program.run("tokenizer", "train", "--corpus", dir + "/a.txt", "--vocab-size", "300", "--preset", "bert", "--output", out)).isEqualTo(2);
    assertThat(program.err()).contains("o200k");
    assertThat(program.run("tokenizer", "train", "--corpus", dir + "/none.txt", "--vocab-size", "300", "--output", out)).isEqualTo(2);
    assertThat(program.err()).contains("none.txt");
    assertThat(dir.resolve("out")).doesNotExist();
  }

  private static final String WORD_PIECE =
      """
      {"added_tokens":[{"id":1,"content":"[CLS]","special":true},{"id":2,"content":"[SEP]","special":true}],
       "normalizer":{"type":"BertNormalizer","lowercase":true},"pre_tokenizer":{"type":"BertPreTokenizer"},
       "post_processor":{"type":"BertProcessing","sep":["[SEP]",2],"cls":["[CLS]",1]},"decoder":{"type":"WordPiece"},
       "model":{"type":"WordPiece","vocab":{"[UNK]":0,"[CLS]":1,"[SEP]":2,"the":3,"hat":4,"##s":5}}}""";

  @Test
  void encode_publishedWordPieceOfAnyName_isFramedAndPlaced() throws IOException {
    String file = Files.writeString(dir.resolve("bert-tokenizer.json"), WORD_PIECE).toString();
    assertThat(program.run("tokenizer", "encode", "--tokenizer", file, "The hats")).as(program.err()).isZero();
    assertThat(program.out()).isEqualToIgnoringNewLines("1 3 4 5 2");
    assertThat(program.run("tokenizer", "encode", "--tokenizer", file, "--offsets", "The hats")).isZero();
    assertThat(program.out()).isEqualToIgnoringNewLines("1 3:0-3 4:4-7 5:7-8 2");
    assertThat(program.run("tokenizer", "decode", "--tokenizer", file, "--no-special", "1", "3", "4", "5", "2")).isZero();
    assertThat(program.out()).isEqualToIgnoringNewLines("the hats");
    assertThat(program.run("tokenizer", "inspect", file, "--text", "hats")).as(program.err()).isZero();
    assertThat(program.out()).contains("WordPiece", "BertNormalizer", "BertPreTokenizer", "BertProcessing", "1 [CLS] · text · 2 [SEP]");
    Files.writeString(dir.resolve("bert-tokenizer.json"), WORD_PIECE.replace("BertNormalizer", "Upper"));
    assertThat(program.run("tokenizer", "inspect", file)).isEqualTo(2);
    assertThat(program.err()).contains("bert-tokenizer.json: normalizer: 'Upper' is not supported; supported: ");
  }

  @Test
  void train_charactersAndUnigram_writeTheirModelsAlikeOnAnyThreads() throws IOException {
    for (String model : new String[] {"bpe", "unigram"}) {
      Path one = train(model + "1", 330, "--model", model, "--threads", "1", "--special", "</s>,<pad>");
      Path three = train(model + "3", 330, "--model", model, "--threads", "3", "--special", "</s>,<pad>");
      assertThat(one.resolve(Tokenizers.FILE)).hasSameTextualContentAs(three.resolve(Tokenizers.FILE));
      JsonNode json = Json.readFile(one.resolve(Tokenizers.FILE));
      assertThat(json.path("model").path("type").asString("")).isEqualTo(model.equals("bpe") ? "BPE" : "Unigram");
      assertThat(json.path("model").path("byte_fallback").booleanValue()).isTrue();
      assertThat(json.path("added_tokens").path(2).path("id").intValue()).isEqualTo(json.path("model").path("vocab").size() + 1);
      assertThat(Json.readFile(one.resolve(Tokenizers.CONFIG_FILE)).path("eos_token").asString("")).isEqualTo("</s>");
    }
    assertThat(program.out()).contains("of them special, from 2 files");
  }

  @Test
  void train_lines_areTextsOfTheirOwn() {
    Path whole = train("whole", "--model", "bpe", "--no-byte-fallback");
    Path lines = train("lines", "--model", "bpe", "--no-byte-fallback", "--lines");
    assertThat(Json.readFile(whole.resolve(Tokenizers.FILE)).path("model").path("vocab").has("\n")).isTrue();
    assertThat(Json.readFile(lines.resolve(Tokenizers.FILE)).path("model").path("vocab").has("\n")).isFalse();
  }

  @Test
  void train_flagsThatDoNotGoTogether_areRefusedBeforeAnyWork() {
    String[][] wrong = {
      {"--normalizer: ", "--normalizer", "nfkc"},
      {"--split-digits, --space-pieces: ", "--no-split-digits", "--space-pieces"},
      {"--preset: ", "--model", "bpe", "--preset", "qwen2"},
      {"--min-frequency: ", "--model", "unigram", "--min-frequency", "3"},
      {"byte-bpe, bpe, unigram", "--model", "wordpiece"},
      {"none, nfc, nfkc", "--model", "unigram", "--normalizer", "nfd"},
      {"0.9995", "--model", "unigram", "--character-coverage", "2"},
      {"runs of blanks", "--model", "bpe", "--collapse-whitespace", "--space-pieces"},
      {"too small", "--model", "unigram", "--byte-fallback"}
    };
    for (String[] flags : wrong) {
      String[] start = {"tokenizer", "train", "--corpus", dir + "/a.txt", "--vocab-size", "200", "--output", dir.resolve("out").toString()};
      String[] all = Arrays.copyOf(start, start.length + flags.length - 1);
      System.arraycopy(flags, 1, all, start.length, flags.length - 1);
      if (!flags[0].equals("too small")) {
        all[5] = "500";
      }
      assertThat(program.run(all)).as(flags[0]).isEqualTo(2);
      assertThat(program.err()).contains(flags[0]);
    }
    assertThat(dir.resolve("out")).doesNotExist();
  }

  @Test
  void encode_unigram_printsTheBestSegmentationsAndSamples() {
    String folder = train("uni", 340, "--model", "unigram").toString();
    Tokenizer tokenizer = Tokenizers.open(Path.of(folder));
    assertThat(program.run("tokenizer", "encode", "--tokenizer", folder, "--nbest", "3", "the cat")).as(program.err()).isZero();
    String[] lines = program.out().lines().filter(line -> line.contains("\t")).toArray(String[]::new);
    assertThat(lines).hasSize(3).allSatisfy(line -> assertThat(line).matches("-\\d+\\.\\d{6}\t\\d+( \\d+)*"));
    assertThat(lines[0]).endsWith("\t" + ids(tokenizer.encode("the cat")));
    Program one = new Program();
    Program two = new Program();
    for (Program program : new Program[] {one, two}) {
      assertThat(program.run("tokenizer", "encode", "--tokenizer", folder, "--sample", "0.1", "--seed", "7", "the cat sat")).isZero();
    }
    assertThat(one.out()).isEqualTo(two.out());
    int[] sampled = Arrays.stream(one.out().strip().split(" ", -1)).mapToInt(Integer::parseInt).toArray();
    assertThat(tokenizer.decode(sampled, true)).isEqualTo("the cat sat");
    assertThat(program.run("tokenizer", "encode", "--tokenizer", folder, "--nbest", "3", "--sample", "1", "a")).isEqualTo(2);
    assertThat(program.err()).contains("one of them");
    assertThat(program.run("tokenizer", "encode", "--tokenizer", folder, "--seed", "3", "a")).isEqualTo(2);
    assertThat(program.err()).contains("--seed is for --sample");
    assertThat(program.run("tokenizer", "encode", "--tokenizer", train("bytes").toString(), "--nbest", "3", "a")).isEqualTo(2);
    assertThat(program.err()).contains("Unigram");
  }

  @Test
  void encode_linesAndWhole_printTheTokenizersIds() throws IOException {
    Path folder = train("mine");
    BpeTokenizer tokenizer = Tokenizers.load(folder);
    Path file = Files.writeString(dir.resolve("in"), "the cat\n\n中文\r\nend");
    assertThat(program.run("tokenizer", "encode", "--tokenizer", folder.toString(), "--file", file.toString())).isZero();
    assertThat(program.out())
        .isEqualTo(
            ids(tokenizer.encode("the cat")) + "\n\n" + ids(tokenizer.encode("中文\r")) + "\n" + ids(tokenizer.encode("end")) + "\n");
    String json = folder.resolve(Tokenizers.FILE).toString();
    assertThat(program.run("tokenizer", "encode", "--tokenizer", json, "--file", file.toString(), "--whole", "--no-special")).isZero();
    assertThat(program.out()).isEqualTo(ids(tokenizer.encode("the cat\n\n中文\r\nend")) + "\n");
    assertThat(program.run("tokenizer", "encode", "--tokenizer", json, "a<|im_end|>")).isZero();
    assertThat(program.out()).isEqualTo(ids(tokenizer.encodeWithSpecials("a<|im_end|>")) + "\n").contains("" + tokenizer.id("<|im_end|>").getAsInt());
    assertThat(program.run("tokenizer", "encode", "--tokenizer", json, "--plain", "a<|im_end|>")).isZero();
    assertThat(program.out()).isEqualTo(ids(tokenizer.encode("a<|im_end|>")) + "\n");
  }

  @Test
  void decode_ids_printsTheirText() {
    Path folder = train("mine");
    BpeTokenizer tokenizer = Tokenizers.load(folder);
    String line = ids(tokenizer.encodeWithSpecials("the 中文<|im_end|>"));
    assertThat(program.run("tokenizer", "decode", "--tokenizer", folder.toString(), line)).isZero();
    assertThat(program.out()).isEqualTo("the 中文<|im_end|>\n");
    assertThat(program.run("tokenizer", "decode", "--tokenizer", folder.toString(), "--no-special", "[" + line.replace(" ", ", ") + "]")).isZero();
    assertThat(program.out()).isEqualTo("the 中文\n");
    assertThat(program.run("tokenizer", "decode", "--tokenizer", folder.toString(), "280")).isEqualTo(2);
    assertThat(program.err()).contains("0 to 279");
    assertThat(program.run("tokenizer", "decode", "--tokenizer", folder.toString(), "cat")).isEqualTo(2);
  }

  @Test
  void encode_badInput_saysWhatAndWhere() throws IOException {
    Path folder = train("mine");
    Path bytes = Files.write(dir.resolve("bytes"), new byte[] {'a', 'b', (byte) 0xFF});
    assertThat(program.run("tokenizer", "encode", "--tokenizer", folder.toString(), "--file", bytes.toString())).isEqualTo(2);
    assertThat(program.err()).contains("byte 2 is 0xFF");
    assertThat(program.run("tokenizer", "encode", "--tokenizer", dir.resolve("nothing").toString(), "a")).isEqualTo(2);
    assertThat(program.err()).contains("no tokenizer at");
    assertThat(program.run("tokenizer", "encode", "--tokenizer", dir.toString(), "a")).isEqualTo(2);
    assertThat(program.err()).contains("holds neither tokenizer.json nor tokenizer.model");
  }

  @Test
  void inspect_text_saysWhatTheTokenizerIsAndMeasures() {
    Path folder = train("mine");
    assertThat(program.run("tokenizer", "inspect", folder.toString(), "--text", "the 中文")).as(program.err()).isZero();
    assertThat(program.out()).contains("byte-level BPE", "280: 21 merges, 3 added (3 special)", "<|im_start|>", "bytes and", "pieces");
    assertThat(program.run("tokenizer", "inspect", folder.toString(), "--file", dir.resolve("a.txt").toString(), "--json")).isZero();
    var json = Json.tree(program.out());
    assertThat(json.path("tokens").asInt()).isEqualTo(280);
    assertThat(json.path("measured").path("bytes").asLong()).isEqualTo(20L * TEXT.getBytes(java.nio.charset.StandardCharsets.UTF_8).length);
  }

  /// The ids are SentencePiece's own; the folder's configuration adds what stands before texts.
  @Test
  void encode_sentencePieceModel_byItsNameOrInAFolder() throws IOException {
    Path model = Path.of("../tokenizer/src/test/resources/golden/sentencepiece/bpe_llama.model");
    int[] expected = Tokenizers.open(model).encode("a cat, 中文");
    assertThat(program.run("tokenizer", "encode", "--tokenizer", model.toString(), "a cat, 中文")).as(program.err()).isZero();
    assertThat(program.out()).isEqualTo(ids(expected) + "\n");
    Path folder = Files.createDirectory(dir.resolve("llama"));
    Files.copy(model, folder.resolve(Tokenizers.MODEL_FILE));
    Files.writeString(folder.resolve(Tokenizers.CONFIG_FILE), "{\"add_bos_token\": true}");
    assertThat(program.run("tokenizer", "encode", "--tokenizer", folder.toString(), "a cat, 中文")).as(program.err()).isZero();
    assertThat(program.out()).isEqualTo("1 " + ids(expected) + "\n");
    assertThat(program.run("tokenizer", "inspect", folder.toString())).as(program.err()).isZero();
    assertThat(program.out()).contains("BPE");
  }

  @Test
  void help_everyCommand_hasExamples() {
    for (String command : new String[] {"train", "encode", "decode", "inspect", "study", "extend"}) {
      assertThat(program.run("tokenizer", command, "--help")).isZero();
      assertThat(program.out()).contains("Examples:");
    }
    assertThat(program.run("tokenizer")).isEqualTo(2);
  }
}
