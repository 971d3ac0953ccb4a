package dev.athanor.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.athanor.inference.EncoderRunner.Tokens;
import dev.athanor.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Tiny encoders with tokenizers as published ones have them: the tokenizer's files say what stands around texts.
@Timeout(60)
class PublishedEncodersTest {
  private static final Path CHECKPOINTS = Path.of("../model/src/test/resources/checkpoints");

  private static final String BERT =
      """
      {"version":"1.0","added_tokens":[
        {"id":0,"content":"[PAD]","special":true},{"id":1,"content":"[UNK]","special":true},
        {"id":2,"content":"[CLS]","special":true},{"id":3,"content":"[SEP]","special":true}],
       "normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true},
       "pre_tokenizer":{"type":"BertPreTokenizer"},
       "post_processor":{"type":"TemplateProcessing",
        "single":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"[SEP]","type_id":0}}],
        "pair":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"[SEP]","type_id":0}},
          {"Sequence":{"id":"B","type_id":1}},{"SpecialToken":{"id":"[SEP]","type_id":1}}],
        "special_tokens":{"[CLS]":{"id":"[CLS]","ids":[2],"tokens":["[CLS]"]},"[SEP]":{"id":"[SEP]","ids":[3],"tokens":["[SEP]"]}}},
       "decoder":{"type":"WordPiece","prefix":"##","cleanup":true},
       "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,
        "vocab":{"[PAD]":0,"[UNK]":1,"[CLS]":2,"[SEP]":3,"hello":4,"world":5,"##s":6,",":7,"中":8}}}
      """;

  private static final String ROBERTA =
      """
      {"version":"1.0","added_tokens":[
        {"id":0,"content":"<s>","special":true},{"id":1,"content":"<pad>","special":true},{"id":2,"content":"</s>","special":true}],
       "normalizer":null,
       "pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true},
       "post_processor":{"type":"RobertaProcessing","sep":["</s>",2],"cls":["<s>",0],"trim_offsets":true,"add_prefix_space":false},
       "decoder":{"type":"ByteLevel"},
       "model":{"type":"BPE","vocab":{"<s>":0,"<pad>":1,"</s>":2,"h":3,"e":4,"l":5,"o":6,"Ġ":7,"w":8,"ll":9,"he":10,"hell":11,"hello":12},
        "merges":["l l","h e","he ll","hell o"]}}
      """;

  @TempDir Path dir;

  private EncoderEngine open(String checkpoint, String tokenizer) throws IOException {
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(CHECKPOINTS.resolve(checkpoint).resolve(file), dir.resolve(file));
    }
    Files.writeString(dir.resolve(Tokenizers.FILE), tokenizer);
    return EncoderEngine.open(dir, Tokenizers.open(dir), CpuOptions.of(1));
  }

  private void assertEmbeds(EncoderEngine engine, String text, int... ids) {
    try (EncoderRunner runner = EncoderRunner.open(dir, CpuOptions.of(1))) {
      float[] expected = runner.embed(List.of(new Tokens(ids)), Pooling.MEAN).getFirst();
      assertThat(engine.embed(List.of(engine.tokens(text))).join().getFirst()).containsExactly(expected);
    }
  }

  @Test
  void tokens_bertsFolder_areFramedByItsTemplate() throws IOException {
    try (EncoderEngine engine = open("bert", BERT)) {
      assertThat(engine.tokens("Héllo worlds").ids()).containsExactly(2, 4, 5, 6, 3);
      Tokens pair = engine.tokens("hello", "world, 中x");
      assertThat(pair.ids()).containsExactly(2, 4, 3, 5, 7, 8, 1, 3);
      assertThat(pair.types()).containsExactly(0, 0, 0, 1, 1, 1, 1, 1);
      assertEmbeds(engine, "Héllo worlds", 2, 4, 5, 6, 3);
    }
  }

  @Test
  void tokens_robertasFolder_areFramedByItsProcessor() throws IOException {
    try (EncoderEngine engine = open("roberta", ROBERTA)) {
      assertThat(engine.tokens("hello lol").ids()).containsExactly(0, 12, 7, 5, 6, 5, 2);
      Tokens pair = engine.tokens("hello", "hello");
      assertThat(pair.ids()).containsExactly(0, 12, 2, 2, 12, 2);
      assertThat(pair.types()).isEmpty();
      assertEmbeds(engine, "hello lol", 0, 12, 7, 5, 6, 5, 2);
    }
  }
}
