package dev.athanor.tokenizer;

import dev.athanor.base.Json;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A model as Hugging Face's `tokenizer.json`, version 1.0. Merges are written as "left right", which every reader knows.
final class TokenizerJsonWriter {
  private final BpeModel model;
  private final BpeTokenizer tokenizer;

  TokenizerJsonWriter(BpeTokenizer tokenizer) {
    this.tokenizer = tokenizer;
    this.model = tokenizer.model();
  }

  ObjectNode json() {
    ObjectNode root = Json.MAPPER.createObjectNode();
    root.put("version", "1.0");
    root.putNull("truncation");
    root.putNull("padding");
    ArrayNode added = root.putArray("added_tokens");
    model.addedTokens().stream()
        .sorted(Comparator.comparingInt(AddedToken::id))
        .forEach(
            t -> {
              ObjectNode token = added.addObject();
              token.put("id", t.id());
              flags(t).properties().forEach(e -> token.set(e.getKey(), e.getValue()));
            });
    if (model.nfc()) {
      root.putObject("normalizer").put("type", "NFC");
    } else {
      root.putNull("normalizer");
    }
    root.set("pre_tokenizer", preTokenizer());
    root.set("post_processor", postProcessor());
    root.set("decoder", byteLevel(true, true, true));
    root.set("model", bpe());
    return root;
  }

  /// A token's name and how it is matched.
  static ObjectNode flags(AddedToken token) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("content", token.content());
    json.put("single_word", false);
    json.put("lstrip", token.lstrip());
    json.put("rstrip", token.rstrip());
    json.put("normalized", token.normalized());
    json.put("special", token.special());
    return json;
  }

  private ObjectNode preTokenizer() {
    if (model.preTokenizer() == PreTokenizerPattern.GPT2) {
      return byteLevel(model.addPrefixSpace(), true, true);
    }
    ObjectNode sequence = Json.MAPPER.createObjectNode();
    sequence.put("type", "Sequence");
    ArrayNode steps = sequence.putArray("pretokenizers");
    addSplits(steps, model.preTokenizer());
    steps.add(byteLevel(false, false, false));
    return sequence;
  }

  private static void addSplits(ArrayNode steps, PreTokenizer preTokenizer) {
    switch (preTokenizer) {
      case PreTokenizerPattern pattern -> addSplit(steps, pattern.regex());
      case RegexPreTokenizer regex -> addSplit(steps, regex.regex());
      case PreTokenizerSequence sequence -> sequence.steps().forEach(step -> addSplits(steps, step));
    }
  }

  private static void addSplit(ArrayNode steps, String regex) {
    ObjectNode split = steps.addObject();
    split.put("type", "Split");
    split.putObject("pattern").put("Regex", regex);
    split.put("behavior", "Isolated");
    split.put("invert", false);
  }

  private ObjectNode postProcessor() {
    List<OffsetTrim> trims = model.trims();
    ObjectNode bytes = byteLevel(!trims.isEmpty() && trims.getFirst().prefixSpace(), !trims.isEmpty(), false);
    if (model.framing().equals(Framing.NONE)) {
      return bytes;
    }
    ObjectNode sequence = Json.MAPPER.createObjectNode();
    sequence.put("type", "Sequence");
    ArrayNode processors = sequence.putArray("processors");
    processors.add(bytes);
    ObjectNode template = processors.addObject();
    template.put("type", "TemplateProcessing");
    ArrayNode single = template.putArray("single");
    ArrayNode pair = template.putArray("pair");
    ObjectNode special = template.putObject("special_tokens");
    model.framing().one().forEach(part -> addPart(single, part, special));
    model.framing().two().forEach(part -> addPart(pair, part, special));
    return sequence;
  }

  private void addPart(ArrayNode list, Framing.Part part, ObjectNode special) {
    switch (part) {
      case Framing.Part.Own own ->
          list.addObject().putObject("Sequence").put("id", own.second() ? "B" : "A").put("type_id", own.type());
      case Framing.Part.Control control -> {
        for (int id : control.ids()) {
          String name = new String(tokenizer.bytes(id), StandardCharsets.UTF_8);
          list.addObject().putObject("SpecialToken").put("id", name).put("type_id", control.type());
          ObjectNode token = special.putObject(name);
          token.put("id", name);
          token.putArray("ids").add(id);
          token.putArray("tokens").add(name);
        }
      }
    }
  }

  private static ObjectNode byteLevel(boolean addPrefixSpace, boolean trimOffsets, boolean useRegex) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("type", "ByteLevel");
    json.put("add_prefix_space", addPrefixSpace);
    json.put("trim_offsets", trimOffsets);
    json.put("use_regex", useRegex);
    return json;
  }

  private ObjectNode bpe() {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("type", "BPE");
    json.putNull("dropout");
    json.putNull("unk_token");
    json.put("continuing_subword_prefix", "");
    json.put("end_of_word_suffix", "");
    json.put("fuse_unk", false);
    json.put("byte_fallback", false);
    json.put("ignore_merges", model.ignoreMerges());
    ObjectNode vocab = json.putObject("vocab");
    for (int id = 0; id < model.tokens().length; id++) {
      if (model.tokens()[id].length > 0) {
        vocab.put(ByteAlphabet.write(model.tokens()[id]), id);
      }
    }
    ArrayNode merges = json.putArray("merges");
    Merges.texts(model).forEach(merges::add);
    return json;
  }
}
