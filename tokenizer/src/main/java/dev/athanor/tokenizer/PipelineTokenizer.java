package dev.athanor.tokenizer;

import dev.athanor.base.UserException;
import dev.athanor.tokenizer.pipeline.AddedName;
import dev.athanor.tokenizer.pipeline.Continuation;
import dev.athanor.tokenizer.pipeline.Names;
import dev.athanor.tokenizer.pipeline.Pipeline;
import dev.athanor.tokenizer.pipeline.Place;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Any published `tokenizer.json`: BERT's WordPiece, SentencePiece's BPE and Unigram, word lists, byte-level BPE with whatever
/// around it. Thread-safe.
///
/// [#encode] takes the names of special tokens for ordinary text; those of other added tokens, which are part of how text is
/// written (runs of spaces, markup), stand for those tokens as they do in training.
public final class PipelineTokenizer implements Tokenizer {
  private final ObjectNode json;
  private final TokenizerConfig config;
  private final String where;
  private final Pipeline pipeline;
  private final Framing framing;
  private final List<OffsetTrim> trims;
  private volatile @Nullable ChatTemplate chatTemplate;

  /// @param config of which `eosToken` is empty where no token ends a document
  PipelineTokenizer(ObjectNode json, TokenizerConfig config, String where) {
    this.json = json.deepCopy();
    this.config = config;
    this.where = where;
    pipeline = new Pipeline(json, where);
    Place processor = Place.root(json, where).at("post_processor");
    Framing published = Framing.at(processor);
    trims = OffsetTrim.at(processor);
    OptionalInt bos = config.addsBos() ? config.bosToken().map(this::id).orElse(OptionalInt.empty()) : OptionalInt.empty();
    framing = published.equals(Framing.NONE) && bos.isPresent() ? Framing.before(bos.getAsInt()) : published;
    if (!config.eosToken().isEmpty() && id(config.eosToken()).isEmpty()) {
      throw new UserException(where + ": eos_token '" + config.eosToken() + "' is no token of the vocabulary");
    }
  }

  /// What was read, as it was.
  public ObjectNode json() {
    return json.deepCopy();
  }

  TokenizerConfig config() {
    return config;
  }

  public List<AddedName> addedNames() {
    return pipeline.addedNames();
  }

  /// A token as the file writes it; empty where the id stands for nothing.
  public String token(int id) {
    return pipeline.token(id);
  }

  /// The token that fills batches, where the configuration names one.
  public OptionalInt padId() {
    return config.padToken().map(this::id).orElse(OptionalInt.empty());
  }

  /// The longest input that the configuration states.
  public OptionalInt maxLength() {
    return config.maxLength();
  }

  /// Whether a token is known that ends a document.
  public boolean endsTexts() {
    return !config.eosToken().isEmpty();
  }

  public boolean hasChatTemplate() {
    return config.chatTemplate().isPresent();
  }

  @Override
  public int vocabSize() {
    return pipeline.vocabSize();
  }

  @Override
  public int[] encode(String text) {
    return pipeline.encode(text, Names.NOT_SPECIAL);
  }

  @Override
  public int[] encodeWithSpecials(String text) {
    return pipeline.encode(text, Names.ALL);
  }

  @Override
  public Encoding encodeWithOffsets(String text, boolean specials) {
    Encoding encoding = traced(pipeline, text, specials ? Names.ALL : Names.NOT_SPECIAL);
    trims.forEach(trim -> trim.apply(text, encoding, pipeline::token, pipeline::isAdded));
    return encoding;
  }

  /// What the model is given of a text: normalized pieces, and between them the ids of added tokens.
  ///
  /// @param specials whether the names of special tokens stand for those tokens
  public void pieces(String text, boolean specials, Consumer<String> onPiece, IntConsumer onToken) {
    pipeline.pieces(text, specials ? Names.ALL : Names.NOT_SPECIAL, onPiece, onToken);
  }

  static Encoding traced(Pipeline pipeline, String text, Names names) {
    IntList ids = new IntList(text.length() / 3);
    IntList starts = new IntList(text.length() / 3);
    IntList ends = new IntList(text.length() / 3);
    pipeline.encode(
        text,
        names,
        (id, start, end) -> {
          ids.add(id);
          starts.add(start);
          ends.add(end);
        });
    return new Encoding(ids.toArray(), starts.toArray(), ends.toArray());
  }

  @Override
  public Framing framing() {
    return framing;
  }

  /// Where the decoder does more than put tokens one after another, what the token adds in the middle of a text: `▁the` gives
  /// ` the`, BERT's `the` gives ` the` and `##s` gives `s`, `<0xE4>` gives one byte.
  @Override
  public byte[] bytes(int id) {
    return pipeline.bytes(id);
  }

  @Override
  public boolean isSpecial(int id) {
    return pipeline.isSpecial(id);
  }

  /// By the token as the file writes it: `▁the`, `##s`, `Ġthe`.
  @Override
  public OptionalInt id(String token) {
    return pipeline.id(token);
  }

  @Override
  public String decode(int[] ids, boolean skipSpecial) {
    return pipeline.decode(ids, skipSpecial);
  }

  @Override
  public TokenStream stream() {
    Pipeline.TokenText text = pipeline.begin();
    return new TokenStream() {
      @Override
      public String push(int id) {
        return text.push(id);
      }

      @Override
      public String finish() {
        return text.finish();
      }
    };
  }

  /// @throws UserException where neither configuration nor vocabulary names such a token
  @Override
  public int endOfText() {
    return id(config.eosToken())
        .orElseThrow(() -> new UserException(where + ": no token ends a document; name it as eos_token in " + Tokenizers.CONFIG_FILE));
  }

  @Override
  public ChatTemplate chatTemplate() {
    ChatTemplate known = chatTemplate;
    if (known == null) {
      List<AddedToken> added =
          addedNames().stream()
              .map(t -> new AddedToken(t.id(), t.content(), t.lstrip(), t.rstrip(), t.normalized(), t.special()))
              .toList();
      known = ChatTemplates.of(this, config, added, stretches());
      chatTemplate = known;
    }
    return known;
  }

  private StretchEncoder stretches() {
    Pipeline afterToken = pipeline.after(Continuation.AFTER_TOKEN);
    Pipeline within = pipeline.after(Continuation.WITHIN_TEXT);
    return (text, place) ->
        switch (place) {
          case BEGINNING -> pipeline.encode(text, Names.NONE);
          case AFTER_TOKEN -> afterToken.encode(text, Names.NONE);
          case WITHIN -> within.encode(text, Names.NONE);
        };
  }
}
