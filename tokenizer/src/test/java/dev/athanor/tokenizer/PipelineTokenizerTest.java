package dev.athanor.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// Against recorded results of Hugging Face's `tokenizers`.
class PipelineTokenizerTest {
  @ParameterizedTest
  @MethodSource("dev.athanor.tokenizer.PipelineGoldens#kinds")
  void encode_trickyTexts_givesHuggingFacesIdsAndOffsets(String kind) {
    PipelineTokenizer tokenizer = PipelineGoldens.pipeline(kind);
    List<String> texts = PipelineGoldens.texts();
    JsonNode rows = PipelineGoldens.read(kind).path("texts");
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i);
      JsonNode row = rows.path(i);
      check(tokenizer, text, row.path("ids"), row.path("offsets"), true);
      boolean same = row.path("plain").isNull();
      check(tokenizer, text, row.path(same ? "ids" : "plain"), row.path(same ? "offsets" : "plainOffsets"), false);
    }
  }

  private static void check(PipelineTokenizer tokenizer, String text, JsonNode ids, JsonNode offsets, boolean specials) {
    int[] wanted = PipelineGoldens.ints(ids);
    assertThat(specials ? tokenizer.encodeWithSpecials(text) : tokenizer.encode(text)).as(text).containsExactly(wanted);
    Encoding encoding = tokenizer.encodeWithOffsets(text, specials);
    assertThat(encoding.ids()).as(text).containsExactly(wanted);
    assertThat(encoding.starts()).as(text).containsExactly(PipelineGoldens.units(text, PipelineGoldens.ints(offsets.path(0))));
    assertThat(encoding.ends()).as(text).containsExactly(PipelineGoldens.units(text, PipelineGoldens.ints(offsets.path(1))));
  }

  @ParameterizedTest
  @MethodSource("dev.athanor.tokenizer.PipelineGoldens#kinds")
  void framing_textsAndPairs_isHuggingFaces(String kind) {
    PipelineTokenizer tokenizer = PipelineGoldens.pipeline(kind);
    List<String> texts = PipelineGoldens.texts();
    JsonNode golden = PipelineGoldens.read(kind);
    for (int i = 0; i < texts.size(); i++) {
      int[] ids = tokenizer.encodeWithSpecials(texts.get(i));
      JsonNode row = golden.path("texts").path(i);
      assertThat(tokenizer.framing().single(ids)).containsExactly(PipelineGoldens.ints(row.path("framed")));
      assertThat(tokenizer.framing().singleTypes(ids.length)).containsExactly(PipelineGoldens.ints(row.path("types")));
    }
    JsonNode pairs = PipelineGoldens.read("texts").path("pairs");
    for (int i = 0; i < pairs.size(); i++) {
      int[] a = tokenizer.encodeWithSpecials(pairs.path(i).path(0).stringValue());
      int[] b = tokenizer.encodeWithSpecials(pairs.path(i).path(1).stringValue());
      JsonNode pair = golden.path("pairs").path(i);
      assertThat(tokenizer.framing().pair(a, b)).containsExactly(PipelineGoldens.ints(pair.path("ids")));
      assertThat(tokenizer.framing().pairTypes(a.length, b.length)).containsExactly(PipelineGoldens.ints(pair.path("types")));
    }
  }

  @ParameterizedTest
  @MethodSource("dev.athanor.tokenizer.PipelineGoldens#kinds")
  void decode_trickyTexts_givesHuggingFacesText(String kind) {
    PipelineTokenizer tokenizer = PipelineGoldens.pipeline(kind);
    List<String> texts = PipelineGoldens.texts();
    JsonNode rows = PipelineGoldens.read(kind).path("texts");
    for (int i = 0; i < texts.size(); i++) {
      JsonNode row = rows.path(i);
      int[] ids = PipelineGoldens.ints(row.path("ids"));
      if (ids.length > 0) {
        assertThat(tokenizer.decode(ids, false)).as(texts.get(i)).isEqualTo(row.path("decoded").stringValue());
        int[] framed = PipelineGoldens.ints(row.path("framed"));
        assertThat(tokenizer.decode(framed, true)).as(texts.get(i)).isEqualTo(row.path("skipped").stringValue());
      }
    }
  }
}
