package dev.athanor.cli.tokenizer;

import dev.athanor.tokenizer.BpeTokenizer;
import dev.athanor.tokenizer.PipelineTokenizer;
import dev.athanor.tokenizer.PreTokenizerPattern;
import dev.athanor.tokenizer.Tokenizer;
import dev.athanor.tokenizer.TokenizerStats;
import dev.athanor.tokenizer.Tokenizers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What a tokenizer is. Its JSON is this record.
///
/// @param model such as "byte-level BPE"; of other kinds what the file calls it
/// @param tokens ids in all
/// @param normalizer what changes text first, by the file's names; empty where nothing does
/// @param preTokenizer what cuts it
/// @param patterns regular expressions that cut text, one after another
/// @param postProcessor what puts tokens around texts
/// @param around the ids that stand around one text, in which -1 is the text
/// @param end the token that ends a document, where there is one
/// @param pieces the tokens of a short text, as text
public record TokenizerSummary(
    String model,
    int tokens,
    int merges,
    String normalizer,
    String preTokenizer,
    List<String> patterns,
    String postProcessor,
    String decoder,
    boolean ignoreMerges,
    List<Added> added,
    List<Integer> around,
    @Nullable Integer end,
    boolean chatTemplate,
    TokenizerStats.@Nullable Count measured,
    List<String> pieces) {
  /// A token matched as a whole.
  public record Added(int id, String name, boolean special) {}

  private static final int TEXT = -1;

  /// @param text to measure on
  /// @param show whether its tokens are listed
  public static TokenizerSummary of(Tokenizer tokenizer, Optional<String> text, boolean show) {
    JsonNode json = Tokenizers.json(tokenizer);
    JsonNode model = json.path("model");
    int[] ids = show ? tokenizer.encodeWithSpecials(text.orElseThrow()) : new int[0];
    List<String> patterns = new ArrayList<>();
    collectPatterns(json.path("pre_tokenizer"), patterns);
    return new TokenizerSummary(
        tokenizer instanceof BpeTokenizer ? "byte-level BPE" : model.path("type").asString(""),
        tokenizer.vocabSize(),
        model.path("merges").size(),
        component(json.path("normalizer"), "normalizers"),
        component(json.path("pre_tokenizer"), "pretokenizers"),
        patterns,
        component(json.path("post_processor"), "processors"),
        component(json.path("decoder"), "decoders"),
        model.path("ignore_merges").asBoolean(false),
        json.path("added_tokens").valueStream().map(TokenizerSummary::added).toList(),
        Arrays.stream(tokenizer.framing().single(new int[] {TEXT})).boxed().toList(),
        end(tokenizer),
        hasTemplate(tokenizer),
        text.map(t -> TokenizerStats.measure(tokenizer, Map.of("text", List.of(t))).total()).orElse(null),
        Arrays.stream(ids).mapToObj(id -> tokenizer.decode(new int[] {id}, false)).toList());
  }

  private static Added added(JsonNode token) {
    return new Added(token.path("id").asInt(-1), token.path("content").asString(""), token.path("special").asBoolean(false));
  }

  private static @Nullable Integer end(Tokenizer tokenizer) {
    return tokenizer instanceof PipelineTokenizer pipeline && !pipeline.endsTexts() ? null : tokenizer.endOfText();
  }

  private static boolean hasTemplate(Tokenizer tokenizer) {
    return switch (tokenizer) {
      case BpeTokenizer bpe -> bpe.vocabulary().chatTemplate().isPresent();
      case PipelineTokenizer pipeline -> pipeline.hasChatTemplate();
      default -> false;
    };
  }

  /// A component's type, or those of a sequence.
  private static String component(JsonNode node, String steps) {
    String type = node.path("type").asString("");
    return type.equals("Sequence")
        ? node.path(steps).valueStream().map(step -> component(step, steps)).collect(Collectors.joining(", "))
        : type;
  }

  private static void collectPatterns(JsonNode node, List<String> patterns) {
    switch (node.path("type").asString("")) {
      case "Sequence" -> node.path("pretokenizers").forEach(step -> collectPatterns(step, patterns));
      case "Split" -> {
        JsonNode pattern = node.path("pattern");
        patterns.add(pattern.path("Regex").asString(pattern.path("String").asString("")));
      }
      case "ByteLevel" -> {
        if (node.path("use_regex").asBoolean(true)) {
          patterns.add(PreTokenizerPattern.GPT2.regex());
        }
      }
      default -> {}
    }
  }

  /// For people.
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(line("model", model + (ignoreMerges ? ", whole pieces before merges" : "")));
    lines.add(line("tokens", "%,d: %,d merges, %,d added (%,d special)".formatted(tokens, merges, added.size(), added.stream().filter(Added::special).count())));
    lines.add(line("normalizer", normalizer.isEmpty() ? "none" : normalizer));
    lines.add(line("pre-tokenizer", preTokenizer.isEmpty() ? "none" : preTokenizer));
    patterns.forEach(pattern -> lines.add(line("cut by", pattern)));
    lines.add(line("post-processor", postProcessor.isEmpty() ? "none" : postProcessor));
    lines.add(line("around text", around.stream().map(id -> id == TEXT ? "text" : named(id)).collect(Collectors.joining(" · "))));
    lines.add(line("decoder", decoder.isEmpty() ? "none" : decoder));
    Integer last = end;
    lines.add(line("end", last == null ? "none" : named(last)));
    lines.add(line("chat template", chatTemplate ? "yes" : "no"));
    added.stream().limit(20).forEach(token -> lines.add(line(token.special() ? "special" : "added", token.id() + " " + token.name())));
    if (added.size() > 20) {
      lines.add(line("", "and " + (added.size() - 20) + " more"));
    }
    TokenizerStats.Count count = measured;
    if (count != null) {
      lines.add(
          line(
              "on the text",
              String.format(
                  Locale.ROOT, "%,d bytes, %,d characters, %,d tokens: %.3f bytes and %.3f characters per token",
                  count.bytes(), count.characters(), count.tokens(), count.bytesPerToken(), count.charactersPerToken())));
    }
    if (!pieces.isEmpty()) {
      lines.add(line("pieces", pieces.stream().map(piece -> "[" + piece.replace("\n", "\\n") + "]").collect(Collectors.joining(" "))));
    }
    return lines;
  }

  private String named(int id) {
    return IntStream.range(0, added.size()).filter(i -> added.get(i).id() == id).mapToObj(i -> id + " " + added.get(i).name()).findFirst().orElse("" + id);
  }

  private static String line(String label, String value) {
    return String.format(Locale.ROOT, "%-14s %s", label, value);
  }
}
